"""A certificate as a tagged PDF (C34). In French whatever the member reads: an employer or another insurer reads it.

It holds no number of the Sécurité sociale and nothing of the care: who is handed a cover's proof needs neither.
"""

from datetime import date
from typing import Any

from member_space.domain.certificate import CertificateKind
from member_space.domain.check_code import in_groups
from member_space.domain.dates import date_short
from member_space.interfaces import IPdf
from member_space.models import Certificate
from member_space.services.letterhead import dated, letterhead
from member_space.services.qr import qr_of, svg_of
from member_space.services.tools import Tools

TITLES = {
    CertificateKind.ADHESION: "Attestation d’adhésion",
    CertificateKind.RADIATION: "Attestation de radiation",
    CertificateKind.PORTABILITY: "Attestation de portabilité",
}
SAYS = {
    CertificateKind.ADHESION: (
        "{insurer} atteste que les personnes nommées ci-dessous sont couvertes par le contrat de complémentaire santé "
        "{contract} le {day}."
    ),
    CertificateKind.RADIATION: (
        "{insurer} atteste que les personnes nommées ci-dessous ne sont plus couvertes par le contrat de "
        "complémentaire santé {contract}."
    ),
    CertificateKind.PORTABILITY: (
        "{insurer} atteste que la couverture des personnes nommées ci-dessous par le contrat de complémentaire santé "
        "{contract} est maintenue du {start} au {end}, après la fin du contrat de travail, au titre de l’article "
        "L. 911-8 du Code de la sécurité sociale."
    ),
}
NOTES = {
    CertificateKind.ADHESION: "Les droits sont ouverts sous réserve d’un changement du contrat après cette date.",
    CertificateKind.RADIATION: "Les soins reçus jusqu’au dernier jour de couverture, compris, restent remboursés.",
    CertificateKind.PORTABILITY: (
        "Ce maintien est gratuit. Il dure douze mois au plus, et cesse plus tôt si l’indemnisation par l’assurance "
        "chômage s’arrête : la personne doit alors prévenir sa mutuelle."
    ),
}


def to_pdf(row: Certificate, tools: Tools) -> bytes:
    """The document, dated by its day: the same certificate has the same bytes."""
    pdf: IPdf = tools.find(IPdf)
    return pdf.render("certificate.typ", _document(row, tools), dated(row.issued_on))


def _document(row: Certificate, tools: Tools) -> dict[str, Any]:
    """All the text of the document, so that the template only lays it out."""
    brand, site, facts = tools.settings.brand, tools.settings.site_url, row.facts
    kind, code = CertificateKind(row.kind), tools.cipher.decrypt(row.code)
    start, end = facts["portability"] or (None, None)
    words = {"insurer": brand.name, "contract": facts["contract"], "day": date_short(row.issued_on)}
    return {
        **letterhead(brand),
        "title": TITLES[kind],
        "says": SAYS[kind].format(**words, start=_day(start), end=_day(end)),
        "facts": [[label, value] for label, value in _facts(facts) if value],
        "people_title": "Personnes concernées",
        "columns": ["Nom", "Date de naissance", "Couvert depuis le", "Dernier jour"],
        "people": [
            [one["name"], _day(one["birth_date"]), _day(one["start"]), _day(one["end"]) or "sans date de fin"]
            for one in facts["people"]
        ],
        "notes": [NOTES[kind]],
        "issued": f"Émise le {date_short(row.issued_on)}",
        "check_title": "Vérifier cette attestation",
        "check_how": f"Avec un téléphone, visez le carré ci-contre ; ou ouvrez {site}/verifier et recopiez ce code :",
        "code": in_groups(code),
        "check_what": "La page dit si cette attestation vient de nous et si elle est encore vraie, rien d’autre.",
        "qr": svg_of(qr_of(f"{site}/verifier#{code}")),
        "qr_alt": "Code à viser avec l’appareil photo pour ouvrir la page de vérification",
    }


def _facts(facts: dict[str, Any]) -> list[tuple[str, str | None]]:
    return [
        ("Contrat", f"{facts['contract']} ({facts['product']})"),
        ("Titulaire", facts["holder"]),
        ("Numéro d’adhérent", facts["member_number"]),
        ("Organisme", facts["insurer"]),
        ("Numéro AMC", facts["amc_number"]),
    ]


def _day(day: str | None) -> str:
    return date_short(date.fromisoformat(day)) if day else ""
