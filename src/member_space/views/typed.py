"""What was typed in a form: its values, or what to say of it."""

from collections.abc import Mapping
from typing import Any

import colander
from pyramid.request import Request

from member_space.forms.typed import Errors, read_form

Said = list[tuple[str | None, str]]
"""(field, words in the language of the page), for the summary of errors."""


def typed(
    request: Request, schema: colander.Schema, posted: Mapping[str, Any] | None = None
) -> tuple[dict[str, Any], Said]:
    """The values of the form, or what to say of it; one of the two is empty. `posted`: where a field comes twice."""
    values, errors = read_form(schema, request.POST if posted is None else posted)
    return values, said(request, errors)


def said(request: Request, errors: Errors) -> Said:
    return [(field, request.localizer.translate(words)) for field, words in errors]
