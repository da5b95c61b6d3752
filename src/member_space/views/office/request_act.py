"""An act on a request, whatever it is: read its form, do it or say why not, and keep what was typed (C106)."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import colander
from pyramid.request import Request
from translationstring import TranslationStringFactory

from member_space.domain.attachment import FileRefused
from member_space.domain.request import NotAllowed
from member_space.services.attachment import limits_of
from member_space.services.request import Stale
from member_space.services.request_handling import Hand, NotHeld, OwnDecision
from member_space.services.request_writing import FilesNotTaken, NotTheSame
from member_space.views.attachment_words import refusal_words
from member_space.views.done import go_on
from member_space.views.office.guard_words import said_doubts
from member_space.views.office.request_page import Trouble, page_of
from member_space.views.office.request_words import OWN_DECISION
from member_space.views.typed import Said, typed

_ = TranslationStringFactory("member_space")

STALE = _(
    "Cette demande a changé pendant que vous l’aviez ouverte. Rien n’a été envoyé\N{NO-BREAK SPACE}: "
    "votre texte est gardé plus bas."
)
NOT_ALLOWED = _(
    "Cet acte n’est plus possible dans l’état où est la demande. Rien n’a été envoyé\N{NO-BREAK SPACE}: "
    "votre texte est gardé."
)
NOT_HELD = _(
    "Vous n’avez pas cette demande. Prenez-la d’abord, puis recommencez\N{NO-BREAK SPACE}: votre texte est gardé."
)
THEIR_DECISION = _(
    "Ce collègue a traité la demande contestée. Donnez la réclamation à quelqu’un qui ne l’a pas traitée."
)
NOT_THE_SAME = _("Cet adhérent n’a pas d’autre demande avec ce numéro. Vérifiez-le dans ses autres demandes, à droite.")


class ActViews:
    """What the views of a request share. An act answers 303, 422 (a field is wrong) or 409 (somebody was faster)."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.row = request.context.found
        self.refused: list[FileRefused] = []
        """Files of this form that cannot leave with it."""

    @property
    def at(self) -> tuple[Any, Any]:
        """Where a service works: the database and the tools."""
        return self.request.db, self.request.tools

    def act(
        self,
        form: colander.Schema,
        opened: str | None,
        act: Callable[[Hand, dict[str, Any]], None],
        done: str,
        *,
        posted: Mapping[str, Any] | None = None,
        check: Callable[[dict[str, Any]], Said] | None = None,
        guarded: str | None = None,
    ) -> Any:
        """Read the form, check it further, act, and go on; or show the page again. `opened`: the form's own name.

        `guarded`: the field that the member will read; where it may not be meant for him, it is asked once more.
        """
        request = self.request
        given = dict(request.POST) if posted is None else dict(posted)
        values, errors = typed(request, form, given)
        errors = errors or (check(values) if check else [])
        if errors:
            return self.again(422, Trouble(errors, given, opened))
        doubts = said_doubts(request, self.row, [values[guarded]]) if guarded and not given.get("anyway") else []
        if doubts:
            return self.again(422, Trouble([], given, opened, doubts=doubts))
        hand = Hand(request.identity, self.row, values["version"], request.origin)
        try:
            act(hand, values)
        except FilesNotTaken as found:
            self.refused = found.refused
            return self.again(422, Trouble([], given, opened))
        except Stale:
            return self.again(409, Trouble([], given, opened, since=hand.version, words=STALE))
        except NotHeld:
            return self.again(409, Trouble([], given, opened, words=NOT_HELD))
        except OwnDecision as found:
            words = OWN_DECISION if found.account_id == request.identity.account_id else THEIR_DECISION
            return self.again(409, Trouble([], given, opened, words=words))
        except NotAllowed:
            return self.again(409, Trouble([], given, opened, words=NOT_ALLOWED))
        except NotTheSame:
            errors = [("number", request.localizer.translate(NOT_THE_SAME))]
            return self.again(422, Trouble(errors, given, opened))
        return go_on(request.route_path("office_request", handled_id=self.row.public_id), done)

    def again(self, status: int, trouble: Trouble) -> dict[str, Any]:
        """The page as it is now, with what was typed, and each file that is not taken beside the others."""
        limits = limits_of(self.request.tools, self.row)
        told = [("fichiers", refusal_words(self.request, one, limits)) for one in self.refused]
        self.request.response.status_int = status
        return page_of(self.request, self.row, replace(trouble, errors=[*trouble.errors, *told]))
