"""The tables shipped with the product."""

from datetime import date, timedelta
from pathlib import Path

import pytest

import member_space.domain
from member_space.domain.acts import ActFamily
from member_space.domain.reference import ActNature, Confidence, Deduction, TariffKind
from member_space.domain.reference_rows import load_acts, load_families, load_regimes, load_tariffs, read_rows
from member_space.domain.reimbursement import derive

TABLES = Path(member_space.domain.__file__).parents[1] / "reference"
AUTUMN_2026 = date(2026, 11, 1)
TWO_YEARS_BEFORE = date(2024, 11, 1)


def table(name):
    with (TABLES / name).open(encoding="utf-8", newline="") as lines:
        return read_rows(lines)


REGIMES = load_regimes(table("regimes.csv"))
FAMILIES = load_families(table("act_families.csv"))
ACTS = load_acts(table("acts.csv"))
TARIFFS = load_tariffs(table("tariffs.csv"))
BY_CODE = {act.code: act for act in ACTS}


def value(act_code, what, day=AUTUMN_2026, condition=""):
    wanted = (act_code, TariffKind(what), condition)
    return next(
        (t.value for t in TARIFFS if (t.act_code, t.what, t.condition) == wanted and t.period.contains(day)), None
    )


def test_regimes_are_two_digits():
    assert len(REGIMES) == 25
    assert {r.code: r.label for r in REGIMES}["01"] == "Régime général"
    assert all(len(r.code) == 2 and r.code.isdigit() for r in REGIMES)


def test_families_are_those_of_the_code_in_its_order():
    assert [family.family for family in FAMILIES] == list(ActFamily)
    assert [family.position for family in FAMILIES] == [family.position for family in ActFamily]


def test_enough_acts_and_a_few_in_each_family():
    assert len(ACTS) >= 120
    for family in ActFamily:
        assert [act for act in ACTS if act.family is family], family


def test_labels_are_short_french_words_and_tell_acts_apart():
    labels = [act.label for act in ACTS]
    assert len(set(labels)) == len(labels)
    assert all(label[0].isupper() and len(label) <= 70 and not label.endswith(".") for label in labels)
    assert not any("'" in label or " %" in label for label in labels)


@pytest.mark.parametrize("act", ACTS, ids=[act.code for act in ACTS])
def test_each_act_has_its_rate_and_deduction_over_two_years(act):
    day = max(TWO_YEARS_BEFORE, act.period.start)
    while act.period.contains(day) and day <= AUTUMN_2026:
        if act.rate_kind:
            assert 0 < value(f"rate:{act.rate_kind}", "rate", day) <= 10_000
        if act.deduction:
            assert value(f"rule:{act.deduction}", "deduction", day) > 0
        day += timedelta(days=30)


def test_what_the_fund_does_not_pay_has_no_deduction():
    assert [act.code for act in ACTS if not act.rate_kind and act.deduction] == []
    assert [act.code for act in ACTS if act.nature is ActNature.LOCAL and act.rate_kind] == []


def test_dentists_have_no_participation():
    dental = {ActFamily.DENTAL_CARE, ActFamily.DENTAL_PROSTHESIS, ActFamily.ORTHODONTICS}
    assert {act.deduction for act in ACTS if act.family in dental} == {Deduction.NONE}


def test_tariffs_speak_of_known_acts_rates_and_rules():
    kinds = {f"rate:{act.rate_kind}" for act in ACTS} | {"rate:exemption"}
    for tariff in TARIFFS:
        known = tariff.act_code in BY_CODE or tariff.act_code in kinds or tariff.act_code.startswith("rule:")
        assert known, tariff
        assert (tariff.what is TariffKind.RATE) == tariff.act_code.startswith("rate:")


def test_what_is_recalled_never_passes_for_confirmed():
    for tariff in TARIFFS:
        if tariff.source == "recalled":
            assert tariff.confidence is Confidence.RECALLED
        if "illustrative" in tariff.source:
            assert tariff.confidence is Confidence.DERIVED


TOLD = {date.fromisoformat(day) for day in ("2023-10-15", "2024-03-31", "2024-05-15", "2024-12-22")}
TOLD |= {date.fromisoformat(day) for day in ("2026-01-01", "2026-03-01", "2026-04-22")}
"""The days of change that the sheet tells."""


def test_a_start_that_nobody_told_is_said_to_be_assumed():
    sure = {Confidence.PRIMARY, Confidence.SECONDARY}
    silent = [
        tariff
        for tariff in TARIFFS
        if tariff.confidence in sure and tariff.period.start not in TOLD
        if "assumed" not in tariff.source and "recalled" not in tariff.source
    ]
    assert silent == []


def test_each_equipment_of_optics_has_its_two_limits():
    bounds = {
        what: {t.condition: t.value for t in TARIFFS if (t.act_code, t.what) == ("rule:responsible", what)}
        for what in (TariffKind.MINIMUM, TariffKind.CEILING)
    }
    equipments = {name for name in bounds[TariffKind.CEILING] if name.startswith("optics_")} - {"optics_frame"}
    assert set(bounds[TariffKind.MINIMUM]) == equipments
    for name in equipments:
        assert 5000 <= bounds[TariffKind.MINIMUM][name] <= 20000 < bounds[TariffKind.CEILING][name]


@pytest.mark.parametrize(
    ("act_code", "what", "condition", "changes"),
    [
        ("G", "base", "", {"2024-12-21": 2650, "2024-12-22": 3000}),
        ("FJ", "copayment", "", {"2026-02-28": 2000, "2026-03-01": 2300}),
        ("FJ", "copayment", "psychiatry", {"2026-02-28": 1500, "2026-03-01": 1700}),
        ("FPU", "copayment", "", {"2026-02-28": 1961, "2026-03-01": 2300}),
        ("FPU", "copayment", "reduced", {"2026-03-01": 996}),
        ("PAS", "copayment", "", {"2026-04-21": 2400, "2026-04-22": 3200}),
        ("PAS", "threshold", "", {"2026-04-22": 12000}),
        ("rule:participation", "deduction", "", {"2024-05-14": 100, "2024-05-15": 200}),
        ("rule:participation", "cap_year", "", {"2026-11-01": 5000}),
        ("rule:franchise_box", "deduction", "", {"2024-03-30": 50, "2024-03-31": 100}),
        ("rule:franchise_act", "cap_day", "", {"2024-03-31": 400}),
        ("rule:franchise_transport", "deduction", "", {"2024-03-31": 400}),
        ("rule:franchise_transport", "cap_day", "", {"2024-03-31": 800}),
        ("rule:franchise", "cap_year", "", {"2026-11-01": 5000}),
        ("rate:dentist", "rate", "", {"2023-10-14": 7000, "2023-10-15": 6000}),
        ("rate:doctor", "rate", "out_of_pathway", {"2026-11-01": 3000}),
        ("CNP", "base", "", {"2025-12-31": 5500, "2026-01-01": 5700}),
        ("HBLD634", "price_limit", "", {"2026-11-01": 50000}),
        ("rule:responsible", "ceiling", "optics_frame", {"2026-11-01": 10000}),
        ("rule:responsible", "minimum", "optics_simple", {"2026-11-01": 5000}),
        ("rule:responsible", "minimum", "optics_very_complex", {"2026-11-01": 20000}),
        ("rule:responsible", "share", "excess_without_optam", {"2026-11-01": 10000}),
        ("rule:responsible", "share", "total_without_optam", {"2026-11-01": 20000}),
        ("rule:responsible", "renewal", "optics_age_from_16", {"2026-11-01": 24}),
        ("rule:responsible", "renewal", "optics_age_6_15", {"2026-11-01": 12}),
        ("rule:responsible", "renewal", "optics_age_under_6", {"2026-11-01": 6}),
        ("rule:responsible", "renewal", "hearing", {"2026-11-01": 48}),
        ("rate:doctor", "rate", "dentist", {"2023-10-14": 7000, "2026-11-01": 6000}),
    ],
)
def test_dated_figures(act_code, what, condition, changes):
    for day, expected in changes.items():
        assert value(act_code, what, date.fromisoformat(day), condition) == expected


@pytest.mark.parametrize(
    ("code", "condition", "net", "member"),
    [
        ("G", "", 1900, 200),
        ("TCG", "", 1550, 200),
        ("APC", "", 4000, 200),
        ("CNP", "", 3790, 200),
        ("CS", "gynaecologist", 2600, 200),
        ("HBJD001", "", 2603, 0),
        ("HBGD036", "", 2006, 0),
        ("AMS", "", 974, 100),
        ("VSL", "", 2534, 400),
        ("LEN", "", 2369, 0),
    ],
)
def test_tables_and_rule_together_give_the_reference_acts(code, condition, net, member):
    act = BY_CODE[code]
    base = value(code, "base", condition=condition)
    kept = value(f"rule:{act.deduction}", "deduction") if act.deduction else 0
    name = "participation" if act.deduction is Deduction.PARTICIPATION else "franchise"
    line = derive(fee=base, base=base, amo_rate=value(f"rate:{act.rate_kind}", "rate"), **{name: kept})
    assert line.amo_net == net
    assert line.member_share - (base - line.amo_gross) == member
