"""The form of a decision, line by line; of a quote also the care of each line, which the engine computes (C79, C82)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import colander
from translationstring import TranslationString, TranslationStringFactory

from member_space.domain.care_choice import CareChoice
from member_space.domain.decision import Line, LineFault, Reason, is_half_known
from member_space.domain.quote import MOST_PRICE, QuoteLine
from member_space.domain.request import RequestKind
from member_space.forms.office_request import ActForm
from member_space.forms.reimbursement_filter import Amount
from member_space.forms.simulator import Times
from member_space.forms.typed import Errors, read_form
from member_space.services.simulator_words import SECTORS

_ = TranslationStringFactory("member_space")

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
LONGEST_CARE = 100


DECIDED = ("label", "asked", "granted", "reason", "note")
OF_QUOTE = ("label", "care", "asked", "amo", "granted", "reason", "note", "quantity", "frame", "base", "sector")
PRESET = {"quantity": "1", "sector": "1"}
"""What a line of a quote says before anything is typed in it."""


def line_fields(kind: str) -> tuple[str, ...]:
    """What a line of the form asks: of a quote also the share of the Assurance Maladie, which pays first, and what the
    engine must know of the care."""
    return OF_QUOTE if kind == RequestKind.QUOTE else DECIDED


def is_written(name: str, text: str) -> bool:
    """Whether something was typed in this field of a line."""
    return text not in ("", PRESET.get(name))


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


def read_lines(posted: Mapping[str, Any], kind: str) -> tuple[dict[int, Line], Errors]:
    """The lines of a decision by rank, those left empty stepped over, or what is wrong with each field."""
    lines: dict[int, Line] = {}
    errors: Errors = []
    silent: list[str] = []
    for rank in range(1, MOST_LINES + 1):
        given = given_at(posted, rank, line_fields(kind))
        if not any(is_written(*one) for one in given.items()):
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
            lines[rank] = line
    if is_half_known(tuple(lines.values())):
        errors += [(field, _AMO_EVERYWHERE) for field in silent]
    if not lines and not errors:
        errors.append(("label-1", _("Écrivez au moins une ligne de décision.")))
    return lines, errors


def given_at(posted: Mapping[str, Any], rank: int, names: Sequence[str]) -> dict[str, str]:
    """What a line of the form says, by field."""
    return {name: str(posted.get(f"{name}-{rank}", "")).strip() for name in names}


def _price(node: colander.SchemaNode, cents: int) -> None:
    if not 0 < cents <= MOST_PRICE:
        raise colander.Invalid(node, _PRICE)


_PRICE = _("Écrivez le prix de ce soin sur le devis, comme 538,70.")


class _CareForm(colander.MappingSchema):
    """What the engine must know of a line; ``asked`` is the price of all its acts."""

    asked = colander.SchemaNode(Amount(), validator=_price, missing_msg=_PRICE)
    quantity = colander.SchemaNode(Times(), missing=1)
    frame = colander.SchemaNode(Amount(), missing=None, validator=colander.Range(min=0, min_err=_NOT_BELOW_ZERO))
    base = colander.SchemaNode(
        Amount(),
        missing=None,
        validator=colander.Range(0, MOST_PRICE, _NOT_BELOW_ZERO, _("Cette base est trop grande : vérifiez-la.")),
    )
    sector = colander.SchemaNode(
        colander.String(),
        missing="1",
        validator=colander.OneOf(tuple(SECTORS), msg_err=_("Choisissez le secteur dans la liste.")),
    )


_CARE = _CareForm()
_NO_CARE = _("Aucun soin ne répond à « ${words} » : essayez un mot plus courant, ou laissez ce champ vide.")
_CARES = _("Plusieurs soins répondent à « ${words} » : choisissez dans la liste, par exemple « ${first} ».")
_FRAME = _("La monture coûte plus que la paire : écrivez dans « Prix » celui de toute la paire.")


def read_cares(
    posted: Mapping[str, Any], find: Callable[[str], Sequence[CareChoice]]
) -> tuple[dict[int, QuoteLine], Errors]:
    """The lines of a quote that name a care, by rank, as the engine takes them; what is wrong with the others."""
    lines: dict[int, QuoteLine] = {}
    errors: Errors = []
    for rank in range(1, MOST_LINES + 1):
        given = given_at(posted, rank, OF_QUOTE)
        if not given["care"]:
            continue
        found = find(given["care"][:LONGEST_CARE])
        values, wrong = read_form(_CARE, given)
        if len(found) != 1:
            told = {"words": given["care"], "first": found[0].label if found else ""}
            words = (_CARES if found else _NO_CARE) % told
            errors.append((f"care-{rank}", words))
        elif values and values["frame"] is not None and values["frame"] > values["asked"]:
            errors.append((f"frame-{rank}", _FRAME))
        elif values:
            choice = found[0]
            lines[rank] = QuoteLine(
                choice.code,
                choice.label,
                values["asked"],
                values["quantity"],
                values["frame"],
                values["base"],
                values["sector"],
            )
        errors += [(f"{field}-{rank}", words) for field, words in wrong]
    return lines, errors
