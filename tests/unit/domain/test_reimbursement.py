"""The golden table restates the reference acts of the trade's sheet, section 3.4, by number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from member_space.domain.acts import ActFamily
from member_space.domain.money import apply_rate
from member_space.domain.reimbursement import (
    LineProblem,
    Synthesis,
    ZeroReason,
    check_line,
    closing_difference,
    derive,
    explain_zero,
    net_difference,
)

PART = {"participation": 200}
BOX = {"franchise": 100}
# number, fee, base, rate, deductions, our share → net of the fund, left to the member
GOLDEN = [
    (1, 3000, 3000, 7000, PART, 900, 1900, 200),
    (2, 3500, 3500, 7000, {}, 1050, 2450, 0),
    (3, 2500, 2500, 7000, PART, 750, 1550, 200),
    (4, 3000, 3000, 3000, PART, 900, 700, 1400),
    (5, 3150, 3150, 7000, PART, 945, 2005, 200),
    (6, 7000, 2300, 7000, PART, 690, 1410, 4900),
    (7, 6000, 6000, 7000, PART, 1800, 4000, 200),
    (8, 4000, 4000, 7000, PART, 1200, 2600, 200),
    (9, 5700, 5700, 7000, PART, 1710, 3790, 200),
    (10, 4200, 4200, 7000, PART, 1260, 2740, 200),
    (11, 4000, 4000, 7000, {}, 1200, 2800, 0),
    (12, 6000, 6000, 7000, PART, 1800, 4000, 200),
    (13, 2300, 2300, 6000, {}, 920, 1380, 0),
    (14, 4338, 4338, 6000, {}, 1735, 2603, 0),
    (15, 2930, 2930, 6000, {}, 1172, 1758, 0),
    (16, 10000, 10000, 6000, {}, 4000, 6000, 0),
    (17, 3344, 3344, 6000, {}, 1338, 2006, 0),
    (18, 50000, 12000, 6000, {}, 42800, 7200, 0),
    (19, 65000, 12000, 6000, {}, 4800, 7200, 53000),
    (20, 17500, 9000, 6000, {}, 12100, 5400, 0),
    (21, 120000, 27950, 6000, {}, 11180, 16770, 92050),
    (22, 110000, 18275, 6000, {}, 99035, 10965, 0),
    (23, 69000, 19350, 10000, {}, 0, 19350, 49650),
    (24, 100000, 0, 0, {}, 40000, 0, 60000),
    (25, 12500, 7800, 6000, {}, 7820, 4680, 0),
    (26, 42000, 15, 6000, {}, 30000, 9, 11991),
    (27, 3948, 3948, 6000, {}, 1579, 2369, 0),
    (28, 95000, 40000, 6000, {}, 71000, 24000, 0),
    (29, 160000, 40000, 6000, {}, 100000, 24000, 36000),
    (30, 140000, 140000, 6000, {}, 56000, 84000, 0),
    (31, 1790, 1790, 6000, BOX, 716, 974, 100),
    (32, 590, 590, 6000, BOX, 236, 254, 100),
    (33, 2800, 2800, 6000, PART, 1120, 1480, 200),
    ("34 by a dentist", 2128, 2128, 6000, {}, 851, 1277, 0),
    ("34 by a doctor", 2128, 2128, 7000, PART, 638, 1290, 200),
    (35, 820, 820, 6500, BOX, 287, 433, 100),
    (36, 600, 600, 3000, BOX, 420, 80, 100),
    (37, 500, 500, 1500, BOX, 0, 0, 500),
    ("37 with its cover", 500, 500, 1500, BOX, 425, 0, 75),
    (38, 102, 102, 6500, {}, 36, 66, 0),
    (39, 5000, 5000, 6000, {}, 2000, 3000, 0),
    (40, 6000, 0, 0, {}, 3000, 0, 3000),
    (41, 5334, 5334, 5500, {"franchise": 400}, 2400, 2534, 400),
    (42, 9200, 0, 0, {}, 9200, 0, 0),
    (43, 100000, 100000, 8000, {}, 20000, 80000, 0),
    (44, 100000, 100000, 10000, {"flat_copayment": 3200}, 3200, 96800, 0),
    (45, 6000, 0, 0, {}, 4500, 0, 1500),
    (46, 2300, 0, 0, {}, 2300, 0, 0),
]


@pytest.mark.parametrize(
    ("fee", "base", "rate", "deductions", "us", "net", "member"),
    [row[1:] for row in GOLDEN],
    ids=[f"act {row[0]}" for row in GOLDEN],
)
def test_reference_acts(fee, base, rate, deductions, us, net, member):
    line = derive(fee=fee, base=base, amo_rate=rate, our_share=us, **deductions)
    assert (line.amo_net, line.member_share, line.total) == (net, member, net + us)
    assert [finding for finding in check_line(line) if finding.is_error] == []
    assert {f.problem for f in check_line(line)} <= {LineProblem.GROSS_DIFFERS}
    assert (LineProblem.GROSS_DIFFERS in {f.problem for f in check_line(line)}) == ("flat_copayment" in deductions)


@pytest.mark.parametrize("number", [1, 3, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 27, 30, 31, 32, 33, 35, 36, 38])
def test_a_contract_at_one_hundred_percent_pays_the_ticket_moderateur(number):
    _, fee, base, rate, deductions, us, _, _ = next(row for row in GOLDEN if row[0] == number)
    assert base - derive(fee=fee, base=base, amo_rate=rate, **deductions).amo_gross == us


def test_a_franchise_that_the_fund_cannot_keep_is_recovered_later():
    cheap = derive(fee=500, base=500, amo_rate=1500, franchise=100)
    assert (cheap.amo_gross, cheap.amo_net, cheap.deferred, cheap.deducted) == (75, 0, 25, 75)
    later = derive(fee=3000, base=3000, amo_rate=7000, participation=200, our_share=900, recovered=cheap.deferred)
    assert (later.amo_net, later.deferred, later.deducted, later.member_share) == (1875, -25, 225, 225)
    assert check_line(cheap) == check_line(later) == []


def test_an_engine_may_write_the_negative_net_itself():
    line = derive(fee=500, base=500, amo_rate=1500, franchise=100)._replace(amo_net=-25, deferred=0, member_share=525)
    assert check_line(line) == []


cents = st.integers(0, 300_000)


@st.composite
def lines(draw):
    fee, base = draw(cents), draw(cents)
    rate = draw(st.sampled_from([0, 1500, 3000, 5500, 6000, 6500, 7000, 8000, 9000, 10000]))
    gross = apply_rate(min(base, fee), rate)
    other = draw(st.integers(0, fee - gross))
    return derive(
        fee=fee,
        base=min(base, fee),
        amo_rate=rate,
        participation=draw(st.sampled_from([0, 200])),
        franchise=draw(st.sampled_from([0, 100, 400])),
        other_insurer=other,
        our_share=draw(st.integers(0, fee - gross - other)),
        recovered=draw(st.sampled_from([0, 25, 100])),
    )


@given(lines())
def test_a_derived_line_always_closes(line):
    assert (
        line.fee
        == line.amo_net + line.other_insurer + line.our_share + line.member_share
        == line.total + line.member_share
    )
    assert line.amo_net == line.amo_gross - line.participation - line.franchise + line.deferred
    assert check_line(line) == []


@given(lines())
def test_no_share_is_negative_and_nothing_is_invented(line):
    assert min(line.amo_gross, line.amo_net, line.member_share) >= 0
    assert line.amo_net <= line.amo_gross <= line.fee
    assert line.deferred <= line.participation + line.franchise
    assert line.member_share >= line.deducted


@given(lines())
def test_a_cancellation_is_the_opposite_and_closes_too(line):
    cancelled = -line
    assert -cancelled == line
    assert cancelled.amo_rate == line.amo_rate
    assert cancelled.total + line.total == 0
    assert check_line(cancelled) == []
    if line.fee and line.deferred >= 0:  # nothing was recovered here
        assert cancelled == derive(
            fee=-line.fee,
            base=-line.base,
            amo_rate=line.amo_rate,
            participation=-line.participation,
            franchise=-line.franchise,
            other_insurer=-line.other_insurer,
            our_share=-line.our_share,
        )


@given(
    lines(), st.sampled_from(["fee", "amo_net", "other_insurer", "our_share", "member_share"]), st.integers(1, 10**6)
)
def test_any_cent_missing_is_seen_with_its_amount(line, name, error):
    wrong = line._replace(**{name: getattr(line, name) + error})
    difference = error if name == "fee" else -error
    assert (LineProblem.NOT_CLOSED, difference) in [(f.problem, f.difference) for f in check_line(wrong)]
    assert (
        closing_difference(wrong.fee, wrong.amo_net, wrong.other_insurer, wrong.our_share, wrong.member_share)
        == difference
    )


@given(
    lines(), st.sampled_from(["amo_net", "amo_gross", "participation", "franchise", "deferred"]), st.integers(1, 10**6)
)
def test_a_wrong_deduction_is_seen_with_its_amount(line, name, error):
    wrong = line._replace(**{name: getattr(line, name) + error})
    difference = error if name in {"amo_net", "participation", "franchise"} else -error
    found = {f.problem: f.difference for f in check_line(wrong)}
    assert found[LineProblem.NET_DIFFERS] == difference
    assert (
        net_difference(wrong.amo_net, wrong.amo_gross, wrong.participation, wrong.franchise, wrong.deferred)
        == difference
    )


@given(lines().filter(lambda line: line.fee > 0), st.integers(1, 5_000))
def test_paying_more_than_the_fee_is_an_error(line, excess):
    wrong = line._replace(our_share=line.our_share + line.member_share + excess, member_share=-excess)
    finding = next(f for f in check_line(wrong) if f.problem is LineProblem.OVERPAID)
    assert (finding.difference, finding.is_error) == (excess, True)


def test_paying_a_deduction_is_a_warning_for_a_responsible_contract():
    line = derive(fee=3000, base=3000, amo_rate=7000, participation=200, our_share=1000)
    (finding,) = check_line(line)
    assert (finding.problem, finding.difference, finding.is_error) == (LineProblem.DEDUCTION_REFUNDED, 100, False)
    assert check_line(line, responsible=False) == []


def test_a_share_of_the_other_sign_is_an_error():
    line = derive(fee=3000, base=3000, amo_rate=7000, our_share=-100)
    assert (LineProblem.MIXED_SIGNS, -100) in [(f.problem, f.difference) for f in check_line(line)]
    assert (LineProblem.MIXED_SIGNS, 100) in [(f.problem, f.difference) for f in check_line(-line)]


def test_an_adjustment_has_no_fee():
    recovered = derive(fee=0, base=0, amo_rate=0, our_share=-500)
    assert recovered.member_share == 500
    assert check_line(recovered) == check_line(-recovered) == []


@pytest.mark.parametrize(
    ("amounts", "family", "in_rights", "reason"),
    [
        ({"our_share": 900}, ActFamily.CONSULTATION, True, None),
        ({}, ActFamily.CONSULTATION, True, ZeroReason.NOT_COVERED),
        ({}, ActFamily.CONSULTATION, False, ZeroReason.OUT_OF_RIGHTS),
        ({"fee": 0, "base": 0}, ActFamily.CONSULTATION, True, ZeroReason.FREE_OF_CHARGE),
        ({"amo_rate": 10000}, ActFamily.MATERNITY, True, ZeroReason.PAID_BY_FUND),
        ({"amo_rate": 10000, "participation": 200}, ActFamily.CONSULTATION, True, ZeroReason.ONLY_DEDUCTIONS_LEFT),
        ({"amo_rate": 10000, "fee": 5000}, ActFamily.SPECIALIST, True, ZeroReason.ONLY_EXCESS_LEFT),
        ({"other_insurer": 900}, ActFamily.SPECIALIST, True, ZeroReason.PAID_BY_OTHER_INSURER),
        (
            {"other_insurer": 900, "participation": 200},
            ActFamily.SPECIALIST,
            True,
            ZeroReason.PAID_BY_OTHER_INSURER,
        ),
        ({"amo_rate": 1500, "franchise": 100}, ActFamily.PHARMACY, True, ZeroReason.LOW_VALUE_DRUG),
        ({"amo_rate": 3000}, ActFamily.PHARMACY, True, ZeroReason.LOW_VALUE_DRUG),
        ({"amo_rate": 6500}, ActFamily.PHARMACY, True, ZeroReason.NOT_COVERED),
        ({"amo_rate": 0, "base": 0}, ActFamily.PHARMACY, True, ZeroReason.NOT_REIMBURSED_BY_FUND),
        ({"amo_rate": 0, "base": 0}, ActFamily.ALTERNATIVE, True, ZeroReason.NOT_REIMBURSED_BY_FUND),
        ({"amo_rate": 6500}, ActFamily.THERMAL, True, ZeroReason.THERMAL_CURE),
    ],
)
def test_zero_has_its_because(amounts, family, in_rights, reason):
    line = derive(**{"fee": 3000, "base": 3000, "amo_rate": 7000} | amounts)
    assert explain_zero(line, family=family, in_rights=in_rights) is reason
    assert explain_zero(-line, family=family, in_rights=in_rights) is reason


@given(lines(), st.sampled_from(ActFamily))
def test_zero_always_has_a_reason(line, family):
    assert (explain_zero(line, family=family) is None) == (line.our_share != 0)


paid = st.integers(-(10**6), 10**6)
syntheses = st.builds(Synthesis, paid, paid)


@given(syntheses, syntheses)
def test_total_is_what_went_to_the_insured_plus_to_third_parties(first, second):
    assert first.total == first.to_insured + first.to_third_parties
    assert (first + second).total == first.total + second.total


def test_the_synthesis_of_the_guide_closes():
    assert Synthesis(8096, 6700).total == 14796
