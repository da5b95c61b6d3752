"""Which lines a viewer gets, what each keeps to itself, and the way through a long list."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from member_space.domain.reimbursement import ZeroReason
from member_space.services.care_line import NATURE, Payee
from member_space.services.household import load_household
from member_space.services.reimbursement import PAGE, LineFilter, latest_lines, page_of_lines, totals_of
from member_space.services.statement_words import BECAUSE, CLOSED_BECAUSE
from tests.factories.household import make_contract, make_person
from tests.factories.statement import line_values, make_statement

TODAY = date(2026, 11, 21)


@pytest.fixture
def couple(db):
    """A holder, an adult who has opened nothing, and a child; each with one consultation, the spouse's at a clinic."""
    holder, spouse = make_person(db, "Hélène"), make_person(db, "Sami")
    child = make_person(db, "Zoé", date(2015, 5, 5))
    contract = make_contract(db, holder, (spouse, "spouse"), (child, "child"))
    make_statement(db, contract, [line_values(holder, contract, care_date=date(2026, 3, 1))])
    make_statement(
        db,
        contract,
        [line_values(spouse, contract, care_date=date(2026, 3, 2), label="Clinique", search_text="clinique")],
        payee="hospital",
        payee_name="Clinique Sainte-Anne",
    )
    make_statement(
        db,
        contract,
        [line_values(child, contract, care_date=date(2026, 3, 3))],
        payee="professional",
        payee_name="Dr Anne Lemaire",
    )
    return contract, holder, spouse, child


def lines_of(db, person, **kept):
    household = load_household(db, person.id, TODAY)
    return page_of_lines(db, household, LineFilter(**kept)).lines


def test_the_latest_care_comes_first(db, couple):
    _, holder, *_ = couple
    assert [line.person_name for line in lines_of(db, holder)] == ["Zoé", "Sami", "Hélène"]


def test_another_adult_s_line_keeps_its_nature_to_itself(db, couple):
    _, holder, spouse, _ = couple
    line = next(line for line in lines_of(db, holder) if line.person_id == spouse.id)
    assert not line.is_open
    assert all(getattr(line, name) is None for name in NATURE)
    assert line.payee_name is None
    assert line.payee is Payee.THIRD_PARTY
    assert (line.fee, line.amo_net, line.our_share, line.member_share) == (3000, 1900, 900, 200)


def test_the_adult_himself_and_whoever_he_opened_to_see_it_all(db, couple):
    _, holder, spouse, _ = couple
    assert [line.label for line in lines_of(db, spouse)] == ["Clinique"]
    assert lines_of(db, spouse)[0].payee_name == "Clinique Sainte-Anne"
    spouse.care_open_to_holder = True
    db.flush()
    assert "Clinique" in [line.label for line in lines_of(db, holder)]


def test_a_beneficiary_sees_his_own_lines_alone(db, couple):
    _, _, spouse, _ = couple
    assert {line.person_id for line in lines_of(db, spouse)} == {spouse.id}


def test_nobody_sees_another_household(db, couple):
    stranger = make_person(db, "Lou")
    make_contract(db, stranger)
    assert lines_of(db, stranger) == []


@pytest.mark.parametrize("kept", [{"words": "clinique"}, {"family": "consultation"}, {"words": "%"}, {"words": "_"}])
def test_closed_care_never_answers_a_search(db, couple, kept):
    _, holder, spouse, _ = couple
    assert spouse.id not in {line.person_id for line in lines_of(db, holder, **kept)}
    household = load_household(db, holder.id, TODAY)
    assert totals_of(db, household, LineFilter(**kept)).lines == len(lines_of(db, holder, **kept))


def test_a_third_party_paid_in_one_transfer_for_open_and_closed_care_is_not_named(db):
    holder, spouse = make_person(db, "Hélène"), make_person(db, "Sami")
    contract = make_contract(db, holder, (spouse, "spouse"))
    both = [line_values(holder, contract), line_values(spouse, contract)]
    make_statement(db, contract, both, payee="professional", payee_name="Pharmacie du Marché")
    assert [line.payee_name for line in lines_of(db, holder)] == [None, None]
    assert [line.payee_name for line in lines_of(db, spouse)] == ["Pharmacie du Marché"]


def test_who_does_not_hold_the_contract_was_not_paid_himself(db, couple):
    contract, holder, spouse, _ = couple
    make_statement(db, contract, [line_values(spouse, contract, care_date=date(2026, 4, 1))])
    assert lines_of(db, spouse)[0].payee is Payee.HOLDER
    assert lines_of(db, holder)[0].payee is Payee.YOU


@pytest.mark.parametrize(
    ("kept", "names"),
    [
        ({"since": date(2026, 3, 2)}, ["Zoé", "Sami"]),
        ({"until": date(2026, 3, 2)}, ["Sami", "Hélène"]),
        ({"to_insured": True}, ["Hélène"]),
        ({"to_insured": False}, ["Zoé", "Sami"]),
        ({"least": 3001}, []),
        ({"least": 3000, "most": 3000}, ["Zoé", "Sami", "Hélène"]),
        ({"words": "MÉDECIN  généraliste"}, ["Zoé", "Hélène"]),
        ({"family": "pharmacy"}, []),
    ],
)
def test_filters_and_their_totals_agree(db, couple, kept, names):
    _, holder, *_ = couple
    lines = lines_of(db, holder, **kept)
    assert [line.person_name for line in lines] == names
    totals = totals_of(db, load_household(db, holder.id, TODAY), LineFilter(**kept))
    assert totals.lines == len(lines)
    for name in ("fee", "amo_net", "other_insurer", "our_share", "member_share"):
        assert getattr(totals, name) == sum(getattr(line, name) for line in lines)


def test_a_filter_by_person(db, couple):
    _, holder, _, child = couple
    assert [line.person_id for line in lines_of(db, holder, person_id=child.id)] == [child.id]


def test_zero_is_explained_even_when_the_feed_said_nothing(db):
    person = make_person(db)
    contract = make_contract(db, person)
    left = {"our_share": 0, "member_share": 200, "amo_gross": 3000, "amo_net": 2800, "amo_rate": 10000}
    make_statement(db, contract, [line_values(person, contract, **left)])
    (line,) = latest_lines(db, load_household(db, person.id, TODAY), 5)
    assert line.because == BECAUSE[ZeroReason.ONLY_DEDUCTIONS_LEFT]


def test_the_reason_of_a_zero_stays_closed_too(db):
    holder, spouse = make_person(db, "Hélène"), make_person(db, "Sami")
    contract = make_contract(db, holder, (spouse, "spouse"))
    zero = {"our_share": 0, "member_share": 1100, "zero_reason": ZeroReason.THERMAL_CURE}
    make_statement(db, contract, [line_values(spouse, contract, **zero)])
    (line,) = lines_of(db, holder)
    assert line.because == CLOSED_BECAUSE


def walk(db, household, kept):
    """Every page from the first to the last by « plus anciens », then all the way back."""
    pages = [page_of_lines(db, household, kept)]
    while pages[-1].older:
        pages.append(page_of_lines(db, household, kept, before=pages[-1].older))
    back = [pages[-1]]
    while back[-1].newer:
        back.append(page_of_lines(db, household, kept, after=back[-1].newer))
    return pages, back[::-1]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(days=st.lists(st.integers(0, 20), max_size=3 * PAGE))
def test_both_ways_through_the_list_pass_each_line_once(session_factory, days):
    with session_factory() as db:
        person = make_person(db)
        contract = make_contract(db, person)
        lines = [line_values(person, contract, care_date=date(2026, 1, 1) + timedelta(n)) for n in days]
        make_statement(db, contract, lines)
        household = load_household(db, person.id, TODAY)
        pages, back = walk(db, household, LineFilter())
        passed = [line.cursor for page in pages for line in page.lines]
        assert len(passed) == len(days)
        assert passed == sorted(set(passed), reverse=True)
        assert [page.lines for page in back] == [page.lines for page in pages]
        db.rollback()
