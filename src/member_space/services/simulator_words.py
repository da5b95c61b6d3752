"""Why a care cannot be simulated: the field to repair, and the sentence that says how; French is the msgid."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import NamedTuple

from translationstring import TranslationString, TranslationStringFactory

from member_space.domain.reimbursement_errors import CannotComputeError, Problem
from member_space.domain.reimbursement_input import ORDINARY, Practitioner, Sector
from member_space.services.simulator import CannotSimulateError, Missing, Simulation

_ = TranslationStringFactory("member_space")


class SectorWords(NamedTuple):
    """A doctor's sector, how it is named and what it means for fees."""

    practitioner: Practitioner
    label: TranslationString
    hint: TranslationString


SECTORS = {
    "1": SectorWords(ORDINARY, _("Secteur 1, ou pas un médecin"), _("Les tarifs de la Sécu.")),
    "optam": SectorWords(
        Practitioner(Sector.TWO, optam=True),
        _("Secteur 2, avec OPTAM"),
        _("Des dépassements modérés : il a signé un accord."),
    ),
    "2": SectorWords(Practitioner(Sector.TWO), _("Secteur 2, sans OPTAM"), _("Des honoraires libres.")),
}
"""By their name in the address of the page."""
PATHWAY = {True: _("Respecté"), False: _("Non respecté")}
CAVEAT = _(
    "Estimation, sous réserve de vos droits au jour du soin et de ce que la Sécu retiendra. Elle ne tient pas compte "
    "d’une affection de longue durée, d’une maternité, de la complémentaire santé solidaire, du régime "
    "d’Alsace-Moselle, d’une autre mutuelle, ni des soins qui ne nous sont pas encore parvenus."
)
TOO_YOUNG = _("Avant 16 ans, aucun médecin traitant n’est exigé : le parcours de soins ne change rien.")
NOT_A_DOCTOR = _("Pour ce soin, ni le secteur ni le parcours de soins ne changent le remboursement.")
BASE_OF_OTHERS = _(
    "Nos tables n’ont pas, pour ce soin, la base des médecins sans OPTAM, souvent plus basse : écrivez celle du "
    "médecin ou du devis pour un calcul sûr."
)
PRIVATE = _(
    "${name} garde le détail de ses soins : ce qui a déjà été utilisé de ses forfaits et de ses plafonds n’est ni "
    "compté ni montré ici. Notre part réelle peut être plus basse."
)

_MISSING = {
    Missing.STARTS_LATER: (
        "le",
        _("La couverture de ${name} commence le ${day} : écrivez ce jour ou un jour plus tard."),
    ),
    Missing.ENDED: (
        "le",
        _("La couverture de ${name} s’est terminée le ${day} : écrivez ce jour ou un jour plus tôt."),
    ),
    Missing.NOT_COVERED: ("le", _("${name} n’a pas de couverture le ${day} : écrivez un autre jour.")),
    Missing.NO_TABLE: (
        "le",
        _("Le tableau de garanties du ${day} n’est pas dans votre espace : écrivez un autre jour, ou appelez-nous."),
    ),
    Missing.FRAME_FEE: (
        "monture",
        _("Écrivez le prix de la monture seule, tel que sur le devis : la garantie la compte à part."),
    ),
}
_NO_BASE = _(
    "La base de remboursement de « ${care} » au ${day} n’est pas dans nos tables : écrivez celle que le devis indique."
)
_PROBLEMS = {
    Problem.ACT_NOT_IN_FORCE: ("le", _("« ${care} » n’existait pas le ${day} : écrivez un autre jour.")),
    Problem.TWO_TARIFFS: (
        "base",
        _("Nos tables donnent deux tarifs pour « ${care} » au ${day} : écrivez la base de remboursement du devis."),
    ),
    Problem.TWO_GUARANTEES: (
        "soin",
        _("Deux lignes de votre contrat valent pour « ${care} » au ${day} : appelez-nous, nous ferons le calcul."),
    ),
}
_NO_TARIFF = (
    "soin",
    _("Le tarif de « ${care} » dans cette situation au ${day} n’est pas dans nos tables : appelez-nous."),
)


def sector_of(practitioner: Practitioner) -> SectorWords:
    """The words of a doctor's sector."""
    return next(one for one in SECTORS.values() if one.practitioner == practitioner)


def notes_of(found: Simulation) -> Iterator[TranslationString]:
    """What of the question changed nothing, and what the answer does not count."""
    asked = found.asked
    if found.is_private:
        yield PRIVATE % {"name": found.member.name}
    if found.is_base_of_others:
        yield BASE_OF_OTHERS
    if not found.asks_doctor and (asked.out_of_pathway or asked.practitioner != ORDINARY):
        yield NOT_A_DOCTOR
    elif found.asks_doctor and found.is_too_young and asked.out_of_pathway:
        yield TOO_YOUNG


def why_not(
    error: CannotSimulateError | CannotComputeError,
    *,
    care: str,
    name: str,
    day: date,
    long: Callable[[date], str],
    knows_base: bool,
) -> tuple[str, TranslationString]:
    """The field and the sentence. ``care``, ``day``: what was asked; ``long``: writes a day; ``knows_base``: the base
    was typed."""
    if isinstance(error, CannotSimulateError):
        field, words = _MISSING[error.missing]
        return field, words % {"name": name, "day": long(error.day)}
    if error.problem is Problem.NO_TARIFF and error.detail.startswith("base") and not knows_base:
        field, words = "base", _NO_BASE
    else:
        field, words = _PROBLEMS.get(error.problem, _NO_TARIFF)
    return field, words % {"care": care, "day": long(day)}
