"""One request of one's own: its receipt, then its progress, what is asked, what was decided (C73 to C80)."""

from collections.abc import Iterable
from typing import Any

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config, view_defaults
from translationstring import TranslationStringFactory

from member_space.domain.decision import total_of
from member_space.domain.notices import ABOUT_A_REQUEST
from member_space.domain.permissions import Permission
from member_space.domain.readings import What
from member_space.domain.request import Act, NotAllowed, RequestKind, State, is_untouched
from member_space.forms.message import text_in, too_long
from member_space.interfaces import IPdf
from member_space.models import AskedPiece
from member_space.models import Request as MemberRequest
from member_space.services import request_draft as drafts
from member_space.services.asked_piece import answer_asked, asked_of
from member_space.services.attachment import AttachmentRow, attachments_of, limits_of
from member_space.services.catalogue import catalogue_of
from member_space.services.claim_payment import payment_of_claim
from member_space.services.decision_words import REASONS
from member_space.services.freshness import marked, token_of
from member_space.services.household import Household
from member_space.services.notification_announce import note_read
from member_space.services.quote import lines_of
from member_space.services.quote_claim import may_be_claimed
from member_space.services.quote_difference import difference_of
from member_space.services.request import Actor, Stale, move
from member_space.services.request_check import page_to_resume
from member_space.services.request_decision import decision_of, estimated_until
from member_space.services.request_erasing import keeping_of
from member_space.services.request_papers import papers_of
from member_space.services.request_progress import first_words_of, log_shown
from member_space.services.request_receipt import EstimatedLine, Receipt, to_pdf
from member_space.services.usual_time import usual_time_of
from member_space.views.attachment_words import ShownFile, shown_files
from member_space.views.done import go_on
from member_space.views.download import PDF, download
from member_space.views.parcel_words import TIMED, paid_by, parcel_words
from member_space.views.quote_answer import answer_file, answered_lines, caveat_of
from member_space.views.quote_compare import compare_path
from member_space.views.quote_difference import difference_shown
from member_space.views.quote_words import ShownQuote, quote_kept
from member_space.views.request_start import new_key, page_path
from member_space.views.request_words import chip_of, facts_of, topic_of
from member_space.views.thread import thread_values
from member_space.views.upload import PROVIDE_FORM, UploadForm, upload_of

_ = TranslationStringFactory("member_space")

TEMPLATE = "request/request.html.jinja2"
TOO_LATE = _(
    "Votre demande est déjà à l’étude : elle ne peut plus être retirée d’ici. Écrivez-nous ce qui change, "
    "ou appelez-nous au ${phone}."
)
NO_MORE_ASKED = _("Cette demande n’attend plus de pièce : sa page est à jour ci-dessous.")
SAY_SOMETHING = _("Joignez la pièce, ou cochez « Je ne l’ai pas » et dites-nous pourquoi.")


@view_defaults(permission=Permission.VIEW_REQUESTS, renderer=TEMPLATE, reads=What.REQUEST)
class RequestViews:
    """A draft is sent back to its pages."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.household: Household = request.context.household
        self.found: MemberRequest = request.context.found

    @view_config(route_name="request", request_method="GET")
    def show(self) -> Any:
        request, found = self.request, self.found
        if found.state == State.DRAFT:
            return self._resumed()
        # Read here, none of them is repeated by SMS.
        for kind in sorted(ABOUT_A_REQUEST):
            note_read(request.db, request.tools, request.identity.account_id, kind)
        return self._page()

    @view_config(route_name="request_withdraw", request_method="POST", permission=Permission.SEND_REQUEST)
    def withdraw(self) -> Any:
        request = self.request
        try:
            move(request.db, request.tools, self.found, Act.WITHDRAW, self._actor())
        except (NotAllowed, Stale):
            return self._refused(TOO_LATE)
        return self._back("demande-retiree")

    @view_config(route_name="request_provide", request_method="POST", permission=Permission.SEND_REQUEST)
    def provide(self) -> Any:
        """What was asked is given, or said to be missing: the request goes back to the office at once (C75)."""
        request, given = self.request, self.request.POST
        without = {name for name in given.getall("sans") if name}
        words = text_in(given, "message")
        problem = too_long(words)
        if problem:
            return self._refused(problem)
        try:
            whole = answer_asked(request.db, request.tools, self.found, self._actor(), without, words)
        except (NotAllowed, Stale):
            return self._refused(NO_MORE_ASKED)
        return self._back("pieces-envoyees") if whole else self._refused(SAY_SOMETHING)

    @view_config(route_name="request_receipt", request_method="GET", renderer=None)
    def receipt(self) -> Response:
        request, found = self.request, self.found
        if found.state == State.DRAFT:
            raise HTTPNotFound
        papers = papers_of(request.db, found.id)
        facts = [(fact.label, fact.value) for fact in facts_of(request, found, self.household, self._line())]
        words = first_words_of(request.db, found.id)
        receipt = Receipt(found, facts, papers, words, request.registry.brand, self._estimated())
        body = to_pdf(receipt, request.registry.getUtility(IPdf), request.locale_name, request.localizer.translate)
        return download(body, f"accuse-{found.number}.pdf", PDF)

    def _estimated(self) -> list[EstimatedLine]:
        quote = self._quote()
        return [EstimatedLine(one.label, one.line.price, one.estimate) for one in quote.lines] if quote else []

    def _actor(self) -> Actor:
        return Actor.of(self.request.identity, self.request.origin)

    def _back(self, code: str) -> HTTPSeeOther:
        return go_on(self.request.route_path("request", request_id=self.found.public_id), code)

    def _line(self) -> Any:
        line_id = self.found.statement_line_id
        return drafts.line_of(self.request.db, self.household, line_id) if line_id else None

    def _files(self, rows: Iterable[AttachmentRow]) -> list[ShownFile]:
        """The files that were sent, of either side, each with where it stands (R7)."""
        sent = [one for one in rows if one.sent_at]
        return shown_files(self.request, sent, limits_of(self.request.tools, self.found))

    def _asked(self, rows: Iterable[AttachmentRow]) -> list[tuple[AskedPiece, UploadForm]]:
        """Each paper that is awaited, with where to add it."""
        if self.found.state != State.WAITING_MEMBER:
            return []
        path = self.request.route_path("request", request_id=self.found.public_id)
        return [
            (one, upload_of(self.request, self.found, rows, asked=one, back=path, sent_by=PROVIDE_FORM))
            for one in asked_of(self.request.db, self.found.id)
        ]

    def _quote(self) -> ShownQuote | None:
        """The lines that the member typed, as they were told to him; None where he typed none."""
        found = self.found
        kept = lines_of(self.request.db, found.id)[found.id] if found.kind == RequestKind.QUOTE else []
        return quote_kept(self.request, self.household, found, kept) if kept else None

    def _resumed(self) -> HTTPSeeOther:
        request, found = self.request, self.found
        return HTTPSeeOther(page_path(request, found, page_to_resume(found, topic_of(request, found))))

    def _refused(self, words: Any) -> Any:
        if self.found.state == State.DRAFT:
            return self._resumed()
        self.request.response.status_int = 422
        phone = {"phone": self.request.registry.brand.phone_shown}
        return self._page(str(self.request.localizer.translate(_(words, mapping=phone))))

    def _page(self, problem: str | None = None) -> dict[str, Any]:
        request, found = self.request, self.found
        topic = topic_of(request, found)
        rows = attachments_of(request.db, found.id)
        log = log_shown(request.db, found.id)
        usual = usual_time_of(request.db, found.kind, found.topic) if found.state in TIMED else None
        asked = self._asked(rows)
        due_on = min((one.due_on for one, _upload in asked), default=None)
        steps = parcel_words(request, found, log, usual, due_on)
        decision = decision_of(request.db, found) if found.outcome else []
        paid = payment_of_claim(request.db, self.household, found, sum(line.granted for line in decision))
        until = estimated_until(found, decision)
        gap = difference_of(request.db, request.tools, found, decision, paid)
        if gap and found.person_id:
            self.household.note([found.person_id])
        if paid:
            paid_by(request, steps, paid)
        chip = chip_of(request, found)
        return {
            "found": found,
            "known": token_of(found.public_id, found.activity_at),
            "known_of": marked(found.public_id),
            "topic_label": topic.label.in_(request.locale_name),
            "chip": {"tone": chip[0], "word": chip[1]},
            "untouched": is_untouched(act for act, _at in log),
            "steps": steps,
            "facts": facts_of(request, found, self.household, self._line()),
            "files": self._files(rows),
            "papers": papers_of(request.db, found.id),
            "kept": keeping_of(request.db, found),
            "asked": asked,
            "pieces": catalogue_of(request.tools.settings).pieces,
            "typed": request.POST.get("message", ""),
            "ticked": request.POST.getall("sans") if request.method == "POST" else [],
            "decision": decision,
            "total": total_of(decision, request.localizer.translate(_("Au total"))),
            "answered": answered_lines(request, self.household, found, decision) if until else [],
            "caveat": caveat_of(request, until),
            "answer_file": answer_file(found, rows) if until else None,
            "claim_key": new_key() if may_be_claimed(found) else None,
            "gap": difference_shown(request, gap) if gap else None,
            "quote": self._quote(),
            "compare_url": compare_path(request, self.household, found) if found.kind == RequestKind.QUOTE else None,
            "reasons": REASONS,
            "complaint": found.kind == RequestKind.COMPLAINT,
            "problem": problem,
            "locale": request.locale_name,
            **thread_values(request, found, rows),
        }
