"""A message in the name of a member on the telephone: written, read back, sent; a band says it on each page."""

from typing import Any
from uuid import uuid4

from pyramid.request import Request
from pyramid.view import view_config, view_defaults
from translationstring import TranslationStringFactory

from member_space.domain.assisted_recovery import WRITING, Check, gap
from member_space.domain.permissions import Permission
from member_space.domain.readings import What
from member_space.domain.request import RequestKind
from member_space.forms.message import LENGTH_HELP, read_key, text_in
from member_space.forms.office import DictatedForm
from member_space.security.drafts import draft_of
from member_space.services.catalogue import catalogue_of
from member_space.services.message_for_member import Dictated, write_for_member
from member_space.services.office_member import REASON
from member_space.services.request_draft import NoContract
from member_space.views.done import go_on
from member_space.views.office.words import CHECKS, missing_words
from member_space.views.typed import Said, typed

_ = TranslationStringFactory("member_space")

NO_TOPIC = _("Choisissez l’objet dans la liste.")
NO_CONTRACT = _(
    "Cet adhérent n’a pas de contrat ici\N{NO-BREAK SPACE}: sa question ne peut pas être suivie comme une demande."
)


@view_defaults(
    route_name="office_member_message",
    permission=Permission.HANDLE_REQUESTS,
    renderer="office/message_for_member.html.jinja2",
    reads=What.FILE,
    reason=REASON,
)
class MessageForMemberViews:
    """GET: the form. POST: the text to read back to the member, then, with `sent`, its sending."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.member = request.context.found
        self.topics = catalogue_of(request.tools.settings).of_kind(RequestKind.MESSAGE)

    @view_config(request_method="GET")
    def show(self) -> dict[str, Any]:
        return self._page([])

    @view_config(request_method="POST")
    def save(self) -> Any:
        request = self.request
        if "again" in request.POST:
            return self._page([])
        body, checks = text_in(request.POST, "body"), request.POST.getall("checks")
        posted = dict(request.POST) | {"body": body, "checks": checks}
        values, errors = typed(request, DictatedForm(), posted)
        if values and values["topic"] not in {one.code for one in self.topics}:
            errors = [("topic", request.localizer.translate(NO_TOPIC))]
        known = [one for one in Check if one.value in checks]
        missing = gap(WRITING, known)
        if missing:
            errors = [("checks", request.localizer.translate(missing_words(request, missing))), *errors]
        if errors:
            return self._page(errors)
        if "sent" not in request.POST:
            return self._page([], reads_back=True)
        dictated = Dictated(values["topic"], values["body"], known, read_key(request.POST))
        try:
            row = write_for_member(request.db, request.tools, request.identity, self.member, dictated, request.origin)
        except NoContract:
            return self._page([(None, request.localizer.translate(NO_CONTRACT))])
        return go_on(request.route_path("office_request", handled_id=row.public_id), "ecrit-en-son-nom")

    def _page(self, errors: Said, *, reads_back: bool = False) -> dict[str, Any]:
        request, posted = self.request, self.request.POST
        if errors:
            request.response.status_int = 422
        draft = draft_of(request, "topic", "body", "checks")
        chosen = draft.chosen("topic", posted.get("topic", ""))
        return {
            "errors": errors,
            "member": self.member,
            "acting_for": self.member.name,
            "acting_stop_url": request.route_path("office_member", person_id=self.member.public_id),
            "reads_back": reads_back,
            "draft": draft,
            "key": str(read_key(posted)) if posted else str(uuid4()),
            "topics": [(one.code, one.label.in_(request.locale_name)) for one in self.topics],
            "topic": chosen,
            "body": draft.chosen("body", posted.get("body", "")),
            "checks": CHECKS,
            "done": draft.ticked("checks", posted.getall("checks") if posted else []),
            "length_help": LENGTH_HELP,
        }
