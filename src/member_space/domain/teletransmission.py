"""The state of a link with a fund, derived from what was sent and answered; it is never stored by hand.

Rules of the trade's NOEMIE sheet, sections 4 and 5, as this module applies them:

1. A link that we do not want at all (``desired`` None) is ``not_concerned``.
2. Answers of nature I (information) never change a state.
3. Only answers not older than the last transmission count; the same day counts, as a file carries a date only.
4. The latest of them gives the state; within a day, the one recorded last. Its nature letter says what it is,
   whatever its code; without a letter that we know, the class of its code does; an unknown code keeps its effect.
5. A movement not sent yet and no older than that answer shows as waiting, as it is what was asked last; unless it
   asks for what the fund already tells (a creation of an active link, a cancellation of one that is off).
6. The fund's own 72, 73 and 74 count as a modification, a creation and a cancellation acknowledged.
7. A modification acknowledged with an end is off from the day after it (the trade ends a membership so). An end
   more than five years after the answer is the trade's way to write « no end » (files of 2017 say 31/12/2024), so
   it is none.
8. A cancellation refused because the fund does not have the line (14) leaves nothing to cancel: the link is off.
9. A creation acknowledged is active, whatever end the fund wrote beside it, unless we told that end ourselves: our
   contract says whether it goes on, and ``until`` lets the page tell the member what the fund holds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class Desired(StrEnum):
    """What the member wants; None where a link is not concerned."""

    ON = "on"
    OFF = "off"


class MovementKind(StrEnum):
    """Code mouvement of the entity 140."""

    CREATION = "C"
    MODIFICATION = "M"
    CANCELLATION = "A"


class Nature(StrEnum):
    """Nature letter of an answer, position 17 of the entity 290."""

    ACKNOWLEDGED = "C"
    REJECTED = "R"
    SIGNALLED = "S"
    INFORMATION = "I"


class StateKind(StrEnum):
    """What the member is told."""

    NOT_CONCERNED = "not_concerned"
    TO_SEND = "to_send"
    SENT = "sent"
    ACTIVE = "active"
    REJECTED = "rejected"
    SIGNALLED = "signalled"
    OVERLAP = "overlap"
    OFF = "off"


ANOTHER_INSURER = frozenset({"16", "53", "67"})
"""More contracts than the fund keeps (16, 67), or two that overlap (53): the member chooses on his ameli account."""

NOTHING_TO_CANCEL = "14"
REFUSED_BY_MEMBER = "35"
REMOVED_BY_FUND = "43"
OPEN_END = timedelta(days=5 * 366)

_CANCELLATIONS = frozenset({"34", "74"})
_BY_THE_FUND = frozenset({"72", "73", "74"})
_OURS = frozenset({"32", "33", "34"})
_REJECTS = frozenset(
    f"{code:02d}"
    for code in (*range(1, 12), *range(14, 19), *range(20, 27), *range(28, 32), 35, 55, 56, 59, 67, 78, 80, 81, 82, 85)
)


@dataclass(frozen=True, slots=True)
class Movement:
    """A movement of ours. ``end``: last day of the contract it tells, None when open."""

    kind: str
    created_on: date
    sent_on: date | None = None
    end: date | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of the fund. ``code``: two digits; ``nature``: its letter as read; ``movement``: C, M or A;
    ``file_date``: creation of its file; ``start``, ``end``: the contract it tells, end None when open."""

    code: str
    nature: str
    movement: str
    file_date: date
    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, slots=True)
class TeletransmissionState:
    """``since``: the day of the fact that made the state, None when nothing happened yet. ``cause_code``: the code
    of the answer to explain to the member, kept while the movement that repairs it is on its way. ``until``: the
    last day of the contract, when the fund knows it."""

    kind: StateKind
    since: date | None = None
    cause_code: str | None = None
    until: date | None = None


PROBLEMS = (StateKind.OVERLAP, StateKind.REJECTED, StateKind.SIGNALLED)
"""The states in which something must be repaired, what blocks most first."""


def brings_nothing(state: StateKind, since: date | None, day: date) -> bool:
    """Whether the fund surely told us nothing of the care of this day: the link stopped before it, or never was.

    What one state says of the days before it began is not known, so a doubt is no.
    """
    stopped = state in (StateKind.OFF, StateKind.REJECTED, StateKind.OVERLAP)
    return stopped and (since is None or since <= day)


def nature_of(code: str, letter: str) -> Nature:
    """The nature of an answer: its letter, else the class of its code; what nobody knows is a signal to look at."""
    if letter in set(Nature):
        return Nature(letter)
    if code in _OURS:
        return Nature.ACKNOWLEDGED
    return Nature.REJECTED if code in _REJECTS else Nature.SIGNALLED


def derive_state(
    desired: str | None, movements: Sequence[Movement], answers: Sequence[Answer], today: date
) -> TeletransmissionState:
    """The state to show today, by the rules of this module.

    ``movements`` and ``answers`` in the order they were recorded, all of one link: a person under one NIR of
    attachment. ``desired`` decides alone only when nothing was sent nor answered: the request that changes it
    records its movement in the same transaction.
    """
    if desired is None:
        return TeletransmissionState(StateKind.NOT_CONCERNED)
    sent = max((m for m in movements if m.sent_on), key=lambda m: m.sent_on or date.min, default=None)
    unsent = max((m for m in movements if not m.sent_on), key=lambda m: m.created_on, default=None)
    told = _latest(answers)
    answered = _answered(told, sent, today) if told else None
    cause = answered.cause_code if answered and answered.kind in PROBLEMS else None
    stale = bool(told and sent and sent.sent_on and told.file_date < sent.sent_on)
    if unsent and (not told or not answered or stale or _asks_more(unsent, told, answered.kind)):
        return TeletransmissionState(StateKind.TO_SEND, unsent.created_on, cause)
    if answered and not stale:
        return answered
    if sent:
        return TeletransmissionState(StateKind.SENT, sent.sent_on, cause)
    return TeletransmissionState(StateKind.TO_SEND if desired == Desired.ON else StateKind.OFF)


def _latest(answers: Sequence[Answer]) -> Answer | None:
    """The answer with the latest file date, the last recorded of them, informations left out."""
    told = (a for a in reversed(answers) if nature_of(a.code, a.nature) != Nature.INFORMATION)
    return max(told, key=lambda answer: answer.file_date, default=None)


def _asks_more(unsent: Movement, told: Answer, kind: StateKind) -> bool:
    """Whether a movement that waits is newer than the answer and asks for something else than what it tells."""
    already = (unsent.kind, kind) in {
        (MovementKind.CREATION, StateKind.ACTIVE),
        (MovementKind.CANCELLATION, StateKind.OFF),
    }
    return unsent.created_on >= told.file_date and not already


def _answered(answer: Answer, sent: Movement | None, today: date) -> TeletransmissionState:
    """The state that an answer makes; ``sent`` tells the contract's end when the answer does not."""
    nature = nature_of(answer.code, answer.nature)
    acknowledged = nature == Nature.ACKNOWLEDGED or (nature == Nature.SIGNALLED and answer.code in _BY_THE_FUND)
    if acknowledged and not _cancels(answer):
        return _active(answer, sent.end if sent else None, today)
    nothing_left = answer.code == NOTHING_TO_CANCEL and answer.movement == MovementKind.CANCELLATION
    if acknowledged or nothing_left or answer.code in (REFUSED_BY_MEMBER, REMOVED_BY_FUND):
        kind = StateKind.OFF
    elif answer.code in ANOTHER_INSURER:
        kind = StateKind.OVERLAP
    else:
        kind = StateKind.REJECTED if nature == Nature.REJECTED else StateKind.SIGNALLED
    return TeletransmissionState(kind, answer.file_date, answer.code)


def _cancels(answer: Answer) -> bool:
    """Whether an acknowledgement is that of a cancellation: by its code, or by its movement for an unknown code."""
    if answer.code in _OURS | _BY_THE_FUND:
        return answer.code in _CANCELLATIONS
    return answer.movement == MovementKind.CANCELLATION


def _active(answer: Answer, told_by_us: date | None, today: date) -> TeletransmissionState:
    """Active; off from the day after an end that we told, or that a modification was acknowledged with."""
    end = answer.end or told_by_us
    until = end if end and end - answer.file_date <= OPEN_END else None
    ends = told_by_us or answer.movement != MovementKind.CREATION
    if until and until < today and ends:
        return TeletransmissionState(
            StateKind.OFF, max(answer.file_date, until + timedelta(days=1)), answer.code, until
        )
    return TeletransmissionState(StateKind.ACTIVE, answer.file_date, answer.code, until)
