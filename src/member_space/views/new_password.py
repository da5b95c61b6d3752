"""What every page that asks for a new password does with it: shows the rule, says why one is refused."""

from typing import Any

from pyramid.request import Request

from member_space.forms.password import RULES, refusal
from member_space.services.password import PasswordRefused, shortest
from member_space.views.typed import Said


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
