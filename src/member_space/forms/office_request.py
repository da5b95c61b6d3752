"""The forms of the claims handlers' desk: the list's filter, the search, and each act on a request."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import colander
from translationstring import TranslationString, TranslationStringFactory

from member_space.domain.cursor import InstantCursor
from member_space.domain.decision import Line, LineFault, Reason, is_half_known
from member_space.domain.request import MESSAGE_MAX, OPEN, RequestKind, State
from member_space.forms.as_of import Day
from member_space.forms.ids import uuid_from
from member_space.forms.instant_place import InstantPlace
from member_space.forms.password import Errors, read_form
from member_space.forms.reimbursement_filter import Amount, read_each
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


_NOT_BELOW_ZERO = _("Écrivez un montant sans signe moins : zéro, ou plus.")
FAULTS: dict[LineFault, TranslationString] = {
    LineFault.NEGATIVE: _NOT_BELOW_ZERO,
    LineFault.MORE_THAN_ASKED: _(
        "On ne peut pas accorder plus que le montant demandé : vérifiez les montants de cette ligne."
    ),
    LineFault.REASON_MISSING: _("Choisissez le motif : tout n’est pas accordé sur cette ligne."),
    LineFault.REASON_WITHOUT_CUT: _("Tout est accordé sur cette ligne : retirez le motif, ou baissez le montant."),
}
_AMO_EVERYWHERE = _(
    "Écrivez la part de l’Assurance Maladie sur chaque ligne, 0 où elle ne paie rien, ou ne l’écrivez sur aucune."
)
MOST_LINES = 20


def line_fields(kind: str) -> tuple[str, ...]:
    """What a line of the form asks: of a quote also the share of the Assurance Maladie, which pays first."""
    return ("label", "asked", *(("amo",) if kind == RequestKind.QUOTE else ()), "granted", "reason", "note")


class DecisionForm(ActForm):
    """``word``: a few words of the handler's own at the end of the letter; ``sent``: the letter was read again. The
    lines are read by `read_lines`: label-1, asked-1, amo-1, granted-1, reason-1, note-1, label-2…"""

    word = colander.SchemaNode(
        colander.String(),
        missing=None,
        validator=colander.Length(max=2000, max_err=_("Ce texte est trop long : 2 000 caractères au plus.")),
    )
    sent = colander.SchemaNode(colander.String(), missing=None)


class _LineForm(colander.MappingSchema):
    label = colander.SchemaNode(
        colander.String(),
        validator=colander.Length(max=200, max_err=_("Ce texte est trop long : 200 caractères au plus.")),
        missing_msg=_("Écrivez ce qui est demandé sur cette ligne."),
    )
    asked = colander.SchemaNode(Amount(), missing=0, validator=colander.Range(min=0, min_err=_NOT_BELOW_ZERO))
    amo = colander.SchemaNode(Amount(), missing=None, validator=colander.Range(min=0, min_err=_NOT_BELOW_ZERO))
    granted = colander.SchemaNode(Amount(), missing=0, validator=colander.Range(min=0, min_err=_NOT_BELOW_ZERO))
    reason = colander.SchemaNode(
        colander.String(),
        missing=None,
        validator=colander.OneOf(tuple(Reason), msg_err=_("Choisissez le motif dans la liste.")),
    )
    note = colander.SchemaNode(
        colander.String(),
        missing=None,
        validator=colander.Length(max=500, max_err=_("Cette précision est trop longue : 500 caractères au plus.")),
    )


_LINE = _LineForm()


def read_lines(posted: Mapping[str, Any], kind: str) -> tuple[list[Line], Errors]:
    """The lines of a decision, those left empty stepped over, or what is wrong with each field."""
    lines: list[Line] = []
    errors: Errors = []
    silent: list[str] = []
    for rank in range(1, MOST_LINES + 1):
        given = {name: str(posted.get(f"{name}-{rank}", "")).strip() for name in line_fields(kind)}
        if not any(given.values()):
            continue
        values, wrong = read_form(_LINE, given)
        errors += [(f"{field}-{rank}", words) for field, words in wrong]
        if values:
            reason = Reason(values["reason"]) if values["reason"] else None
            line = Line(values["label"], values["asked"], values["granted"], reason, values["note"], values["amo"])
            if line.fault:
                where = "granted" if line.fault is LineFault.MORE_THAN_ASKED else "reason"
                errors.append((f"{where}-{rank}", FAULTS[line.fault]))
            if line.asked and line.amo is None:
                silent.append(f"amo-{rank}")
            lines.append(line)
    if is_half_known(lines):
        errors += [(field, _AMO_EVERYWHERE) for field in silent]
    if not lines and not errors:
        errors.append(("label-1", _("Écrivez au moins une ligne de décision.")))
    return lines, errors
