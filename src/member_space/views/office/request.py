"""One request at the office: its page, and each act on it as a form that bears the version that the page showed.

Whoever acts on an older version is told what happened since, and finds his words in the form again: nothing is lost,
nothing is done twice (C106).
"""

from contextlib import suppress
from typing import Any

from pyramid.response import Response
from pyramid.view import view_config, view_defaults
from translationstring import TranslationStringFactory

from member_space.domain.permissions import Permission
from member_space.domain.readings import What
from member_space.domain.request import Act, NotAllowed, RequestKind, read_number
from member_space.forms.ids import uuid_in
from member_space.forms.office_request import (
    ActForm,
    DuplicateForm,
    GiveForm,
    HoldForm,
    NoteForm,
    PiecesForm,
    ReplyForm,
    hold_fault,
)
from member_space.services import request_handling as handling
from member_space.services import request_writing as writing
from member_space.services.attachment import remove
from member_space.services.attachment_add import add_files
from member_space.services.attachment_read import find_begun_attachment
from member_space.services.canned_answer import answers_of, blanks_left, fill
from member_space.services.catalogue import catalogue_of
from member_space.services.handlers import colleagues
from member_space.services.nir_display import reveal_given
from member_space.services.request import Actor
from member_space.services.request_desk import REASON, language_of
from member_space.services.request_handling import Hand, HoldReason
from member_space.services.request_presence import be_present
from member_space.services.request_writing import FilesNotTaken, NotTheSame
from member_space.views.office.letters import (
    answer_values,
    closing_letter,
    duplicate_letter,
    mediator_words,
    pieces_letter,
)
from member_space.views.office.request_act import ActViews
from member_space.views.office.request_page import Trouble, page_of
from member_space.views.typed import Said
from member_space.views.upload import files_of

_ = TranslationStringFactory("member_space")


@view_defaults(
    permission=Permission.HANDLE_REQUESTS,
    renderer="office/request.html.jinja2",
    reads=What.REQUEST,
    reason=REASON,
)
class OfficeRequestViews(ActViews):
    """GET shows it; each POST is one act."""

    @view_config(route_name="office_request", request_method="GET")
    def show(self) -> dict[str, Any]:
        return page_of(self.request, self.row)

    @view_config(route_name="office_request_nir", request_method="POST")
    def reveal_nir(self) -> dict[str, Any]:
        """The same page with the number that the member gave, this once: answered to a POST, no URL brings it back."""
        request = self.request
        nir = reveal_given(request.db, request.tools.cipher, request.identity, self.row, request.origin, REASON)
        request.response.cache_control = "no-store"
        return page_of(request, self.row, nir=nir)

    @view_config(route_name="office_request_presence", request_method="POST", renderer=None)
    def presence(self) -> Response:
        """Asked by the page itself, every quarter of a minute."""
        present = be_present(*self.at, self.row.id, self.request.identity.account_id)
        say = self.request.localizer.translate
        words = " ".join(say(_("${name} regarde aussi cette demande.", mapping={"name": one.name})) for one in present)
        return Response(json_body={"version": self.row.version, "words": words})

    @view_config(route_name="office_request_take", request_method="POST")
    def take(self) -> Any:
        return self.act(ActForm(), None, lambda hand, _values: handling.take(*self.at, hand), "demande-prise")

    @view_config(route_name="office_request_release", request_method="POST")
    def release(self) -> Any:
        return self.act(ActForm(), None, lambda hand, _values: handling.release(*self.at, hand), "demande-remise")

    @view_config(route_name="office_request_reopen", request_method="POST")
    def reopen(self) -> Any:
        return self.act(ActForm(), None, lambda hand, _values: handling.reopen(*self.at, hand), "demande-rouverte")

    @view_config(route_name="office_request_close", request_method="POST")
    def close(self) -> Any:
        def end(hand: Hand, _values: dict[str, Any]) -> None:
            writing.close(*self.at, hand, closing_letter(self.request, language_of(self.request.db, self.row)))

        return self.act(ActForm(), None, end, "demande-close")

    @view_config(route_name="office_request_give", request_method="POST")
    def give(self) -> Any:
        team = {str(one.public_id): one.id for one in colleagues(self.request.db)}
        return self.act(
            GiveForm(),
            "donner",
            lambda hand, values: handling.give(*self.at, hand, team.get(values["colleague"], 0)),
            "demande-donnee",
        )

    @view_config(route_name="office_request_reply", request_method="POST", uploads=True)
    def reply(self) -> Any:
        posted = self.request.POST
        self._take_files()
        if {"insert", "remove", "again"} & set(posted):
            typed = self._with_answer() if "insert" in posted else dict(posted)
            return self.again(422 if self.refused else 200, Trouble([], typed, "repondre"))
        closes = posted.get("then") == "clot"
        act = writing.answer if closes else writing.reply

        def leave(hand: Hand, values: dict[str, Any]) -> None:
            handling.check_held(hand, Act.ANSWER)
            if self.refused:
                raise FilesNotTaken(self.refused)
            act(*self.at, hand, self._whole(values["body"], closes=closes))

        done = "reponse-close" if closes else "reponse-partie"
        # A file that is not taken is told first: the question about the words does not show it.
        guarded = None if self.refused else "body"
        return self.act(ReplyForm(), "repondre", leave, done, check=self._blanks, guarded=guarded)

    def _take_files(self) -> None:
        """The files of the form are kept whatever comes of it, until its answer leaves; one may be taken back."""
        request, actor = self.request, Actor.of(self.request.identity, self.request.origin)
        files, as_one = files_of(request)
        if files:
            self.refused = add_files(*self.at, self.row, files, actor=actor, as_one=as_one)
        unwanted = uuid_in(request.POST, "remove")
        found = find_begun_attachment(request.db, self.row, actor, unwanted) if unwanted else None
        if found is not None:
            # In another tab the answer may just have left with it.
            with suppress(NotAllowed):
                remove(*self.at, found, actor)

    def _whole(self, body: str, *, closes: bool) -> str:
        """The answer that ends a complaint names the mediator: the law asks for it each time."""
        mediator = self.request.registry.brand.mediator
        if not closes or self.row.kind != RequestKind.COMPLAINT or mediator in body:
            return body
        return f"{body}\n\n{mediator_words(self.request, self.row)}"

    def _with_answer(self) -> dict[str, Any]:
        """What was typed, and after it the answer that was chosen, filled in."""
        request, posted = self.request, dict(self.request.POST)
        offered = {str(one.answer_id): one for one in answers_of(request.db, request.identity.account_id)}
        chosen = offered.get(posted.get("answer", ""))
        if chosen:
            words = fill(chosen.body, answer_values(request, self.row))
            posted["body"] = "\n\n".join(part for part in (posted.get("body", "").strip(), words) if part)
        return posted

    def _blanks(self, values: dict[str, Any]) -> Said:
        left = blanks_left(values["body"])
        if not left:
            return []
        names = ", ".join(f"« {name} »" for name in left)
        words = _("Remplissez avant d’envoyer : ${names}.", mapping={"names": names})
        return [("body", self.request.localizer.translate(words))]

    @view_config(route_name="office_request_note", request_method="POST")
    def note(self) -> Any:
        return self.act(
            NoteForm(),
            "note",
            lambda hand, values: writing.write_note(*self.at, hand, values["note"]),
            "note-ecrite",
        )

    @view_config(route_name="office_request_pieces", request_method="POST")
    def pieces(self) -> Any:
        request = self.request
        asked = dict(request.POST) | {"pieces": request.POST.getall("pieces")}
        if "again" in asked:
            return self.again(200, Trouble([], asked, "pieces"))
        known = catalogue_of(request.tools.settings).pieces

        def ask(hand: Hand, values: dict[str, Any]) -> None:
            pieces = [code for code in known if code in values["pieces"]]
            due_on = request.tools.today() + writing.TO_SEND_A_PIECE
            body = pieces_letter(request, language_of(request.db, self.row), pieces, values["piece_note"], due_on)
            writing.ask_pieces(*self.at, hand, pieces, values["piece_note"], body)

        def check(values: dict[str, Any]) -> Said:
            if set(values["pieces"]) & set(known):
                return []
            return [("pieces", request.localizer.translate(_("Cochez au moins une pièce à demander.")))]

        return self.act(PiecesForm(), "pieces", ask, "piece-demandee", posted=asked, check=check, guarded="piece_note")

    @view_config(route_name="office_request_hold", request_method="POST")
    def hold(self) -> Any:
        def check(values: dict[str, Any]) -> Said:
            fault = hold_fault(values["until"], self.request.tools.today())
            return [("until", self.request.localizer.translate(fault))] if fault else []

        return self.act(
            HoldForm(),
            "attente",
            lambda hand, values: handling.hold(*self.at, hand, HoldReason(values["reason"]), values["until"]),
            "demande-en-attente",
            check=check,
        )

    @view_config(route_name="office_request_duplicate", request_method="POST")
    def duplicate(self) -> Any:
        request = self.request

        def close(hand: Hand, values: dict[str, Any]) -> None:
            number = read_number(values["number"])
            if number is None:
                raise NotTheSame
            body = duplicate_letter(request, language_of(request.db, self.row), number)
            writing.mark_duplicate(*self.at, hand, number, body)

        return self.act(DuplicateForm(), "doublon", close, "demande-doublon")
