"""What the members of a large insurer sent over a year, by COPY, on top of `load_large`: for benchmarks.

For each request five messages, one file, its log and its words. Made by rules, without chance: the same rows each time.
The latest ones are open; the words of messages are as uneven as those of a language: a few everywhere, most rare.
"""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta

from psycopg import Connection

from member_space.domain.request import number_of
from member_space.services.demo.large import FIRST_NAMES, Progress, copy_rows, household_of
from member_space.services.request_search import searchable

MESSAGES_PER_REQUEST = 5
MEMBERS_PER_REQUEST = 0.25
"""10 members for 4 contracts, 10 requests a contract."""
HANDLERS = 50
OPEN_SHARE = 40
"""One request of forty is open: the backlog of a week."""
YEAR = timedelta(days=365)
COMMON = (
    "bonjour",
    "merci",
    "remboursement",
    "facture",
    "soins",
    "mutuelle",
    "demande",
    "montant",
    "jours",
    "virement",
    "compte",
    "médecin",
    "pharmacie",
    "carte",
    "contrat",
    "lunettes",
    "dentiste",
    "hôpital",
    "ordonnance",
    "décompte",
    "devis",
    "réponse",
    "courrier",
    "enfant",
    "dossier",
    "garantie",
    "cotisation",
)
RARE_WORDS = 20_000
WORDS_PER_MESSAGE = 22
TOPICS = (
    ("claim", "claim.optics", "Optique Optics"),
    ("message", "message.amount", "Un montant que je ne comprends pas An amount that I do not understand"),
    ("claim", "claim.routine", "Soins courants Routine care"),
    ("quote", "quote.dental", "Dentaire Dental"),
    ("message", "message.delay", "Un remboursement que j’attends A reimbursement that I am waiting for"),
    ("change", "change.student", "Étudiant Student"),
    ("claim", "claim.dental", "Dentaire Dental"),
    ("complaint", "complaint.delay", "Un délai A delay"),
)
NULL = "\\N"
VERSIONS = {"to_do": 2, "in_review": 3}
"""After the last of their transitions; of every other state it is 4."""
OPEN_STATES = ("to_do", "to_do", "to_do", "in_review", "in_review", "waiting_member", "to_do", "on_hold")


def members_for(requests: int) -> int:
    """How many members `load_large` is to have made first."""
    return int(requests * MEMBERS_PER_REQUEST)


def load_large_requests(connection: Connection, requests: int, today: date, progress: Progress) -> None:
    """Load so many requests with all that belongs to them; the caller commits. Needs a superuser, as `load_large`."""
    with connection.cursor() as cursor:
        cursor.execute("set local session_replication_role = replica")
        (members,) = cursor.execute("select count(*) from person").fetchone() or (0,)
        (accounts,) = cursor.execute("select max(id) from account").fetchone() or (0,)
        # Filled row by row it would take most of the time; made at the end it is the same index.
        cursor.execute("drop index ix__request_words__words")
        maker = _Maker(requests, members, accounts, datetime.combine(today, time(10), UTC))
        for table, columns, rows, last in maker.tables():
            copy_rows(cursor, table, columns, rows)
            if columns.startswith("id,"):
                cursor.execute(f"select setval(pg_get_serial_sequence('{table}', 'id'), %s)", [last])
            progress(table, last)
        for sequence in ("request_number", "complaint_number"):
            cursor.execute(f"select setval('{sequence}', %s)", [requests])
        cursor.execute("create index ix__request_words__words on request_words using gin (words)")
        cursor.execute("set local session_replication_role = origin")


class _Maker:
    def __init__(self, requests: int, members: int, accounts: int, now: datetime) -> None:
        self._requests = requests
        self._accounts = accounts
        self._now = now
        self._holders = [m for m in range(1, members + 1) if household_of(m)[1] == 1]
        self._open_from = requests - requests // OPEN_SHARE + 1

    def tables(self) -> Iterator[tuple[str, str, Iterable[str], int]]:
        """(table, columns, lines of COPY, how many and the last id), in the order of their foreign keys."""
        count, messages = self._requests, self._requests * MESSAGES_PER_REQUEST
        yield (
            "account",
            "id, email, office_name, role, password_hash, totp_secret, created_at",
            (
                f"{self._accounts + n}\tcollegue{n}@large.example\tCollègue {n}\thandler\tnone\t\\\\x00\t2024-01-01\n"
                for n in range(1, HANDLERS + 1)
            ),
            self._accounts + HANDLERS,
        )
        yield (
            "request",
            (
                "id, kind, number, state, outcome, version, contract_id, author_person_id, author_account_id, "
                "person_id, topic, handler_id, created_at, sent_at, state_since, activity_at, due_at, target_minutes, "
                "closed_at, awaits_reply_since"
            ),
            self._request_rows(),
            count,
        )
        yield (
            "request_transition",
            "id, request_id, contract_id, version, act, before, after, side, account_id, at",
            self._transitions(),
            count * 3,
        )
        yield (
            "message",
            "id, request_id, contract_id, author_person_id, side, account_id, kind, body, sent_at, read_at",
            self._messages(),
            messages,
        )
        yield (
            "attachment",
            (
                "id, contract_id, author_person_id, account_id, request_id, message_id, name, state, sent_at, "
                "shown_key, shown_type, shown_size, pages, created_at"
            ),
            self._attachments(),
            count,
        )
        yield (
            "attachment_file",
            "id, attachment_id, contract_id, position, name, media_type, size, sha256, storage_key",
            (
                f"{r}\t{r}\t{self._contract(r)}\t1\tfacture_{r}.pdf\tapplication/pdf\t180000\t\\\\x{r:064x}\tlarge/{r}\n"
                for r in range(1, count + 1)
            ),
            count,
        )
        yield "request_words", "request_id, words", self._words(), count

    def _contract(self, request: int) -> int:
        return (request - 1) % len(self._holders) + 1

    def _holder(self, request: int) -> int:
        return self._holders[self._contract(request) - 1]

    def _handler(self, request: int) -> int:
        return self._accounts + 1 + request % HANDLERS

    def _sent(self, request: int) -> datetime:
        return self._now - (self._requests - request + 1) * (YEAR / self._requests)

    def _state(self, request: int) -> str:
        return OPEN_STATES[request % len(OPEN_STATES)] if request >= self._open_from else "closed"

    def _request_rows(self) -> Iterator[str]:
        for r in range(1, self._requests + 1):
            kind, topic, _label = TOPICS[r % len(TOPICS)]
            state, sent = self._state(r), self._sent(r)
            ended, version = state == "closed", VERSIONS.get(state, 4)
            outcome = "answered" if ended else NULL
            active = sent + timedelta(hours=5) if ended else sent
            due = NULL if ended or state == "waiting_member" else sent + timedelta(days=2)
            holder, account = self._holder(r), self._contract(r)
            handler = NULL if state == "to_do" else self._handler(r)
            number = number_of(r, complaint=kind == "complaint")
            yield (
                f"{r}\t{kind}\t{number}\t{state}\t{outcome}\t{version}\t{account}"
                f"\t{holder}\t{account}\t{holder}\t{topic}\t{handler}\t{sent}\t{sent}\t{active}\t{active}\t{due}\t1140"
                f"\t{active if ended else NULL}\t{NULL if ended else sent + timedelta(hours=4)}\n"
            )

    def _transitions(self) -> Iterator[str]:
        for r in range(1, self._requests + 1):
            contract, sent, handler, state = self._contract(r), self._sent(r), self._handler(r), self._state(r)
            yield f"{r * 3 - 2}\t{r}\t{contract}\t2\tsend\tdraft\tto_do\tmember\t{contract}\t{sent}\n"
            if state == "to_do":
                continue
            at = sent + timedelta(hours=3)
            yield f"{r * 3 - 1}\t{r}\t{contract}\t3\ttake\tto_do\tin_review\toffice\t{handler}\t{at}\n"
            acts = {"closed": "answer", "waiting_member": "ask_piece", "on_hold": "hold"}
            if state in acts:
                at = sent + timedelta(hours=5)
                yield f"{r * 3}\t{r}\t{contract}\t4\t{acts[state]}\tin_review\t{state}\toffice\t{handler}\t{at}\n"

    def _messages(self) -> Iterator[str]:
        for r in range(1, self._requests + 1):
            contract, holder, handler, sent = self._contract(r), self._holder(r), self._handler(r), self._sent(r)
            for n in range(MESSAGES_PER_REQUEST):
                m, at = (r - 1) * MESSAGES_PER_REQUEST + n + 1, sent + n * timedelta(hours=1)
                side, account = ("office", handler) if n % 2 else ("member", contract)
                read = NULL if n == MESSAGES_PER_REQUEST - 1 and r >= self._open_from else at + timedelta(minutes=40)
                yield f"{m}\t{r}\t{contract}\t{holder}\t{side}\t{account}\ttext\t{body_of(m)}\t{at}\t{read}\n"

    def _attachments(self) -> Iterator[str]:
        for r in range(1, self._requests + 1):
            contract, sent = self._contract(r), self._sent(r)
            yield (
                f"{r}\t{contract}\t{self._holder(r)}\t{contract}\t{r}\t{(r - 1) * MESSAGES_PER_REQUEST + 1}"
                f"\tfacture_{r}.pdf\tchecked\t{sent}\tlarge/shown/{r}\tapplication/pdf\t180000\t1\t{sent}\n"
            )

    def _words(self) -> Iterator[str]:
        for r in range(1, self._requests + 1):
            holder = self._holder(r)
            kind, _topic, label = TOPICS[r % len(TOPICS)]
            number = number_of(r, complaint=kind == "complaint")
            names = f"{FIRST_NAMES[holder % 10]} Membre{holder % 5000} {self._contract(r):08d}"
            texts = [f"{number} {number.replace('-', '')} {r} {names} {label} facture_{r}.pdf"]
            texts += [body_of(m) for m in range((r - 1) * MESSAGES_PER_REQUEST + 1, r * MESSAGES_PER_REQUEST + 1)]
            yield f"{r}\t{' '.join(sorted(searchable(' '.join(texts))))}\n"


def body_of(message: int) -> str:
    """The words of a message, by its number alone: one of two is of the common ones, the others mostly rare."""
    seed = int.from_bytes(hashlib.blake2b(str(message).encode(), digest_size=8).digest(), "big")
    words = []
    for _ in range(WORDS_PER_MESSAGE):
        seed = (seed * 6364136223846793005 + 1442695040888963407) % 2**64
        pick = seed >> 33
        words.append(COMMON[pick // 2 % len(COMMON)] if pick % 2 else f"mot{pick // 2 % RARE_WORDS}")
    return " ".join(words)
