"""What the engine decides, case by case; amounts in cents."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from member_space.domain.acts import ActFamily
from member_space.domain.guarantee import (
    BasePercent,
    Basket,
    Cap,
    CapPeriod,
    FeePercent,
    FullCost,
    LumpSum,
    Per,
)
from member_space.domain.reimbursement import ZeroReason
from member_space.domain.reimbursement_engine import compute_in_order
from member_space.domain.reimbursement_errors import CannotComputeError, Problem
from member_space.domain.reimbursement_input import (
    Exemption,
    FundShare,
    Patient,
    Practitioner,
    Sector,
)
from member_space.domain.reimbursement_steps import Rule
from member_space.domain.reimbursement_usage import Usage, Used
from tests.unit.domain.engine import ADULT, ARTICLE, DAY, FIGURES, care, cover, line, result, rules

BASE_100, BASE_200 = cover(line(BasePercent(10_000))), cover(line(BasePercent(20_000)))
WITHOUT_OPTAM = Practitioner(Sector.TWO, optam=False)
OPTAM = Practitioner(Sector.TWO, optam=True)


def shares(outcome):
    return outcome.amounts.amo_net, outcome.amounts.our_share, outcome.amounts.member_share


class TestFund:
    def test_the_steps_tell_the_reasoning_in_order(self):
        outcome = result(care(), BASE_100)
        assert rules(outcome) == ["fee", "base", "rate", "gross", "participation", "percent", "rest_deduction"]
        percent = outcome.steps[5]
        assert (percent.amount, percent.article, percent.values["rate"]) == (900, ARTICLE, 10_000)

    def test_the_base_is_the_one_of_the_day_of_care(self):
        assert result(care(fee=2650, care_date=date(2024, 12, 21)), BASE_100).amounts.base == 2650
        assert result(care(care_date=date(2024, 12, 22)), BASE_100).amounts.base == 3000

    @pytest.mark.parametrize("exempt", [Exemption.C2S, Exemption.MATERNITY])
    def test_an_exempt_patient_leaves_no_participation(self, exempt):
        outcome = result(care(patient=replace(ADULT, exemption=exempt)), BASE_100)
        assert outcome.amounts.participation == 0
        assert Rule.EXEMPT in rules(outcome)

    def test_a_long_lasting_disease_is_refunded_whole_and_keeps_its_participation(self):
        assert shares(result(care(patient=replace(ADULT, exemption=Exemption.ALD)), BASE_100)) == (2800, 0, 200)

    def test_the_day_of_18_is_the_first_with_a_participation(self):
        for birth, kept in ((DAY.replace(year=DAY.year - 18), 200), (date(2008, 11, 17), 0)):
            assert result(care(patient=Patient(birth)), BASE_100).amounts.participation == kept

    def test_the_local_scheme_of_alsace_moselle(self):
        local = replace(ADULT, alsace_moselle=True)
        outcome = result(care(patient=local), BASE_100)
        assert shares(outcome) == (2500, 300, 200)
        assert Rule.RATE_LOCAL in rules(outcome)
        assert shares(result(care(patient=local, out_of_pathway=True), BASE_100)) == (1300, 300, 1400)

    def test_no_rate_is_made_up_for_the_local_scheme(self):
        local = care(patient=replace(ADULT, alsace_moselle=True), act="PSY", fee=5000)
        with pytest.raises(CannotComputeError, match="alsace_moselle") as caught:
            result(local, BASE_100)
        assert caught.value.problem is Problem.NO_TARIFF

    def test_boxes_are_counted(self):
        outcome = result(care("PH7", 2480, base=2480, quantity=3), BASE_100)
        assert (outcome.amounts.franchise, outcome.amounts.amo_net) == (300, 1312)

    def test_the_caps_of_the_day_and_of_the_year(self):
        acts = [care("AMS", 1790) for _ in range(6)]
        kept = [one.amounts.franchise for one in compute_in_order(acts, BASE_100, Usage())]
        assert kept == [100, 100, 100, 100, 0, 0]
        taken = Usage([Used("participation", date(2026, 1, 5), 4900)])
        outcome = result(care(), BASE_100, taken)
        assert outcome.amounts.participation == 100
        assert Rule.DEDUCTION_CAPPED in rules(outcome)
        assert result(care(care_date=date(2027, 1, 4)), BASE_100, taken).amounts.participation == 200

    def test_what_a_cheap_drug_cannot_bear_is_recovered_later(self):
        drug = care("PH2", 500, base=500)
        later = care(care_date=DAY + timedelta(days=1))
        first, second = compute_in_order([later, drug], BASE_100, Usage())
        assert (first.amounts.deferred, first.amounts.amo_net) == (25, 0)
        assert (second.amounts.deferred, second.amounts.amo_net) == (-25, 1875)
        assert Rule.RECOVERED in rules(second)

    def test_a_heavy_act_leaves_a_flat_amount_once_a_day(self):
        act = care("ADC", 40_000, base=40_000)
        first, second = compute_in_order([act, act], BASE_100, Usage())
        assert (first.amounts.amo_gross, first.amounts.our_share) == (36_800, 3200)
        assert (second.amounts.amo_gross, second.amounts.our_share) == (40_000, 0)

    def test_a_stay_leaves_one_flat_amount_whatever_its_days(self):
        """Its days are those of the daily charge, which the exit and a second bill carry on."""

        def on(day, act, fee, **values):
            return care(act, fee, care_date=date(2026, 6, day), **values)

        days = [on(1, "FJ", 6900, quantity=3), on(4, "FJA", 2300), on(5, "FJ", 2300)]
        acts = [on(day, "ADC", 40_000, base=40_000) for day in (1, 2, 5, 6, 6)]
        found = [one for one in compute_in_order([*days, *acts], BASE_100, Usage()) if one.amounts.amo_gross]
        assert [one.amounts.our_share for one in found] == [3200, 0, 0, 3200, 0]

    def test_a_heavy_act_out_of_the_pathway_leaves_the_flat_amount_to_us_and_the_penalty_to_the_member(self):
        outcome = result(care("ADC", 40_000, base=40_000, out_of_pathway=True), BASE_100)
        assert (outcome.amounts.amo_gross, outcome.amounts.our_share) == (24_000 - 3200, 3200)
        assert outcome.amounts.member_share == 16_000 + 200
        assert {Rule.OUT_OF_PATHWAY, Rule.HEAVY_COPAYMENT, Rule.REST_PATHWAY} <= set(rules(outcome))

    def test_four_participations_a_day_for_each_professional(self):
        first, other = (Practitioner(name=name) for name in ("Dr Martin", "Dr Faure"))
        asked = [care(practitioner=who) for who in (*[first] * 5, other)]
        assert [one.amounts.participation for one in compute_in_order(asked, BASE_100, Usage())] == [200] * 4 + [0, 200]
        assert result(care(fee=15_000, quantity=5), BASE_100).amounts.participation == 800
        nobody_named = [one.amounts.participation for one in compute_in_order([care()] * 5, BASE_100, Usage())]
        assert nobody_named == [200] * 5

    @pytest.mark.parametrize(
        ("values", "base"),
        [
            ({"act": "G"}, 2300),
            ({"act": "G", "patient": Patient(date(2022, 1, 1))}, 2300),
            ({"act": "CNP"}, 3900),
            ({"act": "CS", "facts": frozenset({"gynaecologist"})}, 2300),
        ],
    )
    def test_the_base_of_a_doctor_without_optam_is_lower(self, values, base):
        outcome = result(care(fee=7000, practitioner=WITHOUT_OPTAM, **values), BASE_100)
        assert outcome.amounts.base == base
        assert result(care(fee=7000, practitioner=OPTAM, **values), BASE_100).amounts.base > base

    def test_the_age_of_the_pathway_is_a_dated_figure(self):
        assert FIGURES.pathway_from(DAY) == 16
        with pytest.raises(CannotComputeError, match="rule:pathway"):
            FIGURES.pathway_from(date(2004, 12, 31))

    def test_sessions_beyond_the_count_of_the_year_are_not_refunded(self):
        sessions = [care("PSY", 5000, care_date=date(2026, 2, 1) + timedelta(days=n)) for n in range(13)]
        bases = [one.amounts.base for one in compute_in_order(sessions, BASE_100, Usage())]
        assert bases == [5000] * 12 + [0]

    def test_what_the_fund_told_is_kept_as_it_is(self):
        told = care(base=3000, rate=7000, fund=FundShare(2100, 0, 0, 0))
        assert shares(result(told, BASE_100)) == (2100, 900, 0)


class TestOurs:
    def test_a_responsible_contract_leaves_the_penalty_and_the_deductions(self):
        assert shares(result(care(fee=5000, out_of_pathway=True), BASE_200)) == (700, 2900, 1400)

    def test_another_contract_may_refund_them(self):
        free = cover(line(BasePercent(20_000)), responsible=False)
        assert shares(result(care(fee=5000, out_of_pathway=True), free)) == (700, 4300, 0)

    def test_a_doctor_without_optam_is_paid_20_points_less_and_200_percent_at_most(self):
        asked = {"act": "CS", "fee": 20_000, "base": 3000}
        for promised, paid in ((25_000, 20_000), (20_000, 18_000), (15_000, 13_000), (10_000, 10_000)):
            under = cover(line(BasePercent(promised)))
            outcome = result(care(**asked, practitioner=WITHOUT_OPTAM), under)
            assert outcome.amounts.our_share == 3000 * paid // 10_000 - 2100
            with_optam = result(care(**asked, practitioner=OPTAM), under)
            assert with_optam.amounts.our_share == 3000 * promised // 10_000 - 2100

    def test_the_percentage_of_the_table_for_a_doctor_without_optam(self):
        under = cover(line(BasePercent(15_000, without_optam=12_000)))
        outcome = result(care("CS", 9000, base=3000, practitioner=WITHOUT_OPTAM), under)
        assert outcome.amounts.our_share == 1500
        assert Rule.PERCENT_WITHOUT_OPTAM in rules(outcome)

    def test_the_optam_is_of_doctors_alone(self):
        under = cover(line(BasePercent(15_000, without_optam=12_000)))
        outcome = result(care("HBJD001", 9000, practitioner=WITHOUT_OPTAM), under)
        assert outcome.amounts.our_share == 4338 * 15_000 // 10_000 - 2603
        assert Rule.PERCENT in rules(outcome)

    def test_the_ticket_moderateur_is_owed_whatever_the_table(self):
        for under in (cover(), cover(line(LumpSum(100)))):
            outcome = result(care(), under)
            assert outcome.amounts.our_share == 900
            assert Rule.LEGAL_MINIMUM in rules(outcome)

    def test_nothing_is_owed_on_a_drug_refunded_little_nor_on_a_cure(self):
        drug = result(care("PH2", 500, base=500), cover())
        assert (drug.amounts.our_share, drug.steps[-3].values) == (0, {"reason": ZeroReason.LOW_VALUE_DRUG})
        assert result(care("STH", 8000, base=8000), cover()).amounts.our_share == 0

    def test_the_daily_charge_is_owed_without_limit_of_days(self):
        assert shares(result(care("FJ", 2300 * 40, quantity=40), cover())) == (0, 2300 * 40, 0)

    def test_formulas_add_up(self):
        under = cover(line(BasePercent(10_000), LumpSum(30_000, Per.YEAR)))
        acts = [care("PFC", 65_000, facts=frozenset({"crown"})), care("PFC", 65_000, facts=frozenset({"crown"}))]
        assert [one.amounts.our_share for one in compute_in_order(acts, under, Usage())] == [34_800, 4800]

    def test_a_percentage_of_the_fee(self):
        under = cover(line(FeePercent(8000), families=(ActFamily.ALTERNATIVE,)))
        assert shares(result(care("OST", 6000), under)) == (0, 4800, 1200)

    def test_another_insurer_pays_before(self):
        outcome = result(care(other_insurer=600), BASE_200)
        assert shares(outcome) == (1900, 300, 200)
        assert Rule.OTHER_INSURER in rules(outcome)

    def test_full_cost_of_a_basket_stops_at_its_price_limit(self):
        under = cover(line(FullCost(), basket=Basket.NO_REST))
        assert shares(result(care("HBLD634", 50_000), under)) == (7200, 42_800, 0)
        above = result(care("HBLD634", 52_000), under)
        assert shares(above) == (7200, 42_800, 2000)
        assert Rule.PRICE_LIMIT in rules(above)

    def test_a_basket_whose_price_limit_is_in_no_table_is_not_computed(self):
        with pytest.raises(CannotComputeError, match="price_limit"):
            result(care("RE0", 30_000, base=10_000), cover(line(FullCost(), basket=Basket.NO_REST)))

    @pytest.mark.parametrize(
        ("act", "facts", "limit"),
        [
            ("CM0", "", 29_000),
            ("CZ0", "", 44_000),
            ("CT0", "", 6000),
            ("BR0", "bridge_3", 146_500),
            ("BR0", "bridge_3 metal", 87_000),
        ],
    )
    def test_the_dental_basket_leaves_nothing_up_to_its_price_limit(self, act, facts, limit):
        under = cover(line(FullCost(), basket=Basket.NO_REST))
        for above in (0, 1500):
            asked = care(act, limit + above, facts=frozenset(facts.split()))
            assert result(asked, under).amounts.member_share == above

    @pytest.mark.parametrize(
        ("values", "reason"),
        [
            ({"act": "OST", "fee": 6000}, "not_reimbursed_by_fund"),
            ({"act": "TO", "fee": 69_000, "facts": frozenset({"semester_under_16"})}, "only_excess_left"),
            ({"act": "PH1", "fee": 800, "base": 800}, "only_deductions_left"),
            ({"fee": 0}, "free_of_charge"),
        ],
    )
    def test_zero_is_never_silent(self, values, reason):
        outcome = result(care(**values), cover())
        assert outcome.amounts.our_share == 0
        assert [step.values["reason"] for step in outcome.steps if step.rule is Rule.ZERO] == [reason]


class TestCaps:
    def test_an_amount_and_a_count_a_year(self):
        caps = (Cap(CapPeriod.CIVIL_YEAR, amount=9000, count=4),)
        under = cover(line(LumpSum(3000, Per.SESSION), families=(ActFamily.ALTERNATIVE,), caps=caps))
        sessions = [care("OST", 6000)] * 4 + [care("OST", 6000, care_date=date(2027, 1, 2))]
        paid = [one.amounts.our_share for one in compute_in_order(sessions, under, Usage())]
        assert paid == [3000, 3000, 3000, 0, 3000]

    def test_a_count_pays_the_sessions_that_are_left(self):
        caps = (Cap(CapPeriod.CIVIL_YEAR, count=2),)
        under = cover(line(LumpSum(3000, Per.SESSION), families=(ActFamily.ALTERNATIVE,), caps=caps))
        outcome = result(care("OST", 18_000, quantity=3), under)
        assert outcome.amounts.our_share == 6000
        assert Rule.CAP_COUNT in rules(outcome)

    def test_a_cap_of_a_day_counts_each_day_of_a_stay(self):
        caps = (Cap(CapPeriod.DAY, amount=4000),)
        under = cover(line(FullCost(), acts=frozenset({"CHP"}), caps=caps))
        assert result(care("CHP", 30_000, quantity=5), under).amounts.our_share == 20_000

    def test_two_years_roll(self):
        caps = (Cap(CapPeriod.TWO_YEARS, amount=10_000),)
        under = cover(line(LumpSum(8000), acts=frozenset({"LNR"}), caps=caps))
        days = (date(2024, 11, 17), DAY, date(2026, 11, 18))
        acts = [care("LNR", 20_000, care_date=day) for day in days]
        assert [one.amounts.our_share for one in compute_in_order(acts, under, Usage())] == [8000, 2000, 8000]

    def test_a_cap_leaves_the_ticket_moderateur_whole(self):
        caps = (Cap(CapPeriod.CIVIL_YEAR, amount=1000),)
        under = cover(line(BasePercent(30_000), caps=caps))
        crown = care("PFC", 65_000, facts=frozenset({"crown"}))
        assert [one.amounts.our_share for one in compute_in_order([crown] * 2, under, Usage())] == [5800, 4800]

    @pytest.mark.parametrize("lump", [False, True])
    def test_who_changes_product_keeps_what_he_used_of_the_same_care(self, lump):
        """Its line has another rank there, and names other acts beside; the rank it had is another care's."""
        formula = LumpSum(9000, Per.YEAR) if lump else LumpSum(3000)
        caps = () if lump else (Cap(CapPeriod.CIVIL_YEAR, amount=9000),)
        former = cover(line(formula, acts=frozenset({"OST"}), rank=5, caps=caps))
        other = line(formula, acts=frozenset({"DIE"}), rank=5, caps=caps)
        new = cover(other, line(formula, acts=frozenset({"OST", "CHI"}), rank=80, caps=caps))
        usage = Usage()
        for session in compute_in_order([care("OST", 3000)] * 2, former, usage):
            assert session.amounts.our_share == 3000
        later = [care("CHI", 2000), care("OST", 3000), care("DIE", 3000), care("DIE", 3000)]
        assert [one.amounts.our_share for one in compute_in_order(later, new, usage)] == [2000, 1000, 3000, 3000]

    @pytest.mark.parametrize(
        ("formula", "caps"),
        [(LumpSum(3000), (Cap(CapPeriod.CIVIL_YEAR, amount=3000),)), (LumpSum(3000, Per.YEAR), ())],
    )
    def test_nothing_left_of_a_cap_is_told_as_such(self, formula, caps):
        under = cover(line(formula, families=(ActFamily.ALTERNATIVE,), caps=caps))
        first, second = compute_in_order([care("OST", 6000)] * 2, under, Usage())
        assert (first.amounts.our_share, first.zero_reason) == (3000, None)
        assert (second.amounts.our_share, second.zero_reason) == (0, ZeroReason.CAP_REACHED)


class TestErrors:
    @pytest.mark.parametrize(
        ("values", "problem", "words"),
        [
            ({"act": "XYZ"}, Problem.UNKNOWN_ACT, "XYZ on 2026-11-16"),
            ({"act": "ATU"}, Problem.ACT_NOT_IN_FORCE, "ATU on 2026-11-16"),
            ({"care_date": date(2023, 12, 31)}, Problem.OUT_OF_RIGHTS, "2024-01-01"),
            ({"act": "PH7", "fee": 820}, Problem.NO_TARIFF, "base"),
            ({"act": "AMS", "care_date": date(2024, 1, 1), "rate": None, "base": None, "act_code": "RSM"},
             Problem.NO_TARIFF, "RSM on 2024-01-01"),
            ({"fee": -1}, Problem.NEGATIVE, "G on 2026-11-16"),
            ({"quantity": 0}, Problem.NEGATIVE, "G on 2026-11-16"),
            ({"patient": Patient(date(2026, 11, 17))}, Problem.NOT_BORN, "G on 2026-11-16"),
        ],
    )  # fmt: skip
    def test_what_cannot_be_computed_says_what_and_where(self, values, problem, words):
        with pytest.raises(CannotComputeError, match=words) as caught:
            result(care(**values), BASE_100)
        assert caught.value.problem is problem

    def test_two_guarantees_for_one_act(self):
        with pytest.raises(CannotComputeError, match="lines 1, 2"):
            result(care(), cover(line(BasePercent(10_000)), line(BasePercent(15_000), rank=2)))

    def test_two_tariffs_for_one_situation(self):
        both = care("CS", facts=frozenset({"gynaecologist", "geriatrician"}))
        with pytest.raises(CannotComputeError) as caught:
            result(both, BASE_100)
        assert caught.value.problem is Problem.TWO_TARIFFS
