from datetime import date

import holidays
import pytest

from member_space.domain.complaint import Alarm, Delay, acknowledge_by, alarm_of, answer_by

IS_HOLIDAY = holidays.country_holidays("FR").__contains__


@pytest.mark.parametrize(
    ("sent", "by"),
    [
        ("2026-06-15", "2026-06-26"),  # a Monday; its Saturday counts, its Sunday does not
        ("2026-06-19", "2026-07-01"),
        ("2026-06-20", "2026-07-02"),  # on a Saturday
        ("2026-06-21", "2026-07-02"),  # on a Sunday
        ("2026-04-24", "2026-05-07"),  # 1 May does not count
        ("2026-05-04", "2026-05-18"),  # neither 8 May nor Ascension
        ("2026-12-21", "2027-01-04"),  # neither 25 December nor 1 January
    ],
)
def test_ten_working_days(sent, by):
    assert acknowledge_by(date.fromisoformat(sent), IS_HOLIDAY) == date.fromisoformat(by)


@pytest.mark.parametrize(
    ("sent", "by"),
    [
        ("2026-06-15", "2026-08-15"),
        ("2026-11-30", "2027-01-30"),
        ("2026-12-31", "2027-02-28"),
        ("2027-12-30", "2028-02-29"),
        ("2026-12-15", "2027-02-15"),
        ("2026-10-01", "2026-12-01"),
    ],
)
def test_two_months(sent, by):
    assert answer_by(date.fromisoformat(sent)) == date.fromisoformat(by)


DELAYS = {Delay.ACKNOWLEDGEMENT: date(2026, 6, 26), Delay.ANSWER: date(2026, 8, 15)}


@pytest.mark.parametrize(
    ("today", "delays", "expected"),
    [
        (date(2026, 6, 21), DELAYS, None),
        (date(2026, 6, 22), DELAYS, Alarm(Delay.ACKNOWLEDGEMENT, date(2026, 6, 26), past=False)),
        (date(2026, 6, 26), DELAYS, Alarm(Delay.ACKNOWLEDGEMENT, date(2026, 6, 26), past=False)),
        (date(2026, 6, 27), DELAYS, Alarm(Delay.ACKNOWLEDGEMENT, date(2026, 6, 26), past=True)),
        (date(2026, 6, 27), {Delay.ANSWER: date(2026, 8, 15)}, None),
        (date(2026, 7, 31), {Delay.ANSWER: date(2026, 8, 15)}, Alarm(Delay.ANSWER, date(2026, 8, 15), past=False)),
        (date(2026, 8, 16), {Delay.ANSWER: date(2026, 8, 15)}, Alarm(Delay.ANSWER, date(2026, 8, 15), past=True)),
        (date(2026, 8, 16), {}, None),
    ],
)
def test_the_first_delay_that_is_near(today, delays, expected):
    assert alarm_of(delays, today) == expected
