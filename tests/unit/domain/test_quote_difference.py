"""What an invoice changes in the answer to its quote: the causes add up, whatever was corrected, decided or paid."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from member_space.domain.quote_difference import NOTHING, Cause, Paid, Shares, Shift, difference

CENTS = st.integers(0, 1_000_000)
SHARES = st.builds(Shares, CENTS, CENTS, CENTS).map(Shares.held)
FOUND = st.lists(st.tuples(st.sampled_from((Cause.TABLES, Cause.CEILINGS, Cause.PRICE)), SHARES), max_size=4)
PAID = st.none() | st.builds(Paid, CENTS, st.none() | CENTS, st.none() | CENTS)

ANSWER = Shares(53_870, 7_525, 36_345)


@given(SHARES, SHARES, FOUND, PAID)
def test_the_causes_add_up_in_each_share(promised, answered, found, paid):
    told = difference(promised, answered, found, paid)
    total = sum((shift.change for shift in told.shifts), NOTHING)
    assert promised + total == told.actual
    assert sum(shift.change.rest for shift in told.shifts) == told.more


@given(SHARES, SHARES, FOUND, PAID)
def test_each_cause_is_told_once_and_changes_something(promised, answered, found, paid):
    causes = [shift.cause for shift in difference(promised, answered, found, paid).shifts]
    assert len(set(causes)) == len(causes)
    assert all(shift.change for shift in difference(promised, answered, found, paid).shifts)


@given(SHARES, SHARES, FOUND)
def test_what_is_to_be_expected_is_never_more_than_the_price(promised, answered, found):
    expected = difference(promised, answered, found).actual
    assert min(expected.amo, expected.ours, expected.rest) >= 0


@given(SHARES, SHARES)
def test_a_correction_by_a_handler_is_no_difference(promised, answered):
    assert difference(promised, answered, [(Cause.TABLES, answered), (Cause.PRICE, answered)]).shifts == ()


@given(SHARES, SHARES, FOUND, CENTS, CENTS)
def test_what_is_paid_is_what_is_told(promised, answered, found, ours, amo):
    told = difference(promised, answered, found, Paid(ours, amo))
    assert (told.actual.ours, told.actual.amo) == (ours, amo)


@pytest.mark.parametrize(
    ("found", "paid", "shifts"),
    [
        ([], None, []),
        ([(Cause.PRICE, Shares(60_000, 7_525, 36_345))], None, [Shift(Cause.PRICE, Shares(6_130, 0, 0))]),
        (
            [(Cause.CEILINGS, Shares(53_870, 7_525, 30_000)), (Cause.PRICE, Shares(50_000, 7_525, 30_000))],
            None,
            [Shift(Cause.CEILINGS, Shares(0, 0, -6_345)), Shift(Cause.PRICE, Shares(-3_870, 0, 0))],
        ),
        # The fund pays less and we pay as much more: nothing changes for the member, and it is the fund's doing.
        ([], Paid(38_000, 5_870), [Shift(Cause.FUND, Shares(0, -1_655, 1_655))]),
        (
            [],
            Paid(36_000, 5_870),
            [Shift(Cause.FUND, Shares(0, -1_655, 0)), Shift(Cause.OTHER, Shares(0, 0, -345))],
        ),
        # Nobody told the fund's share: it is the one expected.
        ([], Paid(36_000), [Shift(Cause.OTHER, Shares(0, 0, -345))]),
        ([], Paid(36_345, 7_525, 55_000), [Shift(Cause.PRICE, Shares(1_130, 0, 0))]),
    ],
)
def test_each_cause_has_its_amount(found, paid, shifts):
    told = difference(ANSWER, ANSWER, found, paid)
    assert list(told.shifts) == shifts
    assert told.more == sum(shift.change.rest for shift in shifts)


def test_a_correction_is_carried_to_the_other_price():
    """The handler granted 10 € more than the engine, of a price that is in the end 20 € lower."""
    corrected = Shares(53_870, 7_525, 37_345)
    told = difference(corrected, ANSWER, [(Cause.PRICE, Shares(51_870, 7_525, 36_345))])
    assert told.actual == Shares(51_870, 7_525, 37_345)
