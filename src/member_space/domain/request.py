"""What a member sends and the office answers: its kinds, its states, and who may move it from one to another.

One table says every act. A transition is made by compare-and-set on the version (services.request), leaves one row in
the log and one decision about telling the member; no state is without somebody who has the hand.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from member_space.domain.notices import NoticeKind

MESSAGE_MAX = 10_000
"""Characters of a message, whoever writes it and on whatever page: four sheets of paper."""


class RequestKind(StrEnum):
    """What is asked for; one aggregate, one list at the office."""

    CLAIM = "claim"
    QUOTE = "quote"
    MESSAGE = "message"
    CHANGE = "change"
    COMPLAINT = "complaint"


class State(StrEnum):
    """Where a request stands. DRAFT is seen by its member alone."""

    DRAFT = "draft"
    TO_DO = "to_do"
    IN_REVIEW = "in_review"
    WAITING_MEMBER = "waiting_member"
    ON_HOLD = "on_hold"
    DECIDED = "decided"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    DUPLICATE = "duplicate"


class Side(StrEnum):
    """Who acts, or who has the hand."""

    MEMBER = "member"
    OFFICE = "office"
    SYSTEM = "system"


class Outcome(StrEnum):
    """How it ended."""

    ACCEPTED = "accepted"
    PARTIAL = "partial"
    REFUSED = "refused"
    ANSWERED = "answered"


class Act(StrEnum):
    """What moves a request."""

    SEND = "send"
    TAKE = "take"
    GIVE = "give"
    ASSIGN = "assign"
    RELEASE = "release"
    ASK_PIECE = "ask_piece"
    PROVIDE = "provide"
    HOLD = "hold"
    WAKE = "wake"
    DECIDE = "decide"
    ANSWER = "answer"
    CLOSE = "close"
    REOPEN = "reopen"
    WITHDRAW = "withdraw"
    MARK_DUPLICATE = "mark_duplicate"
    AWAIT = "await"
    SETTLE = "settle"


OPEN = frozenset({State.TO_DO, State.IN_REVIEW, State.WAITING_MEMBER, State.ON_HOLD})
"""Still to be worked on by somebody."""
LIVING = OPEN | {State.DRAFT}
"""Not ended: to be sent, or to be worked on."""
HAND: dict[State, Side | None] = {
    State.DRAFT: Side.MEMBER,
    State.TO_DO: Side.OFFICE,
    State.IN_REVIEW: Side.OFFICE,
    State.WAITING_MEMBER: Side.MEMBER,
    State.ON_HOLD: Side.OFFICE,
    State.DECIDED: None,
    State.CLOSED: None,
    State.WITHDRAWN: None,
    State.DUPLICATE: None,
}
"""Who has the hand; None: nobody has anything left to do."""


@dataclass(frozen=True, slots=True)
class Transition:
    """From these states to that one, by these sides. ``notice``: what the member is told, None: nothing, on purpose."""

    before: frozenset[State]
    after: State
    sides: frozenset[Side]
    notice: NoticeKind | None = None


def _by(*sides: Side) -> frozenset[Side]:
    return frozenset(sides)


_OFFICE = _by(Side.OFFICE)
_STARTED = frozenset({State.TO_DO, State.IN_REVIEW})

TRANSITIONS: dict[Act, Transition] = {
    Act.SEND: Transition(frozenset({State.DRAFT}), State.TO_DO, _by(Side.MEMBER), NoticeKind.REQUEST_RECEIVED),
    Act.TAKE: Transition(_STARTED | {State.ON_HOLD}, State.IN_REVIEW, _OFFICE),
    Act.GIVE: Transition(frozenset({State.IN_REVIEW}), State.IN_REVIEW, _OFFICE),
    # Shared out by load: it is his to begin, and nobody studies it yet.
    Act.ASSIGN: Transition(frozenset({State.TO_DO}), State.TO_DO, _by(Side.SYSTEM)),
    Act.RELEASE: Transition(frozenset({State.IN_REVIEW}), State.TO_DO, _by(Side.OFFICE, Side.SYSTEM)),
    Act.ASK_PIECE: Transition(
        frozenset({State.IN_REVIEW}), State.WAITING_MEMBER, _OFFICE, NoticeKind.REQUEST_PIECE_ASKED
    ),
    Act.PROVIDE: Transition(frozenset({State.WAITING_MEMBER}), State.TO_DO, _by(*Side)),
    Act.HOLD: Transition(frozenset({State.IN_REVIEW}), State.ON_HOLD, _OFFICE),
    Act.WAKE: Transition(frozenset({State.ON_HOLD}), State.TO_DO, _by(*Side)),
    # Never while the member's answer is awaited: a decision would cross the paper that he is sending.
    Act.DECIDE: Transition(frozenset({State.IN_REVIEW}), State.DECIDED, _OFFICE, NoticeKind.REQUEST_DECIDED),
    Act.ANSWER: Transition(frozenset({State.IN_REVIEW}), State.CLOSED, _OFFICE, NoticeKind.REQUEST_ANSWERED),
    Act.CLOSE: Transition(
        frozenset({State.DECIDED, State.WAITING_MEMBER}),
        State.CLOSED,
        _by(Side.OFFICE, Side.SYSTEM),
        NoticeKind.REQUEST_CLOSED,
    ),
    Act.REOPEN: Transition(frozenset({State.DECIDED, State.CLOSED}), State.TO_DO, _by(Side.MEMBER, Side.OFFICE)),
    # Until somebody studies it (`is_untouched`); afterwards a message says it (C78).
    Act.WITHDRAW: Transition(frozenset({State.TO_DO}), State.WITHDRAWN, _by(Side.MEMBER)),
    Act.MARK_DUPLICATE: Transition(_STARTED, State.DUPLICATE, _OFFICE, NoticeKind.REQUEST_CLOSED),
    # What a fund answers, nobody has to decide: the change of the link is told by its own notice.
    Act.AWAIT: Transition(frozenset({State.TO_DO}), State.ON_HOLD, _by(Side.SYSTEM)),
    Act.SETTLE: Transition(_STARTED | {State.ON_HOLD}, State.CLOSED, _by(Side.SYSTEM)),
}
"""Every way from a state to another."""


class NotAllowed(Exception):  # noqa: N818 - named after the event
    """This act is not open in this state to this side."""


class Gone(Exception):  # noqa: N818 - named after the event
    """The request was erased meanwhile: by its author in another tab, or by its time."""


def after(act: Act, state: State, side: Side) -> State:
    """The state that this act leads to. Raises NotAllowed."""
    transition = TRANSITIONS[act]
    if state not in transition.before or side not in transition.sides:
        raise NotAllowed(f"{act} by {side} in {state}")
    return transition.after


def acts_open(state: State, side: Side) -> Iterator[Act]:
    """What this side may do in this state, in the order of declaration."""
    return (act for act, way in TRANSITIONS.items() if state in way.before and side in way.sides)


NOT_BEGUN = frozenset({Act.SEND, Act.ASSIGN, Act.RELEASE})
"""Acts that nobody needs to have looked at it for: any study begins with another one."""


def is_untouched(acts: Iterable[str]) -> bool:
    """Whether by these acts, all that its log has, nobody has looked at it yet: only then may its member take it back.

    Shared out and not begun, it is untouched. One that is in the list again after somebody took it was studied, asked
    about, decided, or told to a fund.
    """
    return NOT_BEGUN.issuperset(acts)


_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"
"""One for each remainder by 23, without those that are read for another (I, O, U)."""


def number_of(sequence: int, *, complaint: bool = False) -> str:
    """« 000123-R »: the number that people dictate, its letter changed by a wrong digit; « REC-… » of a complaint."""
    text = f"{sequence:06d}-{_LETTERS[sequence % 23]}"
    return f"REC-{text}" if complaint else text


def read_number(text: str) -> str | None:
    """The number as `number_of` writes it, from what somebody typed; None when its letter is not its own."""
    bare = "".join(character for character in text.upper() if character.isalnum())
    complaint = bare.startswith("REC")
    digits, letter = bare.removeprefix("REC")[:-1], bare[-1:]
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 16):
        return None
    number = number_of(int(digits), complaint=complaint)
    return number if number[-1] == letter else None
