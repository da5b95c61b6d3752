"""What was ticked on the page of an access: read, checked against what was offered, and kept with its words."""

from collections.abc import Collection, Sequence
from typing import Any

from pyramid.request import Request

from member_space.domain.api_scope import Scope, scopes_of
from member_space.forms.access import PERSONS_MISSING, SCOPES_MISSING, AccessForm
from member_space.services.api_grant import Allowed
from member_space.views.access_words import AccessChoices, wording_of
from member_space.views.typed import Said, typed

SEVERAL = ("scopes", "persons")
FIELDS = ("name", *SEVERAL, "days")
"""As they stand on the page: what is wrong is said in their order, all at once."""


def posted(request: Request, names: Sequence[str] = ("days",)) -> dict[str, Any]:
    """The fields of the form, the boxes as lists."""
    ticked = {name: request.POST.getall(name) for name in SEVERAL}
    return ticked | {name: request.POST.get(name, "") for name in names}


def read_allowed(
    request: Request,
    schema: AccessForm,
    offered: Collection[Scope],
    values: dict[str, Any],
    shown: tuple[str, Sequence[str], AccessChoices],
) -> tuple[dict[str, Any], Allowed | None, Said]:
    """The values with what is allowed, or what to say.

    ``offered``: no other scope may be ticked. ``shown``: title, lines and choices of the page. A person whom the member
    does not see is nobody: the form that names one was not ours.
    """
    given, errors = typed(request, schema, values)
    scopes = scopes_of(values["scopes"]) & set(offered)
    household = request.context.household
    people = [person.person_id for one in values["persons"] if (person := household.person(one))]
    translate = request.localizer.translate
    missing = [("scopes", SCOPES_MISSING, scopes), ("persons", PERSONS_MISSING, people)]
    wrong = dict(errors)
    errors += [(name, translate(words)) for name, words, found in missing if not found and name not in wrong]
    if errors:
        return given, None, sorted(errors, key=lambda one: FIELDS.index(str(one[0])))
    title, lines, choices = shown
    ticked = {"scopes": scopes, "persons": given["persons"], "days": (str(given["days"]),)}
    wording = wording_of(title, lines, choices, ticked)
    return given, Allowed(scopes=scopes, person_ids=people, days=given["days"], wording=wording), []
