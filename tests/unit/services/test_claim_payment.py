"""The statement that paid a claim: the only one that can be, or none."""

from datetime import UTC, date, datetime, timedelta

import pytest

from member_space.domain.request import Act
from member_space.services import request as requests
from member_space.services.claim_payment import ClaimPayment, payment_of_claim
from member_space.services.household import load_household
from member_space.services.request import Actor
from tests.factories.household import make_account, make_contract, make_person
from tests.factories.journeys import decide
from tests.factories.messages import worker_tools
from tests.factories.office import make_colleague
from tests.factories.request import MEMBER, make_request, take
from tests.factories.statement import line_values, make_statement
from tests.functional.clock import SetClock

DECIDED = datetime(2026, 6, 15, 9, 30, tzinfo=UTC)
CARE = date(2026, 6, 2)
PAID = date(2026, 6, 18)
GRANTED = 25_000


@pytest.fixture
def clock():
    return SetClock(DECIDED)


@pytest.fixture
def tools(settings, engine, clock):
    return worker_tools(settings, engine, clock)[0]


@pytest.fixture
def family(db):
    holder, child = make_person(db, "Hélène"), make_person(db, "Zoé", date(2015, 5, 5))
    spouse = make_person(db, "Sami")
    contract = make_contract(db, holder, (child, "child"), (spouse, "spouse"))
    people = {"holder": holder, "child": child, "spouse": spouse}
    return people | {"contract": contract, "account": make_account(db, holder)}


@pytest.fixture
def granted(db, tools, family):
    """A claim about somebody's care of that day, granted in two lines."""

    def make(who="child", outcome="partial", kind="claim", **facts):
        about = {"person_id": family[who].id, "care_date": CARE, "amount": 42_000} | facts
        topic = "claim.optics" if kind == "claim" else "quote.optics"
        row = make_request(db, tools, family["account"], family["contract"], kind, topic, **about)
        colleague = make_colleague(db, "handler")
        take(db, tools, row, colleague)
        lines = [("Monture", 14_000, 10_000, "legal_limits"), ("Verres", 28_000, 15_000, "contract_rate")]
        decide(db, tools, row, colleague, outcome, lines)
        return row

    return make


@pytest.fixture
def statement(db, family):
    """Imported a day after the decision, paying these shares for the care of that day."""

    def make(*shares, who="child", imported=DECIDED + timedelta(days=1), care_date=CARE, paid_on=PAID, **payee):
        lines = [
            line_values(family[who], family["contract"], care_date=care_date, our_share=one, member_share=1100 - one)
            for one in shares
        ]
        row = make_statement(db, family["contract"], lines, paid_on=paid_on, **payee)
        row.created_at = imported
        db.flush()
        return row

    return make


def paid(db, family, claim, granted=GRANTED):
    household = load_household(db, family["holder"].id, DECIDED.date())
    found = payment_of_claim(db, household, claim, granted)
    assert household.shown == ({claim.person_id} if found else set())
    return found


@pytest.mark.parametrize("shares", [(25_000,), (10_000, 15_000), (25_000, 900)])
def test_the_only_statement_that_pays_it_is_told(db, family, granted, statement, shares):
    claim, found = granted(), statement(*shares)
    statement(900)
    assert paid(db, family, claim) == ClaimPayment(found.public_id, PAID)


@pytest.mark.parametrize(
    "other",
    [
        {"who": "holder"},
        {"care_date": CARE + timedelta(days=1)},
        {"imported": DECIDED - timedelta(hours=1)},
        {"paid_on": date(2026, 6, 14)},
        {"paid_on": None},
        {"payee": "professional", "payee_name": "Optique du Canal"},
    ],
)
def test_another_person_day_or_payee_is_no_match(db, family, granted, statement, other):
    claim = granted()
    statement(GRANTED, **other)
    assert paid(db, family, claim) is None


def test_another_amount_is_no_match(db, family, granted, statement):
    claim = granted()
    statement(10_000, 14_999)
    assert paid(db, family, claim) is None


def test_of_two_that_could_be_none_is_told(db, family, granted, statement):
    claim = granted()
    statement(GRANTED)
    statement(GRANTED)
    assert paid(db, family, claim) is None


def test_nor_where_two_claims_could_have_been_paid(db, family, granted, statement):
    claims = [granted(), granted()]
    statement(GRANTED)
    assert [paid(db, family, claim) for claim in claims] == [None, None]


def test_a_claim_refused_beside_it_is_no_doubt(db, family, granted, statement):
    claim = granted()
    granted(outcome="refused")
    statement(GRANTED)
    assert paid(db, family, claim)


def test_what_was_not_granted_is_not_paid(db, family, granted, statement):
    statement(GRANTED)
    assert paid(db, family, granted(outcome="refused")) is None
    assert paid(db, family, granted(kind="quote")) is None
    assert paid(db, family, granted(), granted=0) is None


def test_one_that_is_open_again_waits(db, tools, family, granted, statement):
    claim = granted()
    statement(GRANTED)
    requests.move(db, tools, claim, Act.REOPEN, Actor(MEMBER, family["account"].id))
    assert paid(db, family, claim) is None


def test_the_care_of_an_adult_who_did_not_open_it_is_not_told(db, family, granted, statement):
    claim = granted("spouse")
    statement(GRANTED, who="spouse")
    assert paid(db, family, claim) is None
