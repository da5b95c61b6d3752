"""Two unrelated families whose every fact can be recognised wherever it shows."""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from member_space.adapters.clock import SystemClock
from member_space.adapters.storage import storage_from
from member_space.domain.nir import key_of
from member_space.domain.permissions import Role
from member_space.interfaces import ICipher, IClock
from member_space.models import (
    Account,
    AssistedRecovery,
    Attachment,
    Breach,
    BreachPerson,
    CannedAnswer,
    Contract,
    Coverage,
    Device,
    InternalNote,
    LegalHold,
    Message,
    Passkey,
    Payment,
    Person,
    Request,
    Statement,
)
from member_space.services.attachment import preview_key
from member_space.services.request_search import add_words
from member_space.services.tools import Tools
from member_space.settings import read_settings
from tests.conftest import TEST_INI
from tests.factories.api import make_client
from tests.factories.household import make_account, make_contract, make_person, make_teletransmission
from tests.factories.office import make_colleague
from tests.factories.request import make_draft
from tests.factories.statement import line_values, make_statement
from tests.factories.webhook import make_target
from tests.guards.papers import (
    FILE,
    make_access,
    make_card,
    make_certificate,
    make_copy,
    make_document,
    make_link,
    make_turn,
)

ROLES = ("holder", "spouse", "child", "second child")
RELATIONS = {"spouse": "spouse", "child": "child", "second child": "child"}
BIRTHS = {"holder": (1984, 2, 3), "spouse": (1986, 5, 7), "child": (2015, 8, 9), "second child": (2018, 10, 11)}


@dataclass(frozen=True, slots=True)
class Family:
    """`marks[role][kind]`: words that betray this one; kinds: name, nir, care, amount. `common`: the contract's.

    `notes`: words between colleagues, hidden from the family itself.
    """

    people: dict[str, Person]
    contract: Contract
    account: Account
    spouse_account: Account
    marks: dict[str, dict[str, list[str]]]
    common: list[str]
    ids: dict[str, list[str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def marks_of(self, roles: tuple[str, ...] = ROLES, kinds: tuple[str, ...] = ("name", "nir", "care", "amount")):
        return [mark for role in roles for kind in kinds for mark in self.marks[role][kind]]

    @property
    def all_marks(self) -> list[str]:
        return self.marks_of() + self.common


def make_family(db: Session, cipher: ICipher, last_name: str, seed: int) -> Family:
    """A holder, a spouse with an own account and whose care is closed, two children; each with one act paid."""
    people, marks = {}, {}
    for rank, role in enumerate(ROLES):
        first_name = f"{last_name[:4].capitalize()}{('ophe', 'inda', 'ette', 'ibert')[rank]}"
        nir13 = f"{1 + rank % 2}{BIRTHS[role][0] % 100:02d}{BIRTHS[role][1]:02d}75{seed:03d}{rank + 1:03d}"
        nir = nir13 + key_of(nir13)
        people[role] = make_person(
            db,
            first_name,
            date(*BIRTHS[role]),
            last_name=last_name,
            email=f"{first_name}@{last_name}.example".lower(),
            mobile=f"+3369800{seed:03d}{rank}",
            nir_encrypted=cipher.encrypt(nir),
            nir_index=cipher.blind_index(nir),
        )
        marks[role] = {"name": [first_name], "nir": [nir13], "care": [], "amount": []}
    others = [(people[role], relation) for role, relation in RELATIONS.items()]
    contract = make_contract(db, people["holder"], *others)
    coverages = {c.person_id: c for c in db.scalars(select(Coverage).where(Coverage.contract_id == contract.id))}
    for rank, role in enumerate(ROLES):
        person, mark = people[role], marks[role]
        make_teletransmission(
            db, cipher, coverages[person.id], person, mark["nir"][0], fund_name=f"Caisse {last_name} {rank}"
        )
        _one_act_paid(db, contract, person, mark, last_name, seed * 10 + rank)
    ids = {
        "contract_id": [str(contract.public_id)],
        "person_id": [str(person.public_id) for person in people.values()],
        "statement_id": _public_ids(db, Statement, contract),
        "payment_id": _public_ids(db, Payment, contract),
        "version_id": [make_document(db, contract, last_name)],
        "card_id": [make_card(db, cipher, contract)],
    }
    ids["line_id"] = [f"{one}.1" for one in ids["statement_id"]]
    accounts = [make_account(db, people[role]) for role in ("holder", "spouse")]
    ids["export_id"] = [make_copy(db, cipher, account, last_name) for account in accounts]
    ids["file_id"] = [make_copy(db, cipher, account, last_name, **FILE) for account in accounts]
    ids["access_id"] = [make_access(db, account) for account in accounts]
    ids["api_client_id"] = [make_client(db).client_id for _account in accounts]
    ids["share_id"] = [make_link(db, account, contract) for account in accounts]
    ids["passkey_id"] = [_passkey(db, account, f"Clé {last_name}") for account in accounts]
    ids["breach_id"] = [_breach(db, account, last_name) for account in accounts]
    ids["browser_id"] = [_device(db, account, f"Tablette {last_name}") for account in accounts]
    ids["certificate_id"] = [make_certificate(db, cipher, account, contract) for account in accounts]
    colleagues = [make_colleague(db, Role.HANDLER) for _account in accounts]
    ids["office_account_id"] = [str(one.public_id) for one in colleagues]
    ids["recovery_id"] = [_recovery(db, *pair) for pair in zip(accounts, colleagues, strict=True)]
    pairs = list(zip(accounts, ROLES, strict=False))
    ids["handled_id"] = [_request(db, account, contract, marks[role]["care"]) for account, role in pairs]
    ids["turn_id"] = [make_turn(db, cipher, account, " ".join(marks[role]["care"])) for account, role in pairs]
    drafts = [_draft(db, cipher, account, contract, marks[role]["care"]) for account, role in pairs]
    ids["request_id"] = [one for both in zip(ids["handled_id"], drafts, strict=True) for one in both]
    ids["attachment_id"] = [
        _attachment(db, account, contract, f"Facture secrète {last_name}.jpg", ids["handled_id"][n])
        for n, account in enumerate(accounts)
    ]
    ids["answer_id"] = [_answer(db)]
    ids["legal_hold_id"] = [_legal_hold(db, account, colleagues[0]) for account in accounts]
    ids["webhook_id"] = [_webhook(db, cipher)]
    note = f"Entre nous {seed} {secrets.token_hex(6)}"
    for one in ids["handled_id"]:
        _note(db, contract, one, colleagues[0], note)
    family = Family(
        people,
        contract,
        *accounts,
        marks,
        [contract.number, last_name],
        ids,
        [note],
    )
    db.commit()
    return family


def _one_act_paid(db: Session, contract: Contract, person: Person, mark: dict, last_name: str, n: int) -> None:
    share = 4_173_911 + 10_007 * n
    label, practitioner = f"Acte secret {last_name} {n}", f"Dr Soigneur{n} {last_name}mann"
    line = line_values(
        person,
        contract,
        label=label,
        practitioner=practitioner,
        fee=1900 + share + 311,
        our_share=share,
        member_share=311,
        search_text=f"{label} {practitioner}".lower(),
    )
    statement = make_statement(db, contract, [line], payee_name=f"Titulaire {last_name} {n}")
    # The holder's transfer is his own; what betrays the care is the label and who gave it.
    mark["care"] += [label, practitioner]
    shown = (f"{share // 100}{point}{share % 100:02d}" for point in (",", ".", ""))
    mark["amount"] += [*shown, statement.reference]


def _draft(db: Session, cipher: ICipher, account: Account, contract: Contract, marks: list[str]) -> str:
    """One that was not sent, with words of its own."""
    tools = Tools(read_settings(TEST_INI, {}), {ICipher: cipher, IClock: SystemClock()}.get)
    words = f"Brouillon de {account.email.partition('@')[0]} à lui seul"
    row = make_draft(db, tools, account, contract, "complaint", "complaint.delay", body=words)
    marks.append(words)
    return str(row.public_id)


def _breach(db: Session, account: Account, last_name: str) -> str:
    """A leak of his data alone, which its words betray."""
    leak = Breach(title=f"Fuite {last_name}", story=f"Volé : {last_name}.", began_on=date(2026, 1, 5), leaked=["nir"])
    db.add(leak)
    db.flush()
    db.add(BreachPerson(breach_id=leak.id, person_id=account.person_id, told_person_id=account.person_id))
    db.flush()
    return str(leak.public_id)


def _attachment(db: Session, account: Account, contract: Contract, name: str, request_id: str) -> str:
    """A file that was sent and checked; its bytes and its picture bear its name."""
    row = Attachment(
        contract_id=contract.id,
        author_person_id=account.person_id,
        account_id=account.id,
        request_id=db.scalars(select(Request.id).where(Request.public_id == request_id)).one(),
        name=name,
        state="checked",
        sent_at=datetime.now(UTC),
        shown_key=f"shown/2026-06-16/{account.id}",
        shown_type="image/jpeg",
        shown_size=len(name.encode()),
        pages=1,
    )
    db.add(row)
    db.flush()
    for key in (row.shown_key, preview_key(row.shown_key, 1)):
        storage_from(TEST_INI["storage.url"]).put(key, name.encode())
    return str(row.public_id)


def _device(db: Session, account: Account, name: str) -> str:
    now = datetime.now(UTC)
    device = Device(
        account_id=account.id,
        token_hash=secrets.token_bytes(32),
        name=name,
        last_seen_at=now,
        trusted_until=now + timedelta(days=90),
    )
    db.add(device)
    db.flush()
    return str(device.public_id)


def _passkey(db: Session, account: Account, name: str) -> str:
    key = Passkey(
        account_id=account.id, credential_id=secrets.token_bytes(32), public_key=b"none", sign_count=0, name=name
    )
    db.add(key)
    db.flush()
    return str(key.public_id)


def _request(db: Session, account: Account, contract: Contract, marks: list[str]) -> str:
    """A question that its author alone reads: not even who holds the contract."""
    words, now = f"Question de {account.email.partition('@')[0]} à lui seul", datetime.now(UTC)
    row = Request(
        kind="message",
        topic="message.amount",
        state="to_do",
        number=f"F{account.id}",
        sent_at=now,
        contract_id=contract.id,
        author_person_id=account.person_id,
        author_account_id=account.id,
    )
    db.add(row)
    db.flush()
    author = {"contract_id": contract.id, "author_person_id": account.person_id}
    db.add(Message(request_id=row.id, side="member", account_id=account.id, body=words, sent_at=now, **author))
    add_words(db, row, words)
    db.flush()
    marks.append(words)
    return str(row.public_id)


def _recovery(db: Session, account: Account, colleague: Account) -> str:
    asked = AssistedRecovery(account_id=account.id, asked_by=colleague.id, checks={"done": ["birth"]}, wish="factor")
    db.add(asked)
    db.flush()
    return str(asked.public_id)


def _legal_hold(db: Session, account: Account, colleague: Account) -> str:
    hold = LegalHold(person_id=account.person_id, ground="fraud", put_at=datetime.now(UTC), put_by=colleague.id)
    db.add(hold)
    db.flush()
    return str(hold.public_id)


def _webhook(db: Session, cipher: ICipher) -> str:
    """A target of an application, which no member opens."""
    return str(make_target(db, cipher, make_client(db)).public_id)


def _answer(db: Session) -> str:
    """An answer that the whole team may send."""
    answer = CannedAnswer(folder="Divers", title="Accusé", body="Bonjour {{prenom}}.")
    db.add(answer)
    db.flush()
    return str(answer.answer_id)


def _note(db: Session, contract: Contract, public_id: str, colleague: Account, words: str) -> None:
    """What one colleague wrote to the others about this request."""
    request_id = db.scalar(select(Request.id).where(Request.public_id == public_id))
    written = {"account_id": colleague.id, "written_at": datetime.now(UTC)}
    db.add(InternalNote(request_id=request_id, contract_id=contract.id, body=words, **written))
    db.flush()


def _public_ids(db: Session, model: type, contract: Contract) -> list[str]:
    # In the order of ROLES, as written: without it the database may answer in any other.
    found = db.scalars(select(model.public_id).where(model.contract_id == contract.id).order_by(model.id))
    return [str(one) for one in found]
