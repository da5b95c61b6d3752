"""The setting of the opening hours: what is understood, and what stops the boot with its reason."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from member_space.config import make_app
from member_space.domain.opening_hours import Closed, Open
from member_space.services.opening import read_opening_hours
from member_space.settings.reader import SettingError
from tests.conftest import TEST_INI

PARIS = ZoneInfo("Europe/Paris")


def test_several_parts():
    hours = read_opening_hours("Mon-Thu 08:30-18:00, Fri 08:30-17:00,Sat 09:00-12:00")
    assert hours.week[3] == (time(8, 30), time(18))
    assert hours.week[4] == (time(8, 30), time(17))
    assert hours.week[5] == (time(9), time(12))
    assert 6 not in hours.week


@pytest.mark.parametrize(
    ("setting", "reason"),
    [
        ("", "is not like"),
        ("lundi 8h30-18h", "is not like"),
        ("Mon-Fri 8:30-18:00", "is not like"),
        ("Mon-Fri 08:30-18:00,", "is not like"),
        ("Lun-Ven 08:30-18:00", "'Lun' is none of"),
        ("Mon-Fri 08:30-25:00", "above 23:59"),
        ("Fri-Mon 08:30-18:00", "ends before it starts"),
        ("Mon 18:00-08:30", "ends before it starts"),
        ("Mon 08:30-08:30", "ends before it starts"),
        ("Mon-Fri 08:30-18:00, Fri 09:00-12:00", "Fri is given twice"),
    ],
)
def test_a_mistake_stops_the_boot_and_says_which(setting, reason):
    with pytest.raises(SettingError, match=r"brand\.opening_hours") as refusal:
        read_opening_hours(setting)
    assert reason in str(refusal.value)


@pytest.mark.parametrize(
    "day",
    [
        *(date(2026, 1, 1), date(2026, 4, 6), date(2026, 5, 1), date(2026, 5, 8), date(2026, 5, 14), date(2026, 5, 25)),
        *(date(2026, 7, 14), date(2026, 11, 11), date(2026, 12, 25), date(2027, 3, 29), date(2030, 11, 1)),
    ],
)
def test_closed_on_french_holidays(day):
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=PARIS)
    assert isinstance(read_opening_hours("Mon-Fri 08:30-18:00").status(noon), Closed)


def test_open_on_a_day_that_is_a_holiday_in_alsace_only():
    assert isinstance(read_opening_hours("Mon-Sat 08:30-18:00").status(datetime(2026, 12, 26, 12, tzinfo=PARIS)), Open)


def test_the_application_does_not_start_on_a_mistake(engine):
    with pytest.raises(SettingError, match=r"brand\.opening_hours"):
        make_app(TEST_INI | {"brand.opening_hours": "toujours"}, engine)
