"""A line that was paid, beside what the engine finds: the reason of each difference."""

from dataclasses import replace
from datetime import date
from operator import attrgetter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from member_space.domain.acts import ActFamily
from member_space.domain.guarantee import BasePercent, Basket, FullCost, LumpSum, Per
from member_space.domain.period import Period
from member_space.domain.reimbursement import LineAmounts, ZeroReason, derive
from member_space.domain.reimbursement_engine import compute_in_order
from member_space.domain.reimbursement_steps import Part, total_of
from member_space.domain.reimbursement_stored import StoredLine, stored_steps
from member_space.domain.reimbursement_usage import Usage
from member_space.services.line_replay import Insured, Verdict, replay, usage_of
from tests.unit.domain.engine import DAY, FIGURES, SINCE_2024, cover, line
from tests.unit.domain.test_reimbursement_properties import ACTS, CAPS, FORMULAS, PATIENTS, cares

by_day = attrgetter("care_date")

TABLE = cover(
    line(BasePercent(15_000), rank=1),
    line(FullCost(), acts=frozenset({"PAU"}), basket=Basket.NO_REST, rank=2),
    line(LumpSum(30_000), acts=frozenset({"PAU"}), rank=3),
).table
INSURED = Insured(date(1986, 5, 2), (SINCE_2024,), ((SINCE_2024, TABLE),))
CONSULTATION = derive(fee=3000, base=3000, amo_rate=7000, participation=200, our_share=900)

WITHOUT_OPTAM = {"fee": 9000, "base": 2300, "amo_rate": 7000, "participation": 200}


def paid(amounts: LineAmounts = CONSULTATION, act: str = "G", **values) -> StoredLine:
    ordinary = {"care_date": DAY, "label": "Soin", "quantity": 1, "zero_reason": None}
    return StoredLine(id=1, act_code=act, amounts=amounts, **ordinary | values)


def verdict(stored: StoredLine, insured: Insured = INSURED) -> Verdict:
    (found,) = replay([stored], insured, FIGURES)
    return found.verdict


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        (paid(), Verdict.SAME),
        (paid(CONSULTATION._replace(our_share=1000, member_share=100)), Verdict.UNEXPLAINED),
        (paid(derive(fee=3000, base=3000, amo_rate=7000, our_share=900)), Verdict.TOLD_BY_FUND),
        (paid(derive(fee=3000, base=3000, amo_rate=3000, participation=200, our_share=900)), Verdict.SAME),
        (paid(derive(fee=3000, base=3000, amo_rate=9000, participation=200, our_share=300)), Verdict.SAME),
        (paid(-CONSULTATION), Verdict.CANCELLED),
        (paid(derive(fee=0, base=0, amo_rate=0, our_share=-500)), Verdict.ADJUSTED),
        (paid(act="XYZ"), Verdict.NOT_KNOWN),
        (paid(derive(**WITHOUT_OPTAM, our_share=1840), "CS"), Verdict.UNEXPLAINED),
        (paid(derive(**WITHOUT_OPTAM, our_share=1380), "CS"), Verdict.SAME),
    ],
)  # fmt: skip
def test_the_reason_of_a_line(stored, expected):
    assert verdict(stored) is expected


def test_a_claim_that_a_handler_decided():
    line = paid(derive(fee=20_000, base=0, amo_rate=0, our_share=4200), "LNR")
    assert verdict(line) is Verdict.UNEXPLAINED
    assert verdict(replace(line, decided=True)) is Verdict.DECIDED


def test_what_a_handler_granted_is_used_up_too():
    """100 € a year: 42 € granted on a claim leave 58 €, whatever the engine would have paid."""
    table = cover(line(LumpSum(10_000, Per.YEAR), acts=frozenset({"LNR"}))).table
    insured = replace(INSURED, tables=((SINCE_2024, table),))
    first, second = (paid(derive(fee=20_000, base=0, amo_rate=0, our_share=ours), "LNR") for ours in (4200, 5800))
    lines = [replace(first, decided=True), second]
    assert [found.verdict for found in replay(lines, insured, FIGURES)] == [Verdict.DECIDED, Verdict.SAME]


def test_the_day_of_care_is_looked_at_in_the_rights_and_in_the_tables():
    before = {"care_date": date(2023, 12, 31)}
    refused = derive(fee=3000, base=3000, amo_rate=7000)
    assert verdict(paid(refused, zero_reason=ZeroReason.OUT_OF_RIGHTS, **before)) is Verdict.OUT_OF_RIGHTS
    assert verdict(paid(**before)) is Verdict.UNEXPLAINED
    without = replace(INSURED, tables=((Period(date(2024, 1, 1), date(2024, 12, 31)), TABLE),))
    assert verdict(paid(), without) is Verdict.NO_TABLE


@pytest.mark.parametrize(("ours", "rest"), [(71_000, 0), (30_000, 41_000)])
def test_the_class_of_an_equipment_is_read_from_what_was_paid(ours, rest):
    """A statement does not say it: the reading that gives the amount paid is the explanation."""
    line = derive(fee=95_000, base=40_000, amo_rate=6000, our_share=ours)
    assert line.member_share == rest
    assert verdict(paid(line, "PAU")) is Verdict.SAME


def test_lines_use_the_caps_in_their_order():
    cheap = derive(fee=500, base=500, amo_rate=1500, franchise=100, our_share=425)
    later = derive(fee=3000, base=3000, amo_rate=7000, participation=200, our_share=900, recovered=25)
    lines = [paid(cheap, "PH2"), paid(later)]
    assert [found.verdict for found in replay(lines, INSURED, FIGURES)] == [Verdict.SAME, Verdict.SAME]


def test_a_cancelled_line_gives_back_what_it_took_of_a_cap():
    table = cover(line(LumpSum(10_000, Per.YEAR), acts=frozenset({"LNR"}))).table
    insured = replace(INSURED, tables=((SINCE_2024, table),))
    amounts = derive(fee=20_000, base=0, amo_rate=0, our_share=10_000)
    lines = [paid(one, "LNR") for one in (amounts, -amounts, amounts)]
    assert [found.verdict for found in replay(lines, insured, FIGURES)] == [
        Verdict.SAME,
        Verdict.CANCELLED,
        Verdict.SAME,
    ]


def test_what_the_fund_could_not_keep_counts_in_what_was_used():
    cheap = derive(fee=500, base=500, amo_rate=1500, franchise=100, our_share=425)
    assert usage_of([paid(cheap, "PH2")], INSURED, FIGURES).deferred == cheap.deferred == 25


@pytest.mark.parametrize("stored", [paid(), paid(-CONSULTATION), paid(derive(fee=6000, base=0, amo_rate=0), "OST")])
def test_the_amounts_alone_explain_a_line_to_the_cent(stored):
    steps = stored_steps(stored)
    amounts = stored.amounts
    found = {part: total_of(steps, part) for part in Part}
    assert found == {
        Part.FEE: amounts.fee,
        Part.FUND: amounts.amo_net,
        Part.OTHER: amounts.other_insurer,
        Part.OURS: amounts.our_share,
        Part.REST: amounts.member_share,
    }


@given(st.lists(cares([act for act in ACTS if act != "OPT"]), min_size=1, max_size=6), PATIENTS, FORMULAS, CAPS)
def test_what_the_engine_paid_the_replay_finds(acts, patient, formulas, caps):
    """From the amounts alone: who paid them is not told the sector, the class nor the exemption. Glasses apart, whose
    lenses no statement tells."""
    under = cover(line(*formulas, families=frozenset(ActFamily), caps=tuple(caps)))
    exempt = {act.out_of_pathway: replace(patient, exemption=None) for act in acts if act.out_of_pathway}
    mine = [replace(act, patient=exempt.get(act.out_of_pathway, patient)) for act in acts if act.fee]
    mine = sorted((replace(act, other_insurer=min(act.other_insurer, act.fee)) for act in mine), key=by_day)
    lines = [
        paid(outcome.amounts, act.act_code, care_date=act.care_date, quantity=act.quantity)
        for act, outcome in zip(mine, compute_in_order(mine, under, Usage()), strict=True)
    ]
    insured = Insured(patient.birth_date, (SINCE_2024,), ((SINCE_2024, under.table),))
    assert {found.verdict for found in replay(lines, insured, FIGURES)} <= {Verdict.SAME, Verdict.TOLD_BY_FUND}
