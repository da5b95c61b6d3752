"""deform forms in our own templates: one renderer a form, made for its request.

deform's stock templates lack ARIA and need inline scripts; its process-wide renderer would mix the languages of two
requests. `form_of` is the only way a form is made here.
"""

from copy import copy
from typing import Any

import colander
import deform
from deform.widget import TextAreaWidget, TextInputWidget
from pyramid.csrf import get_csrf_token
from pyramid.renderers import render
from pyramid.request import Request


class Renderer:
    """What deform calls for each widget: `templates/deform/<name>.html.jinja2`, in the request's language."""

    def __init__(self, request: Request) -> None:
        self._request = request

    def __call__(self, template: str, **values: Any) -> str:
        values |= {"csrf_token": lambda: get_csrf_token(self._request)}
        return str(render(f"deform/{template}.html.jinja2", values, request=self._request))

    def translate(self, text: Any) -> str:
        """A translation string in the request's language."""
        return str(self._request.localizer.translate(text))


def form_of(request: Request, schema: colander.Schema, *, formid: str, button: str, draft: Any = None) -> deform.Form:
    """A form of this schema with one button; `formid` is unique in the page. `validate` raises ValidationFailure.

    `draft`: a PageDraft (security.drafts.draft_of) makes it a form that loses nothing.
    """
    form = deform.Form(
        schema.bind(request=request),
        renderer=Renderer(request),
        formid=formid,
        buttons=(deform.Button("send", button),),
        autocomplete=None,
    )
    form.draft = draft
    for field in form.children if draft else ():
        if isinstance(field.widget, TextInputWidget | TextAreaWidget) and (focus := draft.focus(field.name)):
            # A copy: the schema's own widget is every visitor's.
            field.widget = copy(field.widget)
            field.widget.attributes = {**(field.widget.attributes or {}), **focus}
    return form


def filled(form: deform.Form, values: dict[str, Any]) -> str:
    """A form that loses nothing, as HTML: with these values, or what was found again, word for word as it was typed."""
    form.cstruct = form.draft.over(form.schema.serialize(values))
    return str(form.render())
