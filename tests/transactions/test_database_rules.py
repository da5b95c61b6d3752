"""The rules the database itself keeps, whatever the code above it does."""

from datetime import date

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from member_space.domain.guarantee import BasePercent
from member_space.domain.period import Period
from member_space.models import Coverage, Event, Guarantee
from tests.factories.guarantee import make_line, make_table
from tests.factories.household import make_contract, make_person, period
from tests.factories.statement import line_values, make_statement


@pytest.fixture
def household(db):
    person = make_person(db)
    return person, make_contract(db, person)


def test_a_line_that_does_not_close_is_refused(db, household):
    person, contract = household
    with pytest.raises(IntegrityError, match="ck__statement_line__closes"):
        make_statement(db, contract, [line_values(person, contract, our_share=901)])


def test_a_net_that_is_not_gross_less_deductions_is_refused(db, household):
    person, contract = household
    with pytest.raises(IntegrityError, match="ck__statement_line__amo_net"):
        make_statement(db, contract, [line_values(person, contract, participation=100)])


def test_a_line_of_no_act_is_refused(db, household):
    person, contract = household
    with pytest.raises(IntegrityError, match="ck__statement_line__quantity"):
        make_statement(db, contract, [line_values(person, contract, quantity=0)])


def test_a_total_that_is_not_the_sum_of_the_lines_is_refused_at_commit(db, household):
    person, contract = household
    statement = make_statement(db, contract, [line_values(person, contract)])
    db.execute(text("set constraints all immediate"))
    with pytest.raises(IntegrityError, match="total 901 but lines 900"):
        db.execute(text("update statement set total = 901 where id = :id"), {"id": statement.id})


def test_removing_a_line_of_a_closed_statement_is_refused(db, household):
    person, contract = household
    make_statement(db, contract, [line_values(person, contract)])
    with pytest.raises(IntegrityError, match="not the sum of its lines"):
        db.execute(text("delete from statement_line"))


def test_a_coverage_outside_the_contract_is_refused(db, household):
    _, contract = household
    other = make_person(db)
    db.add(Coverage(contract_id=contract.id, person_id=other.id, relation="child", period=period(date(2023, 1, 1))))
    db.flush()
    with pytest.raises(IntegrityError, match="outside its contract's period"):
        db.execute(text("set constraints all immediate"))


def test_a_contract_that_ends_takes_its_coverages_with_it_or_is_refused(db, household):
    """Written with its coverages, as a feed does; alone, they would outlive it."""
    _, contract = household
    ended = period(end=date(2025, 1, 1))
    contract.period = ended
    db.flush()
    with pytest.raises(IntegrityError, match="outside its contract's period"), db.begin_nested():
        db.execute(text("set constraints all immediate"))
    db.execute(update(Coverage).where(Coverage.contract_id == contract.id).values(period=ended))
    db.execute(text("set constraints all immediate"))


def test_two_contracts_of_one_holder_and_product_never_overlap(db, household):
    person, _ = household
    with pytest.raises(IntegrityError, match="ex__contract__holder_product_period"):
        make_contract(db, person)


def test_two_coverages_of_one_person_never_overlap(db, household):
    person, contract = household
    db.add(Coverage(contract_id=contract.id, person_id=person.id, relation="holder", period=contract.period))
    with pytest.raises(IntegrityError, match="ex__coverage__contract_person_period"):
        db.flush()


@pytest.mark.parametrize("change", ["update event set kind = 'x'", "delete from event", "truncate event"])
def test_the_journal_is_append_only_even_for_its_owner(as_owner, change):
    with Session(as_owner) as db:
        db.add(Event(kind="account:signed_in"))
        db.flush()
        with pytest.raises(DBAPIError, match="append-only"):
            db.execute(text(change))


def test_the_journal_is_chained_by_household(db, household):
    person, contract = household
    db.add_all(Event(kind="nir:revealed", subject_person_id=person.id, contract_id=contract.id) for _ in range(3))
    db.flush()
    rows = db.execute(
        text("select previous_hash, hash, event_hash(event) from event where contract_id = :contract order by id"),
        {"contract": contract.id},
    ).all()
    assert [row[0] for row in rows] == [b"", rows[0][1], rows[1][1]]
    assert all(row[1] == row[2] for row in rows)


def test_a_line_of_a_guarantee_table_has_one_version_a_day(db):
    before = make_line(1, period=Period(date(2025, 1, 1), date(2025, 12, 31)))
    with pytest.raises(IntegrityError, match="ex__guarantee__table_line_period"):
        make_table(db, [before, make_line(1, period=Period(date(2025, 12, 31)))])


@pytest.mark.parametrize(
    ("column", "value", "rule"),
    [
        ("heading", "sport", "heading"),
        ("basket", "premium", "basket"),
        ("lump_sum", 100, "lump_sum"),
        ("optics_frame", 100, "optics"),
        ("base_rate", None, "without_optam"),
        ("families", [], "some_care"),
    ],
)
def test_a_guarantee_that_says_half_a_thing_is_refused(db, column, value, rule):
    make_table(db, [make_line(1, formulas=(BasePercent(17_000, 15_000),))])
    with pytest.raises(IntegrityError, match=f"ck__guarantee__{rule}"):
        db.execute(update(Guarantee).values({column: value}))
