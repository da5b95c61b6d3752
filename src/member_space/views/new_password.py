"""What every page that asks for a new password does with it: reads the two fields, says why one is refused."""

from collections.abc import Mapping
from typing import Any

import colander
from pyramid.request import Request

from member_space.forms.password import RULES, Errors, read_form, refusal
from member_space.services.password import PasswordRefused, shortest

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


def refused(request: Request, refusal_of: PasswordRefused) -> Said:
    """Why the new password is not taken, in one text under its field."""
    words = refusal(refusal_of.gaps, refusal_of.weaknesses, shortest(request.tools))
    return [("new_password", " ".join(request.localizer.translate(one) for one in words))]


def password_page(request: Request, errors: Said, **values: Any) -> dict[str, Any]:
    """What the page of a new password is drawn with (`partials/new_password`); a 422 when there are errors."""
    if errors:
        request.response.status_int = 422
    rule = request.localizer.translate(RULES[request.tools.settings.password_policy])
    return {"errors": errors, "rule": rule, "shortest": shortest(request.tools)} | values
