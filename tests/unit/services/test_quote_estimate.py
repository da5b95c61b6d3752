"""The lines of a quote under a real table: in order, in constant statements, and what cannot be computed is told."""

from dataclasses import replace
from datetime import date

import pytest

from member_space.domain.quote import QuoteLine
from member_space.models import Person
from member_space.services.household import load_household
from member_space.services.quote_estimate import estimate, insured_alone, told_why
from member_space.services.reference import load_reference
from member_space.services.simulator import Question, choices, simulate
from tests.factories.guarantee import give_product
from tests.factories.household import make_contract, make_person
from tests.factories.statement import make_statement, osteopath_line
from tests.functional.clock import counted_statements

TODAY = date(2026, 11, 20)
CROWN = QuoteLine("crown", "Couronne céramique à tarif libre", 65_000, base=10_750)
IMPLANT = QuoteLine("implant", "Implant dentaire", 120_000)
GLASSES = QuoteLine("glasses_complex", "Lunettes", 60_000, frame_price=10_000)


@pytest.fixture
def holder(db) -> Person:
    return make_person(db, "Hélène", date(1984, 2, 3), last_name="Morel")


@pytest.fixture
def spouse(db) -> Person:
    return make_person(db, "Karim", date(1986, 5, 7), last_name="Morel")


@pytest.fixture
def contract(db, holder, spouse):
    load_reference(db)
    contract = make_contract(db, holder, (spouse, "spouse"))
    give_product(db, contract, "confort", TODAY)
    return contract


@pytest.fixture
def ask(db, contract, holder):
    household = load_household(db, holder.id, TODAY)

    def asked(*lines, day=TODAY, person=holder):
        member = next(one for one in household.members if one.person_id == person.id)
        return estimate(db, household, member, day, lines)

    return asked


def test_a_line_is_what_the_simulator_says(db, ask, holder, contract):
    found = ask(CROWN)
    household = load_household(db, holder.id, TODAY)
    known = choices(db)
    question = Question(known.by_code["crown"], household.members[0], TODAY, 65_000, base=10_750)
    alone = simulate(db, household, known, question).outcome
    [one] = found.answers
    told, amounts = one.estimate, alone.amounts
    assert (told.price, told.base, told.amo, told.ours, told.rest) == (
        *(amounts.fee, amounts.base, amounts.amo_net, amounts.our_share, amounts.member_share),
    )
    assert (told.guarantee, told.article) == (alone.line.label, alone.line.article or None)
    assert (told.day, told.computed_on, told.table_label) == (TODAY, TODAY, "Confort")
    assert told.option.label == "Couronne céramo-métallique, panier 100 % Santé"
    assert told.option.rest == 0
    assert found.is_whole
    assert found.totals.price == 65_000


def test_each_line_takes_its_part_of_the_ceilings_before_the_next(ask):
    one, two = ask(IMPLANT, IMPLANT).computed
    [before], [after] = one.ceilings, two.ceilings
    assert before.used_before == 0
    assert before.used_after == after.used_before > 0
    assert after.used_after >= after.used_before
    assert one.ours > two.ours
    assert two.zero_reason == "cap_reached"


def test_a_second_pair_of_glasses_is_not_renewed_on_the_same_day(ask):
    one, two = ask(GLASSES, GLASSES).computed
    assert one.ours > 10_000
    assert two.ours < 1_000


def test_twenty_lines_cost_as_many_statements_as_one(db, ask):
    ask(CROWN)
    with counted_statements(db.get_bind()) as few:
        ask(CROWN)
    with counted_statements(db.get_bind()) as many:
        assert len(ask(*[CROWN] * 20).computed) == 20
    assert len(many) == len(few) <= 7


def test_what_cannot_be_computed_is_told_where_and_takes_nothing(ask):
    frameless = QuoteLine("glasses_simple", "Lunettes", 30_000)
    gone = QuoteLine("no_such_care", "Soin", 1_000)
    untold = QuoteLine("blood", "Analyses de sang", 2_800)
    found = ask(frameless, gone, untold, CROWN, IMPLANT)
    told = [told_why(one, care="X", name="H", day=TODAY, long=str) for one in found.answers]
    assert [one[0] if one else None for one in told] == ["monture", "soin", "base", None, None]
    assert found.computed == ask(CROWN, IMPLANT).computed
    assert found.totals.price == CROWN.price + IMPLANT.price
    assert not found.is_whole
    [told_base] = ask(replace(untold, base=2_800)).computed
    assert told_base.amo


def test_a_day_before_the_contract_is_told_once_and_nothing_is_computed(ask, holder):
    found = ask(CROWN, IMPLANT, day=date(1999, 1, 1))
    assert found.error
    assert not found.computed
    field, words = told_why(found.answers[0], care="X", name="Hélène", day=date(1999, 1, 1), long=str)
    assert field == "le"
    assert "commence le" in words.interpolate()


def test_what_a_private_adult_used_is_not_read(db, ask, contract, spouse):
    household, member = insured_alone(db, contract.id, spouse.id, TODAY)
    asked = [QuoteLine("osteopath", "Séance d’ostéopathie", 6_000)] * 3
    sessions = [osteopath_line(spouse, contract, care_date=date(2026, month, 2)) for month in range(1, 11)]
    make_statement(db, contract, sessions)
    found = ask(*asked, person=spouse)
    assert found.is_private
    assert all(one.ceilings == () for one in found.computed)
    assert found.totals.ours > 0
    # He himself reads what he used, and the desk as he does.
    own = estimate(db, household, member, TODAY, asked)
    assert not own.is_private
    assert own.totals.ours == 0
    assert own.computed[0].zero_reason == "cap_reached"
    assert own.computed[0].ceilings


def test_lines_of_a_private_adult_still_share_the_ceilings(ask, spouse):
    one, two = ask(IMPLANT, IMPLANT, person=spouse).computed
    assert one.ours > two.ours


def test_nobody_is_seen_at_the_desk_under_a_contract_that_never_covered_him(db, contract, spouse):
    assert insured_alone(db, contract.id + 1, spouse.id, TODAY) is None
