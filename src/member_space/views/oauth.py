"""« Autoriser Hugo ? »: an application asks, the member reads who, what, whose and for how long, and answers (RFC 6749,
4.1). Nothing is remembered for him: each question is asked.
"""

from typing import Any

from pyramid.renderers import render_to_response
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config, view_defaults
from translationstring import TranslationStringFactory

from member_space.domain.oauth import GRANT_DAYS, WRITES, place_of
from member_space.domain.permissions import Permission
from member_space.forms.access import AccessForm
from member_space.security.drafts import draft_of
from member_space.services import draft as drafts
from member_space.services.oauth_server import Question, SentBack, UnknownAsker, allow, read_question, refuse
from member_space.views.access_form import posted, read_allowed
from member_space.views.access_words import AccessChoices, choices_of
from member_space.views.errors import error_page
from member_space.views.typed import Said

_ = TranslationStringFactory("member_space")

FIELDS = ("scopes", "persons", "days")


@view_defaults(
    route_name="oauth_authorize",
    permission=Permission.ANSWER_CONSENT,
    step_up=True,
    renderer="oauth/authorize.html.jinja2",
)
class AuthorizeViews:
    """The question stands in the address, and is read again with the answer: nothing of it is in the form."""

    def __init__(self, request: Request) -> None:
        self.request = request

    @view_config(request_method="GET")
    def ask(self) -> Any:
        question = self._question()
        return self._page(question, []) if isinstance(question, Question) else question

    @view_config(request_method="POST")
    def answer(self) -> Any:
        request, question = self.request, self._question()
        if not isinstance(question, Question):
            return question
        if request.POST.get("decision") == "non":
            return self._leave(question, refuse(request.tools, question), granted=False)
        choices = self._choices(question)
        shown = (self._title(question), self._lines(question), choices)
        values = posted(request)
        _given, allowed, errors = read_allowed(request, AccessForm(), question.scopes, values, shown)
        if allowed is None:
            return self._page(question, errors)
        url = allow(request.db, request.tools, request.origin, request.GET.items(), request.identity, allowed)
        return self._leave(question, url, granted=True)

    def _question(self) -> Question | Response:
        """An error goes to the application when it is one of ours, at its own address; else the member reads it."""
        request = self.request
        try:
            return read_question(request.db, request.tools, request.origin, request.GET.items())
        except UnknownAsker:
            return error_page(request, 400, "unknown_asker")
        except SentBack as refusal:
            return Response(status=303, location=refusal.url)

    def _leave(self, question: Question, url: str, *, granted: bool) -> Response:
        """A page, not a redirection: what follows a form is checked against `form-action` wherever it leads on to, and
        the application's own redirections are not ours to know."""
        request = self.request
        drafts.forget(request.db, self._draft().form)
        values = {"name": question.client.name, "target": url, "granted": granted}
        return render_to_response("oauth/go.html.jinja2", values, request)

    def _draft(self) -> Any:
        return draft_of(self.request, *FIELDS, path=self.request.path_qs)

    def _choices(self, question: Question) -> AccessChoices:
        return choices_of(self.request, question.scopes, self.request.context.household)

    def _title(self, question: Question) -> str:
        words = _("Autoriser ${name}\N{NO-BREAK SPACE}?", mapping={"name": question.client.name})
        return str(self.request.localizer.translate(words))

    def _lines(self, question: Question) -> list[str]:
        """Who asks and what for, as the page says it and the proof keeps it."""
        client, translate = question.client, self.request.localizer.translate
        asks = _("« ${name} » demande à se servir de votre espace, pour vous.", mapping={"name": client.name})
        why = _("Pour quoi faire\N{NO-BREAK SPACE}: ${purpose}.", mapping={"purpose": client.purpose.rstrip(".")})
        back = _("Vous repartirez ensuite vers ${place}.", mapping={"place": place_of(question.redirect_uri)})
        return [translate(asks), translate(why), translate(back)]

    def _page(self, question: Question, errors: Said) -> dict[str, Any]:
        request, draft = self.request, self._draft()
        if errors:
            request.response.status_int = 422
        household = request.context.household
        # What is asked to read, for himself and for a day; what writes, another person, more time: his own gesture.
        first = {
            "scopes": [one.value for one in question.scopes if one not in WRITES],
            "persons": [str(one.public_id) for one in household.persons() if one.is_viewer],
        }
        sent = posted(request) if request.method == "POST" else None
        return {
            "errors": errors,
            "title": self._title(question),
            "lines": self._lines(question),
            "choices": self._choices(question),
            "ticked": {name: sent[name] if sent else draft.ticked(name, first[name]) for name in first},
            "days": sent["days"] if sent else draft.chosen("days", str(GRANT_DAYS[0])),
            "draft": draft,
        }
