"""The twelve months: exact to the cent, whoever looks."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from member_space.domain.reimbursement import PayeeKind, Synthesis
from member_space.models import ActFamilyRow, Payment
from member_space.services.household import load_household
from member_space.services.synthesis import synthesis_of, twelve_months_to
from tests.factories.household import make_contract, make_person, period
from tests.factories.statement import line_values, make_statement

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("today", "since"),
    [
        (date(2026, 11, 21), date(2025, 11, 22)),
        (date(2026, 11, 30), date(2025, 12, 1)),
        (date(2026, 12, 31), date(2026, 1, 1)),
        (date(2024, 2, 28), date(2023, 3, 1)),
        (date(2024, 2, 29), date(2023, 3, 1)),
        (date(2025, 2, 28), date(2024, 3, 1)),
        (date(2026, 1, 1), date(2025, 1, 2)),
    ],
)
def test_twelve_months_to(today, since):
    assert twelve_months_to(today) == since


def test_nothing_yet_is_zero_every_month(db):
    person = make_person(db)
    make_contract(db, person)
    found = synthesis_of(db, load_household(db, person.id, TODAY))
    assert found.total == Synthesis()
    assert [month.first for month in found.months] == [
        date(2025, 11, 1),
        date(2025, 12, 1),
        *(date(2026, month, 1) for month in range(1, 12)),
    ]
    assert (found.persons, found.families) == ([], [])


def test_only_what_was_paid_in_the_twelve_months_counts(db):
    person = make_person(db)
    contract = make_contract(db, person)
    for paid_on in (date(2025, 11, 21), date(2025, 11, 22), TODAY, TODAY + timedelta(1), None):
        make_statement(db, contract, [line_values(person, contract)], paid_on=paid_on)
    found = synthesis_of(db, load_household(db, person.id, TODAY))
    assert found.total == Synthesis(to_insured=1800)
    assert [month.paid.total for month in found.months if month.paid.total] == [900, 900]


def test_closed_care_is_counted_without_its_family(db):
    holder, spouse = make_person(db, "Hélène"), make_person(db, "Sami")
    contract = make_contract(db, holder, (spouse, "spouse"))
    db.add(ActFamilyRow(code="consultation", label="Médecin généraliste", position=1, period=period()))
    hospital = line_values(spouse, contract, family="hospital")
    make_statement(db, contract, [line_values(holder, contract), hospital])
    found = synthesis_of(db, load_household(db, holder.id, TODAY))
    assert [(share.label, share.paid.total) for share in found.families] == [("Médecin généraliste", 900), (None, 900)]
    assert [(share.label, share.paid.total) for share in found.persons] == [("Hélène", 900), ("Sami", 900)]
    own = synthesis_of(db, load_household(db, spouse.id, TODAY))
    assert [(share.label, share.paid.total) for share in own.families] == [("hospital", 900)]


payments = st.lists(
    st.tuples(
        st.integers(-50_00, 500_00),
        st.sampled_from(PayeeKind),
        st.integers(0, 500).map(lambda days: TODAY - timedelta(days)),
        st.integers(0, 2),
        st.sampled_from(["consultation", "pharmacy", "hospital", "unknown family"]),
    ),
    max_size=12,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(payments=payments)
def test_the_synthesis_is_the_sum_of_the_payments(session_factory, payments):
    with session_factory() as db:
        holder, spouse, child = make_person(db), make_person(db), make_person(db, "Zoé", date(2015, 5, 5))
        contract = make_contract(db, holder, (spouse, "spouse"), (child, "child"))
        for amount, payee, paid_on, who, family in payments:
            line = line_values((holder, spouse, child)[who], contract, family=family)
            line |= {"our_share": amount, "member_share": 1100 - amount}
            make_statement(db, contract, [line], payee=payee, payee_name="Quelqu'un", paid_on=paid_on)
        found = synthesis_of(db, load_household(db, holder.id, TODAY))
        paid = select(func.coalesce(func.sum(Payment.amount), 0)).where(
            Payment.contract_id == contract.id, Payment.paid_on >= twelve_months_to(TODAY)
        )
        assert found.total.total == db.scalar(paid)
        assert found.total.to_insured == db.scalar(paid.where(Payment.payee == "insured"))
        assert len(found.months) == 13
        for parts in (found.months, found.persons, found.families):
            assert sum((part.paid for part in parts), Synthesis()) == found.total
        db.rollback()
