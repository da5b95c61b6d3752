"""The lines of a quote, kept with its draft: with whom it is for, and until it is sent or erased."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from member_space.domain.quote import QuoteLine
from member_space.domain.request import NotAllowed
from member_space.models import QuoteLineRow
from member_space.services import request_draft as drafts
from member_space.services.household import load_household
from member_space.services.quote import day_of, estimate_of, insured_of_quote, keep_as_told, keep_lines, lines_of
from member_space.services.reference import load_reference
from tests.factories.guarantee import give_product
from tests.factories.household import make_account, make_contract, make_person
from tests.factories.request import make_draft, make_request

CROWN = QuoteLine("crown", "Couronne céramique à tarif libre", 65_000, base=10_750)
BLOOD = QuoteLine("blood", "Analyses de sang", 2_800)


@pytest.fixture
def holder(db):
    return make_person(db, "Hélène", date(1984, 2, 3), last_name="Morel")


@pytest.fixture
def contract(db, holder, tools):
    load_reference(db)
    contract = make_contract(db, holder)
    give_product(db, contract, "confort", tools.today())
    return contract


@pytest.fixture
def account(db, holder):
    return make_account(db, holder)


@pytest.fixture
def household(db, contract, holder, tools):
    return load_household(db, holder.id, tools.today())


@pytest.fixture
def draft(db, tools, account, contract, holder):
    return make_draft(db, tools, account, contract, "quote", "quote.dental", person_id=holder.id)


def test_lines_are_kept_in_their_order_with_what_was_told(db, tools, household, draft):
    told = estimate_of(db, household, draft, [CROWN, BLOOD])
    keep_lines(db, tools, draft, told)
    crown, blood = lines_of(db, draft.id)[draft.id]
    assert (crown.line, blood.line) == (CROWN, BLOOD)
    assert crown.estimate == told.answers[0].estimate
    assert blood.estimate is None
    keep_lines(db, tools, draft, estimate_of(db, household, draft, [BLOOD]))
    assert [one.line for one in lines_of(db, draft.id)[draft.id]] == [BLOOD]
    keep_lines(db, tools, draft, estimate_of(db, household, draft, []))
    assert lines_of(db, draft.id) == {draft.id: []}


def test_nothing_is_told_of_nobody(db, household, draft):
    draft.person_id = None
    assert insured_of_quote(household, draft) is None
    found = estimate_of(db, household, draft, [CROWN])
    assert [one.line for one in found.answers] == [CROWN]
    assert not found.computed


def test_what_was_sent_is_not_changed(db, tools, household, account, contract, holder):
    sent = make_request(db, tools, account, contract, "quote", "quote.dental", person_id=holder.id)
    with pytest.raises(NotAllowed):
        keep_lines(db, tools, sent, estimate_of(db, household, sent, [CROWN]))


def test_the_day_is_the_one_given_else_that_of_the_sending(db, tools, draft):
    today = tools.today()
    assert day_of(draft, today) == today
    draft.sent_at = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    assert day_of(draft, today) == date(2026, 3, 2), "in Paris"
    draft.care_date = date(2026, 9, 1)
    assert day_of(draft, today) == date(2026, 9, 1)


def test_a_quote_keeps_what_it_gives_on_the_day_it_is_sent(db, tools, clock, household, draft):
    keep_lines(db, tools, draft, estimate_of(db, household, draft, [CROWN]))
    draft.care_date = date(2026, 12, 1)
    keep_as_told(db, tools, household, draft)
    [kept] = lines_of(db, draft.id)[draft.id]
    assert kept.estimate.day == date(2026, 12, 1)


def test_lines_follow_the_contract_of_the_person(db, tools, household, draft, holder):
    keep_lines(db, tools, draft, estimate_of(db, household, draft, [CROWN]))
    other = make_contract(db, holder, product="SURCOMPLEMENTAIRE")
    member = next(m for m in load_household(db, holder.id, tools.today()).members if m.contract_id == other.id)
    drafts.about_person(db, tools, draft, member)
    assert db.scalars(select(QuoteLineRow.contract_id)).all() == [other.id]


def test_lines_go_with_their_draft(db, tools, household, draft):
    keep_lines(db, tools, draft, estimate_of(db, household, draft, [CROWN]))
    drafts.forget(db, tools, draft)
    assert db.scalar(select(func.count()).select_from(QuoteLineRow)) == 0
