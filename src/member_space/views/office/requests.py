"""The office's list of requests, its search, and « Dossier suivant »."""

from typing import Any

from pyramid.request import Request
from pyramid.view import view_config, view_defaults
from translationstring import TranslationStringFactory

from member_space.domain.permissions import Permission
from member_space.domain.readings import What
from member_space.domain.request import OPEN, RequestKind, State
from member_space.forms.office_request import LATE, AskedRequests, RequestSearchForm, read_request_query
from member_space.services.catalogue import catalogue_of
from member_space.services.freshness import joined, news_of_office
from member_space.services.handlers import colleagues
from member_space.services.office_request import (
    ME,
    NOBODY,
    Kept,
    RequestRow,
    Tab,
    counts_of,
    page_of_requests,
)
from member_space.services.office_search import search_requests
from member_space.services.request_desk import REASON
from member_space.services.request_handling import take_next
from member_space.services.request_queue import all_queues, queues_of, skills_of
from member_space.views.done import go_on
from member_space.views.office.request_words import AGES, ALARMS, KINDS, STATES, TABS, queue_words
from member_space.views.typed import typed

_ = TranslationStringFactory("member_space")


@view_defaults(
    route_name="office_requests",
    permission=Permission.HANDLE_REQUESTS,
    renderer="office/requests.html.jinja2",
    reads=What.REQUEST,
    reason=REASON,
)
class OfficeRequestsViews:
    """GET: the list. POST: the search, so that what is looked for is in no address."""

    def __init__(self, request: Request) -> None:
        self.request = request

    @view_config(request_method="GET")
    def show(self) -> dict[str, Any]:
        return self._list(read_request_query(self.request.GET))

    @view_config(request_method="POST")
    def search(self) -> dict[str, Any]:
        request = self.request
        values, errors = typed(request, RequestSearchForm())
        if errors:
            request.response.status_int = 422
        rows = search_requests(request.db, request.tools, values["cherche"], request.context.shown) if values else []
        asked = request.POST.get("cherche", "")
        return {**self._shown(rows), "asked": asked, "errors": errors, "wrong": dict(errors)}

    def _list(self, asked: AskedRequests) -> dict[str, Any]:
        request = self.request
        if asked.errors:
            request.response.status_int = 422
        me = request.identity.account_id
        # Before the list: what comes between the two is told, not missed.
        known = joined(news_of_office(request.db, request.tools, asked.kept, me).tokens)
        page = page_of_requests(
            request.db, request.tools, asked.kept, me, request.context.shown, before=asked.before, after=asked.after
        )
        filters = {name: text for name, text in asked.typed.items() if text}
        told = {name: request.localizer.translate(words) for name, words in asked.errors.items()}
        return {
            **self._shown(page.rows),
            "errors": [(name if name in asked.typed else None, words) for name, words in told.items()],
            "wrong": told,
            "known": known,
            "tabs": self._tabs(asked),
            "typed": asked.typed,
            "filters": filters,
            "fresh_url": request.route_path("office_fresh", _query=filters),
            "fresh_href": request.route_path("office_requests", _query=filters),
            "choices": self._choices(),
            "skills": self._skills(),
            "before_url": self._page_url(filters, "avant", page.before),
            "after_url": self._page_url(filters, "apres", page.after),
        }

    def _shown(self, rows: list[RequestRow]) -> dict[str, Any]:
        request = self.request
        topics = catalogue_of(request.tools.settings).topics
        locale = request.locale_name
        return {
            "rows": rows,
            "topics": {code: topic.label.in_(locale) for code, topic in topics.items()},
            "kinds": KINDS,
            "states": STATES,
            "ages": AGES,
            "alarms": ALARMS,
            "me": request.identity.account_id,
        }

    def _tabs(self, asked: AskedRequests) -> list[dict[str, Any]]:
        request = self.request
        counts = counts_of(request.db, request.tools, asked.kept, request.identity.account_id)
        return [
            {
                "words": TABS[tab],
                "count": counts[tab],
                "href": self._url(asked.kept.of(tab)),
                "current": asked.kept == asked.kept.of(tab),
            }
            for tab in Tab
        ]

    def _url(self, kept: Kept) -> str:
        query = {
            "genre": kept.kind,
            "file": kept.queue,
            "etat": kept.state,
            "chez": kept.holder,
            "retard": LATE if kept.late else None,
        }
        given = {name: str(value) for name, value in query.items() if value}
        return str(self.request.route_path("office_requests", _query=given))

    def _page_url(self, filters: dict[str, str], name: str, place: Any) -> str | None:
        if place is None:
            return None
        return str(self.request.route_path("office_requests", _query={**filters, name: str(place)}))

    def _skills(self) -> list[str]:
        """The queues that he works, in words; none: all of them."""
        mine = skills_of(self.request.db, self.request.identity.account_id)
        return [queue_words(self.request, queue) for queue in all_queues(self.request.tools) if queue in mine]

    def _choices(self) -> dict[str, list[tuple[str, str]]]:
        """What each filter offers."""
        request = self.request
        say = request.localizer.translate
        team = [(str(one.public_id), one.name) for one in colleagues(request.db)]
        return {
            "genre": [("", say(_("Tous"))), *((kind.value, say(KINDS[kind])) for kind in RequestKind)],
            "file": [
                ("", say(_("Toutes"))),
                *((queue, queue_words(request, queue)) for queue in queues_of(request.tools)),
            ],
            "etat": [
                ("", say(_("Au bureau"))),
                *((state.value, say(STATES[state][1])) for state in State if state in OPEN),
            ],
            "chez": [("", say(_("Tous"))), (ME, say(_("Moi"))), (NOBODY, say(_("Personne"))), *team],
        }


@view_config(route_name="office_request_next", request_method="POST", permission=Permission.HANDLE_REQUESTS)
def next_request(request: Request) -> Any:
    """Take the most urgent one, of the kind and queue that the list showed."""
    kept = read_request_query(request.POST).kept
    found = take_next(request.db, request.tools, request.identity, kept.kind, kept.queue, request.origin)
    if found is None:
        return go_on(request.route_path("office_requests"), "rien-a-prendre")
    return go_on(request.route_path("office_request", handled_id=found.public_id), "demande-prise")
