"""Why a link is off, in the six families of C40, and what awaits the member."""

import pytest

from member_space.domain.teletransmission import StateKind
from member_space.noemie import CODES
from member_space.services.beneficiary import Cause, cause_of


@pytest.mark.parametrize(
    ("code", "kind", "relation", "cause"),
    [
        ("53", StateKind.OVERLAP, "holder", Cause.ANOTHER_INSURER),
        ("67", StateKind.OVERLAP, "child", Cause.ANOTHER_INSURER),
        ("18", StateKind.REJECTED, "holder", Cause.NO_RIGHT),
        ("20", StateKind.REJECTED, "spouse", Cause.NO_RIGHT),
        ("20", StateKind.REJECTED, "child", Cause.OTHER_PARENT),
        ("21", StateKind.REJECTED, "holder", Cause.MOVED_FUND),
        ("35", StateKind.OFF, "holder", Cause.REFUSED_BY_MEMBER),
        ("43", StateKind.OFF, "holder", Cause.NO_RIGHT),
        ("05", StateKind.REJECTED, "holder", Cause.REJECTED_FLOW),
        ("99", StateKind.SIGNALLED, "holder", Cause.REJECTED_FLOW),
        # While the repair is on its way, the cause is still told.
        ("53", StateKind.TO_SEND, "holder", Cause.ANOTHER_INSURER),
        # Nothing to explain.
        ("33", StateKind.ACTIVE, "holder", None),
        ("34", StateKind.OFF, "holder", None),
        ("33", StateKind.OFF, "holder", None),
        (None, StateKind.SENT, "holder", None),
    ],
)
def test_the_family_of_an_answer(code, kind, relation, cause):
    assert cause_of(code, kind, relation) is cause


@pytest.mark.parametrize("kind", [StateKind.REJECTED, StateKind.OVERLAP, StateKind.SIGNALLED])
@pytest.mark.parametrize("code", [*CODES, "00", "99"])
def test_every_refusal_has_a_family(code, kind):
    assert cause_of(code, kind, "holder") is not None or code == "34"
