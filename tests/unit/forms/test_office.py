"""The office's forms tell what is too long, and by how much it may be."""

import colander
import pytest

from member_space.domain.request import MESSAGE_MAX
from member_space.forms.office import OfficeAccountForm, TeamForm
from member_space.forms.office_request import NoteForm
from member_space.services.office_account import NAME_LENGTH, TEAM_LENGTH

GOOD = {"name": "Hugo", "email": "hugo@demo.example", "role": "handler", "version": "1"}


@pytest.mark.parametrize(
    ("form", "field", "most", "told"),
    [
        (TeamForm, "team", TEAM_LENGTH, "100"),
        (OfficeAccountForm, "name", NAME_LENGTH, "200"),
        (NoteForm, "note", MESSAGE_MAX, "10\N{NO-BREAK SPACE}000"),
    ],
)
def test_what_is_too_long_is_told_with_what_may_be(form, field, most, told):
    assert form().deserialize(GOOD | {field: "a" * most})[field]
    with pytest.raises(colander.Invalid) as wrong:
        form().deserialize(GOOD | {field: "a" * (most + 1)})
    [words] = wrong.value.children[0].messages()
    assert f"{told} caractères au plus." in words.interpolate()
