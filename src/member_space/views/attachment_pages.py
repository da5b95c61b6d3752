"""The pages of a piece of one's own, before it is sent: turned, moved, taken away, taken again (C68)."""

from typing import Any
from urllib.parse import urlencode

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config, view_defaults
from translationstring import TranslationStringFactory

from member_space.domain.attachment import PHOTO_FORMATS, PHOTOS_MAX
from member_space.domain.permissions import Permission
from member_space.domain.request import NotAllowed
from member_space.forms.ids import number_from, number_in
from member_space.security.addresses import is_own_path
from member_space.services.attachment import limits_of, rows_of_one
from member_space.services.attachment_pages import Gesture, PagesChanged, add_pages, arrange, pages_of, small_picture
from member_space.services.request import Actor
from member_space.views.attachment import picture
from member_space.views.attachment_words import NOTHING_CHOSEN, refusal_words, shown_files
from member_space.views.done import go_on

_ = TranslationStringFactory("member_space")

CHANGED = _("Les pages ont changé dans un autre onglet : rien n’est fait. Les voici comme elles sont.")
DONE_HERE = {Gesture.TURN: _("tournée"), Gesture.UP: _("déplacée"), Gesture.DOWN: _("déplacée")}
"""Said beside the page that it was done to."""
NOWHERE = 0
"""For a place or an arrangement that is none: no page and no piece has it."""


@view_defaults(
    route_name="attachment_pages", permission=Permission.SEND_REQUEST, renderer="attachment/pages.html.jinja2"
)
class PagesViews:
    """One button a gesture; each bears the arrangement that the page showed."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.found = request.context.found
        given = request.params.get("next", "")
        self.back = given if is_own_path(given) else request.path_to("home")

    @view_config(request_method="GET")
    def show(self) -> Any:
        return self._page([])

    @view_config(request_method="POST", uploads=True)
    def do(self) -> Any:
        request = self.request
        try:
            if "ajouter" in request.POST:
                return self._add()
            return self._arrange()
        except PagesChanged:
            request.response.status_int = 409
            return self._page([request.localizer.translate(CHANGED)])
        except NotAllowed:
            return self._elsewhere()

    @view_config(route_name="attachment_page", request_method="GET", permission=Permission.VIEW_REQUESTS, renderer=None)
    def see(self) -> Response:
        request = self.request
        return picture(lambda page: small_picture(request.db, request.tools, self.found, page), request)

    def _arrange(self) -> Any:
        request = self.request
        name, _dash, rank = request.POST.get("geste", "").partition("-")
        try:
            gesture = Gesture(name)
        except ValueError:
            raise PagesChanged from None
        place = number_from(rank) or NOWHERE
        at = arrange(request.db, request.tools, self.found, place, gesture, actor=self._actor, seen=self._seen)
        return self._again(f"{name}-{at}")

    def _add(self) -> Any:
        request = self.request
        given = request.POST.get("place")
        if not request.uploads:
            return self._refused([request.localizer.translate(NOTHING_CHOSEN)])
        refused = add_pages(
            request.db,
            request.tools,
            self.found,
            request.uploads,
            actor=self._actor,
            seen=self._seen,
            instead_of=(number_from(given) or NOWHERE) if given else None,
        )
        limits = limits_of(request.tools, None)
        if refused:
            return self._refused([refusal_words(request, one, limits) for one in refused])
        return go_on(self._path({"next": self.back}), "fichier-ajoute")

    @property
    def _actor(self) -> Actor:
        return Actor.of(self.request.identity, self.request.origin)

    @property
    def _seen(self) -> int:
        return number_in(self.request.POST, "vu") or NOWHERE

    def _path(self, query: dict[str, str]) -> str:
        return f"{self.request.path}?{urlencode(query)}"

    def _again(self, done: str) -> HTTPSeeOther:
        """Without a fragment: a browser that goes to one does not look for the button to be on."""
        return HTTPSeeOther(self._path({"next": self.back, "fait-ici": done}))

    def _refused(self, errors: list[str]) -> Any:
        self.request.response.status_int = 422
        return self._page(errors)

    def _page(self, errors: list[str]) -> Any:
        request = self.request
        try:
            pages = pages_of(request.db, self.found)
        except NotAllowed:
            return self._elsewhere()
        [row] = rows_of_one(request.db, self.found)
        name, _dash, text = request.GET.get("fait-ici", "").partition("-")
        rank = number_from(text) or NOWHERE
        words = DONE_HERE.get(Gesture(name)) if name in set(Gesture) and request.method == "GET" else None
        return {
            "row": row,
            "file": shown_files(request, [row], limits_of(request.tools, None))[0],
            "pages": pages,
            "seen": self.found.arrangement,
            "room": PHOTOS_MAX - len(pages),
            "most": PHOTOS_MAX,
            "formats": PHOTO_FORMATS,
            "focus": _focus(name, rank, len(pages)) if request.method == "GET" else None,
            "done_rank": rank,
            "done_words": words,
            "errors": errors,
            "back": self.back,
        }

    def _elsewhere(self) -> HTTPSeeOther:
        """It was sent, refused or taken back meanwhile: its own page tells what it is now."""
        request = self.request
        if not rows_of_one(request.db, self.found):
            return HTTPSeeOther(self.back)
        return HTTPSeeOther(request.path_to("attachment_view", attachment_id=self.found.public_id))


def _focus(gesture: str, rank: int, pages: int) -> str:
    """The button to be on again: the one just used, or the one that is left there in its place."""
    if gesture == Gesture.UP and rank == 1:
        gesture = Gesture.DOWN
    elif gesture == Gesture.DOWN and rank == pages:
        gesture = Gesture.UP
    elif gesture == Gesture.REMOVE:
        gesture = Gesture.TURN
    return f"{gesture}-{rank}"
