"""A large insurer for benchmarks: as many members as asked, 25 lines each, by COPY.

Triggers and foreign keys sleep while it is loaded (it closes by construction, and a test checks the rules on it
afterwards), so it needs a superuser: the embedded server's. The database must be empty of persons.
"""

import json
import tomllib
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from importlib.resources import files
from itertools import islice

from psycopg import Connection, Cursor

from member_space.domain.card import CardModel
from member_space.domain.card_model import read_models
from member_space.domain.nir import key_of
from member_space.domain.reimbursement import derive
from member_space.domain.text import fold
from member_space.interfaces import ICipher
from member_space.services.card_model import values_of

LINES_PER_MEMBER = 25
LINES_PER_STATEMENT = 5
STATEMENTS_PER_MEMBER = LINES_PER_MEMBER // LINES_PER_STATEMENT
HOUSEHOLD_SIZES = (1, 2, 4, 3)  # repeated: 10 members for 4 contracts
FIRST_NAMES = ("Alice", "Bruno", "Chloé", "David", "Emma", "Farid", "Gaëlle", "Hugo", "Inès", "Jules")
CARE = (  # act, family, label, fee, base, rate, participation, franchise, our share
    ("G", "consultation", "Consultation d'un médecin généraliste", 3000, 3000, 7000, 200, 0, 900),
    ("PH7", "pharmacy", "Pharmacie à 65 %", 1240, 1240, 6500, 0, 100, 434),
    ("B", "biology", "Analyses de biologie médicale", 2800, 2800, 6000, 200, 0, 1120),
    ("HBJD001", "dental_care", "Détartrage", 4338, 4338, 6000, 0, 0, 1735),
    ("PH2", "pharmacy", "Pharmacie à 15 %", 500, 500, 1500, 0, 100, 0),
)
FAMILY_LABELS = {
    "consultation": "Médecin généraliste",
    "pharmacy": "Pharmacie",
    "biology": "Analyses et prélèvements",
    "dental_care": "Soins dentaires",
}
STATEMENT_TOTAL = sum(care[-1] for care in CARE)
Progress = Callable[[str, int], None]


def load_large(
    connection: Connection,
    cipher: ICipher,
    members: int,
    today: date,
    progress: Progress,
    *,
    password_hash: str = "no password fits",  # noqa: S107 - not a hash, so none does
) -> int:
    """Load `members` persons with their contracts, links, statements and payments; return the number of lines.

    Each coverage has one link, under the person's own NIR, that nobody was told of yet.

    `progress` is told each table and its number of rows. The caller commits.
    """
    with connection.cursor() as cursor:
        cursor.execute("set local session_replication_role = replica")
        if cursor.execute("select exists (select from person)").fetchone() != (False,):
            raise ValueError("the database already holds persons")
        for table, columns, rows, count in _tables(cipher, members, today, password_hash):
            copy_rows(cursor, table, columns, rows)
            cursor.execute(f"select setval(pg_get_serial_sequence('{table}', 'id'), %s)", [count])
            progress(table, count)
        cursor.execute("set local session_replication_role = origin")
    return members * LINES_PER_MEMBER


def household_of(member: int) -> tuple[int, int]:
    """(contract, rank in it) of a member, both from 1."""
    block, place = divmod(member - 1, sum(HOUSEHOLD_SIZES))
    contract = block * len(HOUSEHOLD_SIZES) + 1
    for size in HOUSEHOLD_SIZES:
        if place < size:
            break
        place -= size
        contract += 1
    return contract, place + 1


def nir_of(member: int) -> str:
    """A regular NIR of 15 characters, another one for each member."""
    born = f"{70 + member % 30:02d}{1 + member // 30 % 12:02d}"
    number = f"{1 + member % 2}{born}75{member // 360 % 1000:03d}{1 + member // 360_000:03d}"
    return number + key_of(number)


def birth_of(member: int, rank: int, today: date) -> date:
    """Holders and spouses are adults, the others children."""
    years = 30 + member % 30 if rank <= 2 else 3 + member % 14
    return date(today.year - years, 1 + member % 12, 1 + member % 28)


def _tables(
    cipher: ICipher, members: int, today: date, password_hash: str
) -> Iterator[tuple[str, str, Iterable[str], int]]:
    holders = {household_of(m)[0]: m for m in range(members, 0, -1) if household_of(m)[1] == 1}
    contracts = len(holders)
    statements = members * STATEMENTS_PER_MEMBER
    yield (
        "person",
        "id, external_ref, last_name, first_name, birth_date, nir_encrypted, nir_index",
        (
            f"{m}\tL{m}\tMembre{m % 5000}\t{FIRST_NAMES[m % 10]}\t{birth_of(m, household_of(m)[1], today)}"
            f"\t{_bytes(cipher.encrypt(nir_of(m)))}\t{_bytes(cipher.blind_index(nir_of(m)))}\n"
            for m in range(1, members + 1)
        ),
        members,
    )
    yield (
        "contract",
        "id, number, member_number, product, product_label, holder_id, period",
        (f"{c}\tL{c}\t{c:08d}\tSANTE\tComplémentaire santé\t{h}\t[2023-01-01,)\n" for c, h in sorted(holders.items())),
        contracts,
    )
    models = read_models(tomllib.loads((files("member_space.services.demo") / "cards.toml").read_text("utf-8")))
    yield (
        "card_model",
        "id, code, label, period, lines, domains",
        (
            f"{n}\t{one.code}\t{one.label}\t[2023-01-01,)\t{_json(one, 'lines')}\t{_json(one, 'domains')}\n"
            for n, one in enumerate(models, start=1)
        ),
        len(models),
    )
    yield (
        "contract_terms",
        "id, contract_id, period, plan_label, amc_number, amc_name, csr, convention_type, responsible, card_model",
        (
            f"{c}\t{c}\t[2023-01-01,)\tConfort\t0775999998\tMutuelle Horizon Santé\tCSR01\tSP\tt\tCONFORT\n"
            for c in range(1, contracts + 1)
        ),
        contracts,
    )
    yield (
        "coverage",
        "id, contract_id, person_id, relation, period, position",
        (
            f"{m}\t{c}\t{m}\t{('holder', 'spouse', 'child', 'child')[rank - 1]}\t[2023-01-01,)\t{rank}\n"
            for m in range(1, members + 1)
            for c, rank in (household_of(m),)
        ),
        members,
    )
    yield (
        "teletransmission",
        "id, contract_id, coverage_id, person_id, attachment_rank, nir_encrypted, nir_index, insured_last_name, "
        "insured_first_name, birth_date_raw, birth_rank, regime, fund, centre, fund_name, desired, desired_since",
        (
            f"{m}\t{c}\t{m}\t{m}\t1\t{_bytes(cipher.encrypt(nir_of(m)))}\t{_bytes(cipher.blind_index(nir_of(m)))}"
            f"\tMEMBRE{m % 5000}\t{fold(FIRST_NAMES[m % 10]).upper()}\t{birth_of(m, rank, today):%d%m%y}\t1"
            "\t01\t751\t000\tCPAM de Paris\ton\t2023-01-01\n"
            for m in range(1, members + 1)
            for c, rank in (household_of(m),)
        ),
        members,
    )
    yield (
        "account",
        "id, person_id, email, password_hash",
        (f"{c}\t{h}\tmembre{h}@large.example\t{password_hash}\n" for c, h in sorted(holders.items())),
        contracts,
    )
    yield (
        "payment",
        "id, contract_id, reference, paid_on, payee, payee_name, iban_last4, amount",
        (
            f"{s}\t{c}\tLV{s}\t{day + timedelta(days=8)}\t{payee}\t{name}\t0189\t{STATEMENT_TOTAL}\n"
            for s, _m, c, day, payee, name in _statements(members, today)
        ),
        statements,
    )
    yield (
        "statement",
        "id, contract_id, reference, issued_on, payee, payee_name, payment_id, total, fingerprint",
        (
            f"{s}\t{c}\tLD{s}\t{day + timedelta(days=6)}\t{payee}\t{name}\t{s}\t{STATEMENT_TOTAL}\t\\\\x{s:064x}\n"
            for s, _m, c, day, payee, name in _statements(members, today)
        ),
        statements,
    )
    yield (
        "statement_line",
        (
            "id, statement_id, contract_id, person_id, rank, care_date, act_code, family, label, practitioner, "
            "quantity, fee, base, amo_rate, amo_gross, participation, franchise, deferred, amo_net, other_insurer, "
            "our_share, member_share, zero_reason, search_text"
        ),
        _lines(members, today),
        members * LINES_PER_MEMBER,
    )


def _statements(members: int, today: date) -> Iterator[tuple[int, int, int, date, str, str]]:
    """(statement, member, contract, day of care, payee, name of the payee), oldest first for each member."""
    step = 730 // STATEMENTS_PER_MEMBER
    for m in range(1, members + 1):
        contract = household_of(m)[0]
        for k in range(STATEMENTS_PER_MEMBER):
            statement = (m - 1) * STATEMENTS_PER_MEMBER + k + 1
            day = today - timedelta(days=20 + m % 100 + step * (STATEMENTS_PER_MEMBER - 1 - k))
            third = statement % 2
            yield (
                statement,
                m,
                contract,
                day,
                "professional" if third else "insured",
                "Pharmacie du Canal" if third else "Assuré",
            )


def _lines(members: int, today: date) -> Iterator[str]:
    tails = [_tail(*care) for care in CARE]
    line = 0
    for statement, m, contract, day, _payee, _name in _statements(members, today):
        for rank, tail in enumerate(tails, start=1):
            line += 1
            yield f"{line}\t{statement}\t{contract}\t{m}\t{rank}\t{day}\t{tail}"


def _tail(
    act: str, family: str, label: str, fee: int, base: int, rate: int, participation: int, franchise: int, ours: int
) -> str:
    a = derive(fee=fee, base=base, amo_rate=rate, participation=participation, franchise=franchise, our_share=ours)
    reason = "\\N" if ours else "low_value_drug"
    return (
        f"{act}\t{family}\t{label}\tDr Anne Lemaire\t1\t{a.fee}\t{a.base}\t{a.amo_rate}\t{a.amo_gross}"
        f"\t{a.participation}\t{a.franchise}\t{a.deferred}\t{a.amo_net}\t{a.other_insurer}\t{a.our_share}\t{a.member_share}\t{reason}"
        f"\t{fold(f'{label} Dr Anne Lemaire {act} {FAMILY_LABELS[family]}')}\n"
    )


def _bytes(value: bytes) -> str:
    return "\\\\x" + value.hex()


def copy_rows(cursor: Cursor, table: str, columns: str, rows: Iterable[str]) -> None:
    """COPY these lines, two thousand at a time."""
    rows = iter(rows)
    with cursor.copy(f"copy {table} ({columns}) from stdin") as copy:
        while chunk := "".join(islice(rows, 2000)):
            copy.write(chunk)


def _json(model: CardModel, column: str) -> str:
    return json.dumps(values_of(model)[column], ensure_ascii=False)
