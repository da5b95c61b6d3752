"""The application served over HTTP on a database of its own, with a household that fills every page."""

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from pyramid.router import Router
from sqlalchemy.orm import Session
from zope.interface import implementer

from member_space.adapters.passwords import Argon2Passwords
from member_space.domain.breach import Leaked
from member_space.domain.data_change import DataKind
from member_space.domain.events import EventKind
from member_space.domain.permissions import Role
from member_space.interfaces import ICipher, IClock, IPasswordHasher, IStorage
from member_space.models import (
    Account,
    AssistedRecovery,
    BankAccount,
    Challenge,
    CodeSending,
    Contract,
    Coverage,
    DemoMessage,
    InternalNote,
    LegalHold,
    Notification,
    Passkey,
    Person,
    RequestPresence,
    SignInFailure,
    WebSession,
)
from member_space.models.session import make_engine, make_session_factory
from member_space.security.policy import cookie_name
from member_space.services.breach import Declaration, declare, touched_by
from member_space.services.canned_answer import answers_of
from member_space.services.challenge import Purpose
from member_space.services.data_change import change
from member_space.services.demo.answers import load_answers
from member_space.services.device import trust_device
from member_space.services.disown import disown_link
from member_space.services.events import record
from member_space.services.reference import load_reference
from member_space.services.sessions import Lifetimes, open_session
from member_space.services.tools import Origin, Tools
from tests.factories.api import fill_accesses
from tests.factories.card import TWELVE_DOMAINS, make_model, print_by, sent_card
from tests.factories.contract_document import fill_versions
from tests.factories.document import fill_safe
from tests.factories.guarantee import give_product
from tests.factories.household import PASSWORD, make_account, make_contract, make_person, make_teletransmission
from tests.factories.journeys import fill_journeys
from tests.factories.office import make_colleague
from tests.factories.request import fill_inbox, make_request, take
from tests.factories.statement import line_values, make_statement, osteopath_line

NOW = datetime(2026, 6, 16, 9, 30, tzinfo=UTC)
TODAY = NOW.date()
LONG_NAME = "Anne-Marguerite-Sidonie de Montmorency-Laval d’Haussonville"
WIDE_NAME = "Abcdefghij" * 20  # two hundred letters that nothing breaks
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.5 Mobile/15E148 Safari/604.1"
)
STATEMENTS, WAITING = 60, 55  # more than a page of any list, and of the office's
LONG_TEXT = "Bonjour, voici la facture de mes lunettes. " * 12
CARE = (
    {},
    {"act_code": "PH7", "family": "pharmacy", "label": "Pharmacie à 65 %", "practitioner": "Pharmacie du Canal"},
    {"act_code": "B", "family": "biology", "label": "Analyses de biologie médicale"},
)


@implementer(IClock)
class TheSixteenthOfJune:
    """A Tuesday at half past eleven in Paris: the help line is open."""

    def now(self) -> datetime:
        return NOW

    def today(self) -> date:
        return TODAY


@dataclass
class Site:
    """Where it is served, who may enter, and an id for each placeholder of the routes."""

    url: str
    app: Router
    samples: dict[str, str]
    accounts: dict[str, Account]

    def cookie(self, who: str) -> dict[str, str]:
        """A new session of `family`, `newcomer`, `proved` (the family after a second factor), `wide` (of a very long
        name, after one too), `wide_colleague`, or of a colleague by his role (the administrator after one), for
        Playwright."""
        return self.session_of(self.accounts[who], proved=who in ("proved", "administrator", "wide"))

    def session_of(self, account: Account, *, proved: bool) -> dict[str, str]:
        """A new session of this account, after a second factor or not, for Playwright."""
        settings = self.app.registry.member_space
        lifetimes, here = Lifetimes.of(settings), Origin("127.0.0.1", "the suite")
        with self.app.registry.session_factory.begin() as db:
            _id, token = open_session(db, account.id, NOW, lifetimes, here, proved_at=NOW if proved else None)
        return {"name": cookie_name(settings), "value": token, "url": self.url}

    def end_sessions(self) -> None:
        """Whoever is signed in is not any more."""
        self._empty(WebSession)

    def forget(self) -> None:
        """Nobody is signed in any more, and nothing was tried nor sent from here: the clock stands, and limits last."""
        self._empty(WebSession, CodeSending, SignInFailure)

    def _empty(self, *models: type) -> None:
        with self.app.registry.session_factory.begin() as db:
            for model in models:
                db.query(model).delete()

    def last_message(self, kind: str = "code") -> tuple[dict[str, Any], str]:
        """The values and the code of the last message of this kind."""
        with self.app.registry.session_factory() as db:
            row = db.query(Notification).filter_by(kind=kind).order_by(Notification.id.desc()).first()
            secret = self.app.registry.getUtility(ICipher).decrypt(row.secret)
        return row.values, json.loads(secret)["code"]

    def device(self, who: str) -> dict[str, str]:
        """A browser that this account trusts: its password lets it in without a code."""
        with self.app.registry.session_factory.begin() as db:
            account = db.merge(self.accounts[who])
            account.last_signed_in_at = NOW
            tools = Tools(self.app.registry.member_space, self.app.registry.getUtility)
            _device, token = trust_device(db, tools, account, Origin("127.0.0.1"))
        return {"name": "device", "value": token, "url": self.url}

    @contextmanager
    def without_database(self) -> Iterator[None]:
        """For a moment the database is one that nobody serves."""
        nowhere = make_engine("postgresql+psycopg://nobody@127.0.0.1:1/nothing?connect_timeout=1")
        registry = self.app.registry
        before, registry.session_factory = registry.session_factory, make_session_factory(nowhere)
        try:
            yield
        finally:
            registry.session_factory = before
            nowhere.dispose()


def prepare(app: Router) -> None:
    """A day that never changes, and passwords that cost nothing to verify."""
    app.registry.registerUtility(TheSixteenthOfJune(), IClock)
    app.registry.registerUtility(Argon2Passwords(time_cost=1, memory_kib=8), IPasswordHasher)


def seed(db: Session, app: Router) -> tuple[dict[str, str], dict[str, Account]]:
    """A couple with two children and sixty statements, and somebody who joined yesterday; (samples, accounts)."""
    load_reference(db)
    password = app.registry.getUtility(IPasswordHasher).hash(PASSWORD)
    holder = make_person(db, "Nadia", last_name="Benali", email="nadia@example.org")
    spouse = make_person(db, LONG_NAME, last_name="Benali", birth_date=date(1983, 1, 30))
    children = [
        make_person(db, name, date(2012 + n, 5, 2), last_name="Benali") for n, name in enumerate(("Zoé", "Ali"))
    ]
    contract = make_contract(db, holder, (spouse, "spouse"), *((child, "child") for child in children))
    _links(db, app, contract, [holder, spouse, *children])
    make_model(db, domains=TWELVE_DOMAINS)
    print_by(db, contract, conventions="OPTI=IS:1 OPTI=SP:2")
    statement, payment = _statements(db, contract, [holder, spouse, *children])
    fill_versions(db, app.registry.getUtility(IStorage))
    give_product(db, contract, "confort", TODAY)
    make_statement(db, contract, [osteopath_line(holder, contract)])
    newcomer = make_person(db, "Paul", last_name="Neuf", email="paul@example.org")
    make_contract(db, newcomer)
    db.add(DemoMessage(channel="sms", to="+33612345678", text="123456 : votre code\n\n@localhost #123456", sent_at=NOW))
    words = "Voici le code.\n\n    123456\n\nhttp://localhost:6543/ce-n-est-pas-moi/9f1c2a4e-7d53-4c11-9a80-3b5d8e6f7a10#123456"
    db.add(DemoMessage(channel="email", to="nadia@example.org", subject="Votre code", text=words, sent_at=NOW))
    accounts = {
        "family": make_account(db, holder, password),
        # All of whose pages say that his address receives nothing.
        "newcomer": make_account(db, newcomer, password, email_bounced_at=NOW),
    }
    colleagues = _colleagues(db)
    tools = Tools(app.registry.member_space, app.registry.getUtility)
    handled = _requests(db, app, accounts["family"], contract, colleagues)
    thread = fill_inbox(db, tools, accounts["family"], contract, spouse.id, colleagues["handler"])
    samples = {
        "contract_id": str(contract.public_id),
        "person_id": str(children[0].public_id),
        "statement_id": statement,
        "passkey_id": _passkey(db, accounts["newcomer"], accounts["family"]),
        "payment_id": payment,
        "card_id": sent_card(db, tools.cipher, contract, accounts["family"], NOW),
        "disown_id": _devices(db, app, accounts["family"]),
        "undo_id": _own_data(db, app, accounts["family"]),
        "member_id": str(holder.public_id),
        "recovery_id": _recovery(db, accounts["family"], colleagues["handler"]),
        "office_account_id": str(colleagues["handler"].public_id),
        "request_id": str(thread.public_id),
        "attachment_id": str(fill_safe(db, tools, accounts["family"], contract).public_id),
        **handled,
        **fill_journeys(db, tools, accounts["family"], contract, spouse, colleagues["handler"]),
        "breach_id": _breach(db, tools, holder, children[0]),
        **fill_accesses(db, tools.cipher, accounts["family"], LONG_NAME),
        "legal_hold_id": _legal_hold(db, accounts["family"], colleagues["supervisor"], thread.id),
    }
    wide, widest = _wide(db, app, password)
    return samples | wide, accounts | colleagues | widest | {"proved": accounts["family"]}


def _legal_hold(db: Session, account: Account, colleague: Account, request_id: int) -> str:
    """One on a request of the household, of today."""
    hold = LegalHold(
        person_id=account.person_id, request_id=request_id, ground="audit", put_at=NOW, put_by=colleague.id
    )
    db.add(hold)
    db.flush()
    return str(hold.public_id)


def _wide(db: Session, app: Router, password: str) -> tuple[dict[str, str], dict[str, Account]]:
    """A couple and a colleague whose names nothing breaks: the ids of their pages (`wide_…`), and their accounts."""
    names = {"last_name": WIDE_NAME, "email": f"{WIDE_NAME[:60].lower()}@example.org"}
    holder = make_person(db, WIDE_NAME, **names)
    child = make_person(db, WIDE_NAME, date(2014, 5, 2), last_name=WIDE_NAME)
    contract = make_contract(db, holder, (child, "child"), product_label=WIDE_NAME)
    _links(db, app, contract, [holder, child])
    print_by(db, contract)
    lines = [line_values(one, contract, care_date=TODAY, practitioner=f"Dr {WIDE_NAME}") for one in (holder, child)]
    statement = make_statement(db, contract, lines, paid_on=TODAY, payee_name=WIDE_NAME)
    db.refresh(statement, ["payment"])
    account = make_account(db, holder, password)
    device, _token = trust_device(db, Tools(app.registry.member_space, app.registry.getUtility), account, Origin())
    device.name = WIDE_NAME[:60]
    colleague = make_colleague(db, Role.SUPERVISOR, WIDE_NAME)
    ids = {
        "contract_id": contract.public_id,
        "person_id": child.public_id,
        "statement_id": statement.public_id,
        "payment_id": statement.payment.public_id,
        "passkey_id": _passkey(db, account),
        "member_id": holder.public_id,
        "recovery_id": _recovery(db, account, colleague),
        "office_account_id": colleague.public_id,
    }
    return {f"wide_{name}": str(one) for name, one in ids.items()}, {"wide": account, "wide_colleague": colleague}


def _colleagues(db: Session) -> dict[str, Account]:
    """One of each role of the office, and in the journal what one of them did."""
    names = {role: f"{LONG_NAME} {n}" for n, role in enumerate(Role) if role is not Role.MEMBER}
    found = {role.value: make_colleague(db, role, name) for role, name in names.items()}
    about = {"account_id": found["handler"].id, "role": "handler", "before": "supervisor"}
    administrator = found["administrator"].id
    record(
        db,
        EventKind.ACCOUNT_ROLE_CHANGED,
        actor_account_id=administrator,
        origin=Origin("2001:db8:abcd:ef00::1"),
        details=about,
    )
    return found


def _requests(
    db: Session, app: Router, account: Account, contract: Contract, colleagues: dict[str, Account]
) -> dict[str, str]:
    """One that the handler studies, with a note, and some that nobody took; the ids of the first and of another."""
    tools = Tools(app.registry.member_space, app.registry.getUtility)
    handler, supervisor = colleagues["handler"], colleagues["supervisor"]
    facts = {"care_date": TODAY - timedelta(days=20), "amount": 32_000, "person_id": account.person_id}
    handled = make_request(db, tools, account, contract, "claim", "claim.optics", body=LONG_TEXT, **facts)
    take(db, tools, handled, handler)
    of = {"request_id": handled.id, "contract_id": contract.id}
    db.add(InternalNote(**of, account_id=supervisor.id, body="Voir le devis de mars.", written_at=NOW))
    db.add(RequestPresence(request_id=handled.id, account_id=supervisor.id, since=NOW, seen_at=NOW))
    for _n in range(WAITING):
        waiting = make_request(db, tools, account, contract)
    load_answers(db, tools)
    answer = str(answers_of(db, handler.id)[0].answer_id)
    return {"handled_id": str(handled.public_id), "waiting_id": str(waiting.public_id), "answer_id": answer}


def _recovery(db: Session, account: Account, colleague: Account) -> str:
    """A request that waits for the supervisor; its id."""
    asked = AssistedRecovery(
        account_id=account.id, asked_by=colleague.id, checks={"done": ["birth"]}, wish="factor", asked_at=NOW
    )
    db.add(asked)
    db.flush()
    return str(asked.public_id)


def _breach(db: Session, tools: Tools, *persons: Person) -> str:
    """A leak of everything, told to who holds the contract of the last; its id."""
    said = Declaration(
        "Un prestataire d’impression a été attaqué",
        "Des lettres préparées en mai ont été lues.\n\nLe prestataire a fermé l’accès le jour même.",
        date(2026, 5, 4),
        date(2026, 5, 6),
        list(Leaked),
    )
    return str(declare(db, tools, said, touched_by(db, tools, [one.id for one in persons])).public_id)


def _own_data(db: Session, app: Router, account: Account) -> str:
    """A telephone just changed and a bank account in each state; the id of the message that warned of the former."""
    tools = Tools(app.registry.member_space, app.registry.getUtility)
    change(db, tools, account, DataKind.LANDLINE, {"landline": "+33142345678"}, Origin())
    for n, state in enumerate(("replaced", "cancelled", "in_use", "waiting")):
        asked = NOW - timedelta(days=90 - 30 * n, hours=1)
        db.add(
            BankAccount(
                person_id=account.person_id,
                iban=tools.cipher.encrypt("FR7630006000011234567890189"),
                iban_index=tools.cipher.blind_index(state),
                bank_name="CREDIT AGRICOLE SA",
                holder_name=f"Mme {LONG_NAME}",
                state=state,
                asked_at=asked,
                effective_at=asked + timedelta(hours=48),
            )
        )
    return str(db.query(Challenge.public_id).filter_by(purpose=Purpose.UNDO_CHANGE.value).scalar())


def _devices(db: Session, app: Router, account: Account) -> str:
    """Two trusted browsers, one of which has a long name; the id of a mail that speaks of the other."""
    tools = Tools(app.registry.member_space, app.registry.getUtility)
    for user_agent, name in ((FIREFOX, "Ordinateur-de-la-bibliothèque-municipale"), (SAFARI, None)):
        device, _token = trust_device(db, tools, account, Origin("192.0.2.7", user_agent))
        device.name = name
    path, _code = disown_link(db, tools, account.id, device_id=device.id)
    return path.rpartition("/")[2]


def _passkey(db: Session, *accounts: Account) -> str:
    """A key of each account, that no authenticator holds; the id of the last one's."""
    keys = [
        Passkey(
            account_id=one.id,
            credential_id=secrets.token_bytes(32),
            public_key=b"none",
            sign_count=0,
            name="Ordinateur",
        )
        for one in accounts
    ]
    db.add_all(keys)
    db.flush()
    return str(keys[-1].public_id)


def _links(db: Session, app: Router, contract: Contract, persons: list[Person]) -> None:
    """Everybody with the fund under the NIR of the first, wanted for all but the last."""
    cipher = app.registry.getUtility(ICipher)
    coverages = {row.person_id: row for row in db.query(Coverage).filter_by(contract_id=contract.id)}
    for person in persons:
        wanted = "off" if person is persons[-1] else "on"
        make_teletransmission(db, cipher, coverages[person.id], person, "2850475056123", desired=wanted)


def _statements(db: Session, contract: Contract, persons: list[Person]) -> tuple[str, str]:
    """Sixty over twenty months, to the insured and to others in turn; the ids of the latest and of its transfer."""
    for n in range(STATEMENTS, -1, -1):
        person = persons[n % len(persons)]
        care_date = TODAY - timedelta(days=12 + n * 10)
        care = [line_values(person, contract, care_date=care_date, **values) for values in CARE[: 1 + n % len(CARE)]]
        others = {"payee": "professional", "payee_name": "Pharmacie du Canal"} if n % 3 == 1 else {}
        statement = make_statement(db, contract, care, paid_on=care_date + timedelta(days=6), **others)
    db.refresh(statement, ["payment"])
    return str(statement.public_id), str(statement.payment.public_id)
