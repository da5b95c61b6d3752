from contextlib import nullcontext
from datetime import date, timedelta

import pytest

from member_space.domain.acts import ActFamily
from member_space.domain.period import Period
from member_space.domain.reference import Act, ActNature, Confidence, Deduction, Tariff, TariffKind
from member_space.domain.reference_rows import (
    ReferenceDataError,
    load_acts,
    load_families,
    load_regimes,
    load_tariffs,
    read_rows,
    within_families,
)
from member_space.domain.reimbursement_figures import Figures

ACTS = "code;label;family;rate_kind;deduction;nature;basket;starts_on;ends_on"
REGIMES = "code;label;starts_on;ends_on"
FAMILIES = "code;label_fr;position;starts_on;ends_on"
TARIFFS = "act_code;what;condition;value;starts_on;ends_on;source;confidence"


def rows(header, *lines):
    return read_rows([header, *lines])


def test_an_act():
    (act,) = load_acts(rows(ACTS, "G;Consultation;consultation;doctor;participation;NGAP;;2017-05-01;"))
    assert act == Act(
        "G",
        "Consultation",
        ActFamily.CONSULTATION,
        "doctor",
        Deduction.PARTICIPATION,
        ActNature.NGAP,
        Period(date(2017, 5, 1)),
    )


def test_the_tariff_in_force():
    tariffs = load_tariffs(
        rows(
            TARIFFS,
            "G;base;;2650;2023-11-01;2024-12-21;recalled;R",
            "G;base;;3000;2024-12-22;;sheet;C",
            "G;base;age_0_5;3500;2024-12-22;;sheet;C2",
        )
    )
    figures = Figures((), tariffs)
    on = {
        day: figures.find("G", TariffKind.BASE, day, frozenset(), age=40)
        for day in (date(2023, 10, 31), date(2024, 12, 21), date(2024, 12, 22))
    }
    assert [tariff and tariff.value for tariff in on.values()] == [None, 2650, 3000]
    child = figures.find("G", TariffKind.BASE, date(2026, 1, 1), frozenset(), age=3)
    assert child == Tariff(
        "G", TariffKind.BASE, "age_0_5", 3500, Period(date(2024, 12, 22)), "sheet", Confidence.SECONDARY
    )
    assert figures.find("G", TariffKind.RATE, date(2026, 1, 1), frozenset(), age=40) is None


@pytest.mark.parametrize(
    ("load", "header", "line", "reason"),
    [
        (load_regimes, REGIMES, "01;;2000-01-01;", "label is empty"),
        (load_regimes, "code", "01", "column label is missing"),
        (load_regimes, "code;label", "01;Général", "column starts_on is missing"),
        (load_regimes, REGIMES, "01;Général;2000-01-01;;x", "4 columns are expected"),
        (load_regimes, REGIMES, "01", "4 columns are expected"),
        (load_regimes, REGIMES, "03;Indépendants;2000-01-01;1999-12-31", "a period ends"),
        (load_families, FAMILIES, "dentist;Dentiste;1;2000-01-01;", "code is 'dentist', expected one of"),
        (load_families, FAMILIES, "optics;Optique;un;2000-01-01;", "position is 'un', expected a whole number"),
        (load_acts, ACTS, "G;Consultation;consultation;;;NGAP;;;", "starts_on is '', expected a date"),
        (load_acts, ACTS, "G;Consultation;consultation;;;NGAP;;2026-13-01;", "starts_on is '2026-13-01'"),
        (load_acts, ACTS, "G;Consultation;consultation;;;NGAP;;2026-02-01;2026-01-01", "a period ends"),
        (load_acts, ACTS, "G;Consultation;consultation;;tax;NGAP;;2026-02-01;", "deduction is 'tax'"),
        (load_tariffs, TARIFFS, "G;base;;30,00;2024-12-22;;sheet;C", "value is '30,00'"),
        (load_tariffs, TARIFFS, "G;base;;-1;2024-12-22;;sheet;C", "value is '-1'"),
        (load_tariffs, TARIFFS, "G;base;;3000;2024-12-22;;;C", "source is empty"),
        (load_tariffs, TARIFFS, "G;base;;3000;2024-12-22;;sheet;A", "confidence is 'A'"),
    ],
)
def test_a_wrong_row_is_told_with_its_line(load, header, line, reason):
    with pytest.raises(ReferenceDataError) as caught:
        load(rows(header, line))
    assert caught.value.line == 2
    assert caught.value.reason.startswith(reason)


def test_one_code_one_row():
    with pytest.raises(ReferenceDataError, match="line 3: 01 is there twice"):
        load_regimes(rows(REGIMES, "01;Général;2000-01-01;", "01;Général;2000-01-01;"))


@pytest.mark.parametrize(
    ("family", "right"),
    [
        ("optics;Optique;1;2000-01-01;", True),
        ("optics;Optique;1;2000-01-01;2025-12-31", True),
        ("optics;Optique;1;2000-01-01;2024-12-31", False),
        ("optics;Optique;1;2021-01-01;", False),
        ("hearing;Aides auditives;1;2000-01-01;", False),
    ],
)
def test_an_act_is_in_force_within_its_family(family, right):
    acts = load_acts(rows(ACTS, "LUN;Monture;optics;optics;;LPP;;2020-01-01;2025-12-31"))
    with nullcontext() if right else pytest.raises(ReferenceDataError, match="line 2: the family optics is not"):
        assert within_families(acts, load_families(rows(FAMILIES, family))) == acts


def test_one_version_in_force_a_day():
    with pytest.raises(ReferenceDataError, match="line 3: G base already has a value on these days"):
        load_tariffs(rows(TARIFFS, "G;base;;1;2024-01-01;2024-12-22;s;C", "G;base;;2;2024-12-22;;s;C"))


def test_days_follow_each_other_without_overlap():
    day = date(2024, 12, 22)
    lines = [f"G;base;;1;2024-01-01;{day - timedelta(days=1)};s;C", f"G;base;;2;{day};;s;C"]
    assert len(load_tariffs(rows(TARIFFS, *lines))) == 2
