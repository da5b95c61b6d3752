"""What has reached the end of its life goes at night, in batches, and leaves a number (C158)."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, inspect, select, text

from member_space import models as m
from member_space.domain.retention import RULES, Kept
from member_space.services import retention
from member_space.services.closing import GONE_WITH_THE_ACCOUNT
from member_space.services.retention import BY_THEIR_OWN_TASK, ERASED, FOR_EVER, TABLES, apply_retention
from member_space.services.retention_words import TABLE
from tests.factories.api import make_client, make_grant
from tests.factories.household import make_account, make_contract, make_person, period
from tests.factories.webhook import make_delivery
from tests.functional.clock import clock_at
from tests.functional.helpers import sign_in, tools_of

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock(app):
    with clock_at(app, 2026, 11, 21) as clock:
        yield clock


@pytest.fixture
def account(db):
    return make_account(db, make_person(db, "Hélène"))


def _event(db, account, at):
    """An event to an application, written at that instant."""
    client = make_client(db)
    target = m.WebhookTarget(client_id=client.id, url="https://assistant.example/", news=[], secret=b"x")
    db.add(target)
    db.flush()
    return make_delivery(db, target, make_grant(db, account, client, []), created_at=at)


def rows_of(db, account, kind, at, n):
    """A row of that kind whose life began at that instant."""
    person = account.person_id
    token = f"{kind}{n}".encode()
    made = {
        Kept.SIGN_IN_FAILURES: lambda: m.SignInFailure(email_index=b"x", network="10.0.0.0/24", failed_at=at),
        Kept.SESSIONS: lambda: m.WebSession(
            token_hash=token, account_id=account.id, created_at=at, last_seen_at=at, expires_at=at
        ),
        Kept.CODES: lambda: m.Challenge(purpose="sign_in", account_id=account.id, expires_at=at, token_hash=token),
        Kept.CODE_SENDINGS: lambda: m.CodeSending(channel="sms", target_index=b"x", network="n", sent_at=at),
        Kept.LETTERS: lambda: m.WelcomeLetter(person_id=person, code_index=token, expires_at=at),
        Kept.DRAFTS: lambda: m.Draft(account_id=account.id, form=f"/{n}", values=b"x", updated_at=at),
        Kept.DEVICES: lambda: m.Device(token_hash=token, account_id=account.id, last_seen_at=at, trusted_until=at),
        Kept.CHANGES: lambda: m.DataChange(
            account_id=account.id, person_id=person, kind="email", after=b"x", asked_at=at
        ),
        Kept.MESSAGES: lambda: m.Notification(kind="code", channel="email", state="sent", send_after=at, created_at=at),
        Kept.EXPORTS: lambda: m.DataExport(account_id=account.id, state="expired", asked_at=at),
        Kept.CARD_LINKS: lambda: link_of(db, account, n, token, at),
        Kept.DEMO: lambda: m.DemoMessage(channel="sms", to="x", text="x", sent_at=at),
        Kept.READINGS: lambda: m.Reading(
            session_id=n, account_id=account.id, subject_person_id=person, what="home", at=at
        ),
        Kept.RECOVERIES: lambda: m.AssistedRecovery(
            account_id=account.id, asked_by=account.id, checks={"done": []}, wish="factor", asked_at=at
        ),
        Kept.BREACHES: lambda: m.Breach(title="Fuite", story="x", began_on=at.date(), leaked=["nir"], declared_at=at),
        Kept.PRESENCES: lambda: m.RequestPresence(
            request_id=request_of(db, account).id, account_id=account.id, since=at, seen_at=at
        ),
        Kept.DIRECTORY_REPORTS: lambda: m.DirectoryReport(
            practice_public_id=uuid.uuid4(),
            practice="Dr",
            wish="error",
            body="Fermé",
            told_at=at,
            dealt_at=at,
            dealt_by=account.id,
        ),
        Kept.RECEIVED_MAILS: lambda: m.ReceivedMail(fingerprint=token, outcome="unknown", at=at),
        Kept.ADVISER_TALKS: lambda: m.AdviserTalk(account_id=account.id, session_id=1, started_at=at),
        Kept.API_TOKENS: lambda: m.ApiToken(
            token_hash=token, kind="access", client_id=make_client(db).id, scopes=[], expires_at=at
        ),
        Kept.API_CODES: lambda: m.ApiCode(
            code_hash=token,
            grant_id=make_grant(db, account, None, []).id,
            redirect_uri="https://assistant.example",
            challenge="x",
            expires_at=at,
        ),
        Kept.API_GRANTS: lambda: m.ApiGrant(
            account_id=account.id, name="script", scopes=[], person_ids=[], wording="Oui ?", expires_at=at
        ),
        Kept.API_COUNTS: lambda: m.ApiCount(who=str(uuid.uuid4()), minute=at, count=1),
        Kept.API_ANSWERS: lambda: m.ApiAnswer(
            key_hash=token,
            grant_id=make_grant(db, account, None, []).id,
            question=token,
            status=201,
            body=token,
            answered_at=at,
        ),
        Kept.WEBHOOK_DELIVERIES: lambda: _event(db, account, at),
        Kept.HOLDS: lambda: m.LegalHold(
            person_id=person, ground="audit", put_at=at, put_by=account.id, lifted_at=at, lifted_by=account.id
        ),
    }
    return made[kind]()


def request_of(db, account) -> m.Request:
    contract = db.scalars(select(m.Contract).where(m.Contract.holder_id == account.person_id)).first()
    contract = contract or make_contract(db, db.get(m.Person, account.person_id))
    row = m.Request(
        kind="message",
        contract_id=contract.id,
        author_person_id=account.person_id,
        author_account_id=account.id,
    )
    db.add(row)
    db.flush()
    return row


def link_of(db, account, n, token, at) -> m.CardShare:
    contract = request_of(db, account).contract_id
    card = m.CardVersion(contract_id=contract, year=2026, version=n, period=period(), person_ids=[])
    card.fingerprint = card.content = card.check_code = card.check_hash = token
    db.add(card)
    db.flush()
    link = {"contract_id": contract, "card_id": card.id, "account_id": account.id}
    return m.CardShare(**link, by_mail=False, code_hash=token, expires_at=at)


def count(db, model) -> int:
    return db.scalar(select(func.count()).select_from(model)) or 0


@pytest.mark.parametrize("kind", ERASED)
def test_each_kind_goes_at_the_end_of_its_life_and_not_before(app, db, account, kind):
    rule = RULES[kind]
    kept = timedelta(seconds=1) if kind is not Kept.SESSIONS else timedelta(hours=1)
    db.add(rows_of(db, account, kind, NOW - rule.life, 1))
    alive = rows_of(db, account, kind, NOW - rule.life + kept, 2)
    if kind is Kept.SESSIONS:
        alive.last_seen_at = NOW
    db.add(alive)
    db.commit()
    apply_retention(db, tools_of(app))
    db.commit()
    key = inspect(ERASED[kind][0]).primary_key[0].name
    assert db.scalars(select(getattr(ERASED[kind][0], key))).all() == [getattr(alive, key)]
    proof = db.scalars(select(m.Erasure)).one()
    assert (proof.kind, proof.count, proof.before) == (kind.value, 1, NOW - rule.life)
    fact = db.scalars(select(m.Event).where(m.Event.kind == "retention:applied")).one()
    assert fact.details == {kind.value: 1}


def test_an_ended_session_and_an_idle_one_go(app, db, account):
    for n, (seen, ends) in enumerate(((0, 60), (16, 60), (0, -1))):
        minutes = timedelta(minutes=1)
        db.add(
            m.WebSession(
                token_hash=bytes([n]),
                account_id=account.id,
                last_seen_at=NOW - seen * minutes,
                expires_at=NOW + ends * minutes,
            )
        )
    apply_retention(db, tools_of(app))
    assert count(db, m.WebSession) == 1


def test_what_is_not_sent_yet_and_what_is_being_made_stay(app, db, account):
    old = NOW - timedelta(days=4000)
    db.add(m.Notification(kind="code", channel="email", state="waiting", send_after=old, created_at=old))
    db.add(m.DataExport(account_id=account.id, state="waiting", asked_at=old))
    db.flush()
    apply_retention(db, tools_of(app))
    assert (count(db, m.Notification), count(db, m.DataExport)) == (1, 1)


def test_nothing_to_erase_leaves_no_proof(app, db):
    apply_retention(db, tools_of(app))
    assert (count(db, m.Erasure), count(db, m.Event)) == (0, 0)


def test_a_full_batch_asks_for_the_next_one(app, db, account, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 10)
    db.add_all(rows_of(db, account, Kept.CODE_SENDINGS, NOW - timedelta(days=40), n) for n in range(25))
    db.commit()
    left, asked = [], []
    for _ in range(3):
        apply_retention(db, tools_of(app))
        left.append(count(db, m.CodeSending))
        asked.append(db.scalar(text("select count(*) from procrastinate_jobs where task_name = 'retention:apply'")))
    assert (left, asked) == ([15, 5, 0], [1, 2, 2])
    assert db.scalars(select(m.Erasure.count).order_by(m.Erasure.id)).all() == [10, 10, 5]


def test_the_table_says_all_that_is_applied(app, db, account):
    """Each kind has its words, and those erased here are those said to be; the demonstration's box is nobody's."""
    assert {kind for kind, rule in RULES.items() if rule.by_us} == set(ERASED) | set(BY_THEIR_OWN_TASK)
    assert len(TABLE) == len(RULES) - 1
    page = sign_in(app, db, account).get("/mes-donnees")
    said = page.html.select_one("#durees").get_text()
    for row in TABLE:
        assert str(row.what) in said
        assert str(row.how_long) in said


def test_every_table_has_a_line_or_a_reason():
    """A new table must be decided: a kind of TABLES, the table of ERASED, or a line of FOR_EVER with its reason."""
    told = [table for tables in TABLES.values() for table in tables] + [
        kind.__tablename__ for kind, _ in ERASED.values()
    ]
    assert sorted(told) == sorted(set(told))
    assert set(TABLES) | set(ERASED) == set(Kept)
    assert set(told) & set(FOR_EVER) == set()
    assert set(told) | set(FOR_EVER) == set(m.Base.metadata.tables)
    # What says to go with the account does.
    gone = {model.__tablename__ for model in GONE_WITH_THE_ACCOUNT}
    assert set(TABLES[Kept.ACCOUNT]) - gone == {"account"}
