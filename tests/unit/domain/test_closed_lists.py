import re

import pytest

from member_space.domain.acts import ActFamily
from member_space.domain.events import EventKind
from member_space.domain.permissions import Permission, Role


@pytest.mark.parametrize("kind", list(EventKind))
def test_event_tags_read_subject_then_action(kind):
    assert re.fullmatch(r"[a-z_]+:[a-z_]+", kind.value)
    assert kind.value.startswith(kind.subject + ":")


@pytest.mark.parametrize("member", [*Permission, *Role])
def test_value_is_the_name_in_lower_case(member):
    assert member.value == member.name.lower()


def test_families_are_numbered_from_one_without_a_hole():
    assert [family.position for family in ActFamily] == list(range(1, len(ActFamily) + 1))
