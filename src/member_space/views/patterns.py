"""Every pattern of the pages on one page, to look at; only where the installation is a demo."""

from contextlib import suppress
from typing import Any

import deform
from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config

from member_space.forms.patterns import PatternSchema
from member_space.forms.renderer import form_of
from member_space.interfaces import IClock


@view_config(
    route_name="patterns",
    request_method="GET",
    permission=NO_PERMISSION_REQUIRED,
    renderer="patterns/index.html.jinja2",
)
def patterns(request: Request) -> dict[str, Any]:
    if not request.registry.member_space.demo:
        raise HTTPNotFound
    clock = request.registry.getUtility(IClock)
    form = form_of(request, PatternSchema(), formid="modele", button="Transmettre ma demande")
    with suppress(deform.ValidationFailure):
        # Refused on purpose: the page shows what a member sees then.
        form.validate([("nom", "Camille"), ("courriel", "camille.exemple.fr")])
    return {"today": clock.today(), "now": clock.now(), "form": form.render(form.cstruct)}
