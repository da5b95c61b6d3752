"""The forms of the claims handlers' desk: the list's filter, the search, and each act on a request."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import colander
from translationstring import TranslationString, TranslationStringFactory

from member_space.domain.cursor import InstantCursor
from member_space.domain.request import MESSAGE_MAX, OPEN, RequestKind, State
from member_space.forms.as_of import Day
from member_space.forms.ids import uuid_from
from member_space.forms.instant_place import InstantPlace
from member_space.forms.reimbursement_filter import read_each
from member_space.services.office_request import ME, NOBODY, Kept
from member_space.services.request_handling import HoldReason

_ = TranslationStringFactory("member_space")

LONGEST_WORDS = 100
LATE = "oui"
TOO_LONG = _("Ce texte est trop long\N{NO-BREAK SPACE}: 10\N{NO-BREAK SPACE}000 caractères au plus.")
"""MESSAGE_MAX, written out: each language writes thousands its own way."""


class Holder(colander.String):
    """ME, NOBODY, or the public id of a colleague."""

    def deserialize(self, node: colander.SchemaNode, cstruct: Any) -> Any:
        text = super().deserialize(node, cstruct)
        if text in (colander.null, ME, NOBODY):
            return text
        found = uuid_from(text)
        if found is None:
            raise colander.Invalid(node, _("Choisissez qui a la demande dans la liste."))
        return found


class RequestQuery(colander.MappingSchema):
    """The query of the list; every part is optional."""

    genre = colander.SchemaNode(
        colander.String(),
        missing=None,
        validator=colander.OneOf(tuple(RequestKind), msg_err=_("Choisissez le type de demande dans la liste.")),
    )
    file = colander.SchemaNode(colander.String(), missing=None, validator=colander.Length(max=60))
    etat = colander.SchemaNode(
        colander.String(),
        missing=None,
        validator=colander.OneOf(
            tuple(state for state in State if state in OPEN), msg_err=_("Choisissez l’état dans la liste.")
        ),
    )
    chez = colander.SchemaNode(Holder(), missing=None)
    retard = colander.SchemaNode(colander.String(), missing=None, validator=colander.OneOf((LATE,)))
    avant = colander.SchemaNode(InstantPlace(), missing=None)
    apres = colander.SchemaNode(InstantPlace(), missing=None)


_QUERY = RequestQuery()


@dataclass(frozen=True, slots=True)
class AskedRequests:
    """Where to go on from, what could not be read (field, words), what to keep, and every filter as it was typed."""

    before: InstantCursor | None
    after: InstantCursor | None
    errors: dict[str, TranslationString]
    kept: Kept
    typed: dict[str, str]


def read_request_query(query: Mapping[str, str]) -> AskedRequests:
    """All that can be read of the query; ``before``: the page of what is more urgent."""
    good, errors, typed = read_each(_QUERY, query)
    kept = Kept(
        RequestKind(good["genre"]) if good["genre"] else None,
        good["file"],
        State(good["etat"]) if good["etat"] else None,
        good["chez"],
        good["retard"] == LATE,
    )
    return AskedRequests(good["avant"], good["apres"], errors, kept, typed)


class RequestSearchForm(colander.MappingSchema):
    """``cherche``: a number, words, a name of a file, the end of a NIR."""

    cherche = colander.SchemaNode(
        colander.String(),
        validator=colander.Length(
            max=LONGEST_WORDS, max_err=_("Cherchez avec ${max} caractères au plus.", mapping={"max": LONGEST_WORDS})
        ),
        missing_msg=_("Écrivez un numéro, un nom ou des mots à chercher."),
    )


def _version() -> colander.SchemaNode:
    """The version that the page showed."""
    return colander.SchemaNode(
        colander.Integer(strict=False),
        name="version",
        validator=colander.Range(min=1, max=2**62),
        missing_msg=_("Cette page n’est plus à jour : rechargez-la."),
    )


def _words(name: str, missing: str) -> colander.SchemaNode:
    return colander.SchemaNode(
        colander.String(),
        name=name,
        validator=colander.Length(max=MESSAGE_MAX, max_err=TOO_LONG),
        missing_msg=missing,
    )


class ActForm(colander.MappingSchema):
    """An act that says nothing but itself."""

    version = _version()


class MeasureForm(ActForm):
    """``measure``: what is changed after a complaint."""

    measure = _words("measure", _("Écrivez la mesure corrective."))


class GiveForm(ActForm):
    """``colleague``: the public id of whoever gets it."""

    colleague = colander.SchemaNode(colander.String(), missing_msg=_("Choisissez un collègue dans la liste."))


class ReplyForm(ActForm):
    """``body``; ``then``: reste (in review) or clot (that ends the request)."""

    body = _words("body", _("Écrivez votre réponse."))
    then = colander.SchemaNode(colander.String(), missing="reste", validator=colander.OneOf(("reste", "clot")))


class NoteForm(ActForm):
    """``note``: between colleagues."""

    note = _words("note", _("Écrivez votre note."))


class PiecesForm(ActForm):
    """``pieces``: codes of the catalogue; ``piece_note``: what is wrong with those that came."""

    pieces = colander.SchemaNode(colander.Set(), missing=(), preparer=tuple)
    piece_note = colander.SchemaNode(
        colander.String(),
        missing=None,
        validator=colander.Length(max=1000, max_err=_("Cette précision est trop longue : 1 000 caractères au plus.")),
    )


class HoldForm(ActForm):
    """``reason``; ``until``: the day when it comes back."""

    reason = colander.SchemaNode(
        colander.String(),
        validator=colander.OneOf(tuple(HoldReason), msg_err=_("Choisissez ce que vous attendez dans la liste.")),
        missing_msg=_("Choisissez ce que vous attendez."),
    )
    until = colander.SchemaNode(Day(), missing_msg=_("Écrivez le jour où cette demande doit revenir."))


LONGEST_HOLD = timedelta(days=60)


def hold_fault(until: date, today: date) -> TranslationString | None:
    """What is wrong with a day to come back on, None when nothing is."""
    if until <= today:
        return _("Ce jour est passé ou c’est aujourd’hui : choisissez un jour à venir.")
    if until > today + LONGEST_HOLD:
        return _("Ce jour est trop loin : une demande attend 60 jours au plus.")
    return None


class DuplicateForm(ActForm):
    """``number``: of the request that stays."""

    number = colander.SchemaNode(
        colander.String(),
        validator=colander.Length(max=30),
        missing_msg=_("Écrivez le numéro de la demande qui reste."),
    )
