from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from member_space.domain.teletransmission import (
    Answer,
    Desired,
    Movement,
    Nature,
    StateKind,
    TeletransmissionState,
    derive_state,
    nature_of,
)

TODAY = date(2026, 11, 21)


def day(text):
    return date.fromisoformat(f"2026-{text}")


def movement(kind, created, sent=None, end=None):
    return Movement(kind, day(created), sent and day(sent), end and day(end))


def answer(coded, on, movement="C", end=None):
    return Answer(coded[:2], coded[2:], movement, day(on), end=end and day(end))


def state(kind, since=None, cause=None, until=None):
    return TeletransmissionState(StateKind(kind), since and day(since), cause, until and day(until))


CREATED = movement("C", "01-05", "01-06")
CASES = {
    "not concerned, whatever arrives": (None, [CREATED], [answer("33C", "01-20")], state("not_concerned")),
    "wanted, nothing done yet": ("on", [], [], state("to_send")),
    "never wanted": ("off", [], [], state("off")),
    "creation to send": ("on", [movement("C", "01-05")], [], state("to_send", "01-05")),
    "creation sent": ("on", [CREATED], [], state("sent", "01-06")),
    "creation acknowledged": ("on", [CREATED], [answer("33C", "01-20")], state("active", "01-20", "33")),
    "acknowledged the day it was sent": ("on", [CREATED], [answer("33C", "01-06")], state("active", "01-06", "33")),
    "active although we sent nothing": ("on", [], [answer("33C", "01-20")], state("active", "01-20", "33")),
    "an older answer does not answer": ("on", [CREATED], [answer("33C", "01-05")], state("sent", "01-06")),
    "rejected": ("on", [CREATED], [answer("18R", "01-20")], state("rejected", "01-20", "18")),
    "modification of nothing": (
        "on",
        [CREATED, movement("M", "02-01", "02-02")],
        [answer("33C", "01-20"), answer("25R", "02-10", "M")],
        state("rejected", "02-10", "25"),
    ),
    "modification acknowledged": (
        "on",
        [CREATED, movement("M", "02-01", "02-02")],
        [answer("33C", "01-20"), answer("32C", "02-10", "M")],
        state("active", "02-10", "32"),
    ),
    "modification to send": (
        "on",
        [CREATED, movement("M", "02-01")],
        [answer("33C", "01-20")],
        state("to_send", "02-01"),
    ),
    "modification sent": (
        "on",
        [CREATED, movement("M", "02-01", "02-02")],
        [answer("33C", "01-20")],
        state("sent", "02-02"),
    ),
    "a waiting movement older than the fund's own news": (
        "on",
        [CREATED, movement("M", "01-10")],
        [answer("33C", "01-20")],
        state("active", "01-20", "33"),
    ),
    "repair of a rejection to send": (
        "on",
        [CREATED, movement("C", "01-21")],
        [answer("02R", "01-20")],
        state("to_send", "01-21", "02"),
    ),
    "repair of a signal sent": (
        "on",
        [CREATED, movement("M", "01-21", "01-22")],
        [answer("40S", "01-20")],
        state("sent", "01-22", "40"),
    ),
    "a creation that waits for what is already there": (
        "on",
        [movement("C", "06-01")],
        [answer("33C", "01-20")],
        state("active", "01-20", "33"),
    ),
    "a cancellation that waits is shown": (
        "off",
        [CREATED, movement("A", "06-01")],
        [answer("33C", "01-20")],
        state("to_send", "06-01"),
    ),
    "a cancellation of what is already off": (
        "off",
        [CREATED, movement("A", "06-01")],
        [answer("33C", "01-20"), answer("74S", "05-02", "A")],
        state("off", "05-02", "74"),
    ),
    "cancelled": (
        "off",
        [CREATED, movement("A", "06-01", "06-02")],
        [answer("33C", "01-20"), answer("34C", "06-10", "A")],
        state("off", "06-10", "34"),
    ),
    "cancellation of an unknown link": (
        "off",
        [movement("A", "06-01", "06-02")],
        [answer("14R", "06-10", "A")],
        state("off", "06-10", "14"),
    ),
    "cancellation of a link that the fund no longer has": (
        "off",
        [CREATED, movement("A", "06-01", "06-02")],
        [answer("33C", "01-20"), answer("14R", "06-10", "A")],
        state("off", "06-10", "14"),
    ),
    "cancellation of what another answer says is not there": (
        "off",
        [CREATED, movement("A", "06-01")],
        [answer("14R", "05-02", "A")],
        state("off", "05-02", "14"),
    ),
    "a code 14 that answers no cancellation": (
        "on",
        [CREATED],
        [answer("14R", "06-10")],
        state("rejected", "06-10", "14"),
    ),
    "end announced": (
        "off",
        [CREATED, movement("M", "11-01", "11-02", "12-31")],
        [answer("32C", "11-10", "M", "12-31")],
        state("active", "11-10", "32", "12-31"),
    ),
    "last day": (
        "off",
        [CREATED],
        [answer("32C", "11-10", "M", "11-21")],
        state("active", "11-10", "32", "11-21"),
    ),
    "the day after the end": (
        "off",
        [CREATED],
        [answer("32C", "11-10", "M", "11-20")],
        state("off", "11-21", "32", "11-20"),
    ),
    "ended before it was answered": (
        "off",
        [CREATED],
        [answer("32C", "11-10", "M", "10-31")],
        state("off", "11-10", "32", "10-31"),
    ),
    "end that only our movement tells": (
        "off",
        [CREATED, movement("M", "10-01", "10-02", "10-31")],
        [answer("32C", "10-10", "M")],
        state("off", "11-01", "32", "10-31"),
    ),
    "creation with an end that the fund alone holds": (
        "on",
        [CREATED],
        [answer("33C", "01-20", end="06-30")],
        state("active", "01-20", "33", "06-30"),
    ),
    "creation of a contract whose end we told": (
        "on",
        [movement("C", "01-01", "01-02", "06-30")],
        [answer("33C", "01-20", end="06-30")],
        state("off", "07-01", "33", "06-30"),
    ),
    "refused by the member": ("on", [CREATED], [answer("35R", "01-20")], state("off", "01-20", "35")),
    "overlap": ("on", [CREATED], [answer("33C", "01-20"), answer("53S", "03-01")], state("overlap", "03-01", "53")),
    "two contracts already": ("on", [CREATED], [answer("67R", "01-20")], state("overlap", "01-20", "67")),
    "too many insurers": ("on", [CREATED], [answer("16R", "01-20")], state("overlap", "01-20", "16")),
    "overlap solved": (
        "on",
        [CREATED],
        [answer("53S", "03-01"), answer("73S", "03-10")],
        state("active", "03-10", "73"),
    ),
    "new NIR": ("on", [CREATED], [answer("33C", "01-20"), answer("40S", "03-01")], state("signalled", "03-01", "40")),
    "moved to another fund": ("on", [CREATED], [answer("38S", "03-01")], state("signalled", "03-01", "38")),
    "birth date changed": ("on", [CREATED], [answer("41S", "03-01")], state("signalled", "03-01", "41")),
    "civil status differs": ("on", [CREATED], [answer("27S", "03-01")], state("signalled", "03-01", "27")),
    "created by the fund": ("on", [], [answer("73S", "03-01")], state("active", "03-01", "73")),
    "modified by the fund": ("on", [CREATED], [answer("72S", "03-01", "M")], state("active", "03-01", "72")),
    "ended by the fund": (
        "on",
        [CREATED],
        [answer("72S", "03-01", "M", "03-15")],
        state("off", "03-16", "72", "03-15"),
    ),
    "cancelled by the fund": ("on", [CREATED], [answer("74S", "03-01", "A")], state("off", "03-01", "74")),
    "beneficiary removed": ("on", [CREATED], [answer("43S", "03-01")], state("off", "03-01", "43")),
    "an information changes nothing": (
        "on",
        [CREATED],
        [answer("33C", "01-20"), answer("38I", "03-01"), answer("53I", "03-02")],
        state("active", "01-20", "33"),
    ),
    "only informations": ("on", [CREATED], [answer("33I", "01-20")], state("sent", "01-06")),
    "the letter is preferred to the code": (
        "on",
        [CREATED],
        [answer("33R", "01-20")],
        state("rejected", "01-20", "33"),
    ),
    "unknown code, rejected": ("on", [CREATED], [answer("99R", "01-20")], state("rejected", "01-20", "99")),
    "unknown code, signalled": ("on", [CREATED], [answer("99S", "01-20")], state("signalled", "01-20", "99")),
    "unknown code, acknowledged": ("on", [CREATED], [answer("99C", "01-20")], state("active", "01-20", "99")),
    "unknown code, cancellation acknowledged": (
        "off",
        [CREATED],
        [answer("99C", "01-20", "A")],
        state("off", "01-20", "99"),
    ),
    "no letter": ("on", [CREATED], [answer("33", "01-20")], state("active", "01-20", "33")),
    "no letter, a reject": ("on", [CREATED], [answer("18", "01-20")], state("rejected", "01-20", "18")),
    "neither letter nor known code": ("on", [CREATED], [answer("99", "01-20")], state("signalled", "01-20", "99")),
    "two answers of one file: the last recorded": (
        "on",
        [CREATED],
        [answer("34C", "01-20", "A"), answer("33C", "01-20")],
        state("active", "01-20", "33"),
    ),
    "files read in disorder": (
        "on",
        [CREATED],
        [answer("33C", "03-20"), answer("18R", "01-20")],
        state("active", "03-20", "33"),
    ),
}


@pytest.mark.parametrize(("desired", "movements", "answers", "expected"), CASES.values(), ids=CASES.keys())
def test_state(desired, movements, answers, expected):
    assert derive_state(desired, movements, answers, TODAY) == expected


def test_far_end_is_no_end():
    answered = Answer("33", "C", "C", date(2017, 2, 19), date(2017, 3, 1), date(2024, 12, 31))
    assert derive_state("on", [], [answered], TODAY) == TeletransmissionState(StateKind.ACTIVE, date(2017, 2, 19), "33")


@pytest.mark.parametrize(("code", "letter", "nature"), [("36", "", "S"), ("13", "", "S"), ("11", " ", "R")])
def test_class_of_a_code_without_letter(code, letter, nature):
    assert nature_of(code, letter) == Nature(nature)


dates = st.dates(date(2024, 1, 1), date(2026, 12, 31))
movement_lists = st.lists(
    st.builds(Movement, st.sampled_from("CMA"), dates, st.none() | dates, st.none() | dates), max_size=4
)
codes = st.integers(0, 99).map("{:02d}".format)
answers_of = st.builds(Answer, codes, st.sampled_from("CRSI? "), st.sampled_from("CMA"), dates, end=st.none() | dates)
answer_lists = st.lists(answers_of, max_size=5)
wishes = st.sampled_from([None, *Desired])


@given(wishes, movement_lists, answer_lists, dates)
def test_every_history_has_a_state_with_its_reason(desired, movements, answers, today):
    found = derive_state(desired, movements, answers, today)
    assert (found.kind == StateKind.NOT_CONCERNED) == (desired is None)
    if found.kind in {StateKind.REJECTED, StateKind.SIGNALLED, StateKind.OVERLAP, StateKind.ACTIVE}:
        assert found.cause_code in {a.code for a in answers}
        assert found.since in {a.file_date for a in answers}
    if found.kind == StateKind.SENT:
        assert found.since == max(m.sent_on for m in movements if m.sent_on)
    if found.kind == StateKind.ACTIVE and found.until and found.until < today:
        assert any(a.movement == "C" and a.end == found.until for a in answers)


@given(wishes, movement_lists, answer_lists, dates, codes, dates)
def test_informations_are_never_seen(desired, movements, answers, today, code, on):
    information = Answer(code, "I", "C", on)
    assert derive_state(desired, movements, [*answers, information], today) == derive_state(
        desired, movements, answers, today
    )


@given(wishes.filter(bool), movement_lists, answer_lists, dates)
def test_a_transmission_after_every_answer_waits_for_the_fund(desired, movements, answers, today):
    sent = [m for m in movements if m.sent_on]
    last = max([d for m in sent for d in [m.sent_on]] + [a.file_date for a in answers], default=date(2024, 1, 1))
    history = [*sent, Movement("M", last, last + timedelta(days=1))]
    assert derive_state(desired, history, answers, today).kind == StateKind.SENT


@given(movement_lists, answer_lists, dates)
def test_an_older_answer_never_changes_the_state(movements, answers, today):
    oldest = Answer("18", "R", "C", date(2023, 12, 31))
    with_a_newer = [*answers, Answer("33", "C", "C", date(2024, 1, 1))]
    assert derive_state("on", movements, [oldest, *with_a_newer], today) == derive_state(
        "on", movements, with_a_newer, today
    )
