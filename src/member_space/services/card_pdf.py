"""The card as a tagged PDF, on an A4 sheet with what to know, or at the size of a bank card (C45, C46).

In French whatever the member reads: it is for professionals, and has the value of the card sent by post (S-HCR-27).
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from math import ceil
from typing import Any

from member_space.domain.card import Beneficiary, Card, Domain
from member_space.domain.dates import date_short
from member_space.interfaces import ICardCode, IPdf
from member_space.services.card import ShownCard
from member_space.services.qr import qr_of, svg_of
from member_space.services.tools import Tools
from member_space.settings import Brand


class Format(StrEnum):
    """How the card is printed."""

    SHEET = "a4"
    CARD = "carte"


TEMPLATES = {Format.SHEET: "card_sheet.typ", Format.CARD: "card_small.typ"}
NBSP = "\N{NO-BREAK SPACE}"
ROWS_OF_A_CARD = 4
"""Beneficiaries on one face of the card format; more make another card."""
LINES_OF_A_CARD = 16
NAME_LINE, DETAIL_LINE = 28, 40
"""Characters of a name in capitals, and of what stands under it, that one line of the first column holds."""
REFUSED = (
    ("Demandez pourquoi.", "Le tiers payant sur la part de la mutuelle n’est pas une obligation pour tous."),
    ("Faites vérifier vos droits.", "Le code à viser de cette carte ouvre la page « droits ouverts »."),
    (
        "Proposez notre ligne des professionnels.",
        "Un défaut de saisie du n° AMC ou du CSR est la première cause de refus.",
    ),
    (
        "Sinon, payez et envoyez-nous la facture acquittée.",
        "Depuis votre espace, « Demande de remboursement » : nous vous remboursons comme prévu au contrat.",
    ),
)


def check_url(site_url: str, code: str) -> str:
    """Where anybody asks whether the rights of a card are open."""
    return f"{site_url}/droits/{code}"


def to_pdf(tools: Tools, card: Card, code: str, made_at: datetime, form: Format, over: str = "") -> bytes:
    """The document, dated by its version: the same version for the same reader has the same bytes.

    `code`: the end of the address in its QR code. `over`: across the page, why it is not to be shown (`over_of`).
    """
    pdf: IPdf = tools.find(IPdf)
    url = check_url(tools.settings.site_url, code)
    return pdf.render(TEMPLATES[form], document(tools, card, url, form, over), int(made_at.timestamp()))


def over_of(shown: ShownCard) -> str:
    """What is printed across a version that is not to be shown to anybody; nothing when it is in force."""
    if shown.in_force:
        return ""
    return f"Remplacée le {date_short(shown.replaced_on)}" if shown.replaced_on else "N’est plus valable"


def document(tools: Tools, card: Card, url: str, form: Format, over: str = "") -> dict[str, Any]:
    """All the text of the document, so that the templates only lay it out."""
    codes: ICardCode = tools.find(ICardCode)
    brand = tools.settings.brand
    block = [[label, value] for _name, label, value in card.block]
    data: dict[str, Any] = {
        "lang": "fr",
        "insurer": card.amc_name,
        "title": f"Carte de tiers payant {card.period.start:%Y}",
        "kind": "Carte de tiers payant",
        "over": over,
        "over_words": "Cette carte n’est plus à présenter : celle qui vaut est dans votre espace." if over else "",
        "plan": card.plan,
        "holder": f"Titulaire : {card.holder} · contrat {card.contract_number}",
        "block": block,
        "responsible": card.responsible,
        "responsible_words": "Contrat responsable",
        "columns": ["Bénéficiaire", *(one.code for one in card.domains)],
        "legend": _halves([[one.code, _meaning(one)] for one in card.domains]),
        "legend_title": "Les codes de cette carte",
        "rates": "Taux en % de la base de remboursement de la Sécu, sa part comprise. PEC : accord à demander.",
        "lines": [[label, value.replace(" ", NBSP)] for label, value in _lines(card) if value],
        "matrix": svg_of(codes.data_matrix(card, url)),
        "matrix_alt": "Code des données de la carte, pour le logiciel du professionnel",
        "qr": svg_of(qr_of(url)),
        "qr_alt": "Code à viser pour vérifier que les droits sont ouverts",
        "qr_words": "Droits ouverts ? Visez ce code.",
        "exchange": f"N° AMC échange : {card.amc_exchange_number}" if card.amc_exchange_number else "",
        "faces": [list(face) for face in faces_of([_row(one, card.domains) for one in card.beneficiaries])],
    }
    if form is Format.SHEET:
        data |= _instructions(brand)
    return data


def _instructions(brand: Brand) -> dict[str, Any]:
    return {
        "use_title": "Comment vous en servir",
        "use": [
            "Présentez-la avec votre carte Vitale, imprimée ou sur votre téléphone : elle a la même valeur que la "
            "carte envoyée par la poste.",
            "Elle vaut pour toutes les personnes nommées, pendant sa période de validité.",
            "La participation forfaitaire et les franchises restent à votre charge.",
        ],
        "refused_title": "Que faire si le professionnel la refuse",
        "refused": [list(one) for one in REFUSED],
        "footer": f"{brand.name}, {brand.postal_address}. Téléphone {brand.phone_shown}",
    }


def _lines(card: Card) -> list[tuple[str, str | None]]:
    return [
        ("Adhérents", card.lines.member),
        ("Professionnels de santé", card.lines.professional),
        ("Prise en charge hospitalière", card.lines.hospital),
    ]


def _meaning(domain: Domain) -> str:
    circuit = f" (convention {', puis '.join(domain.conventions)})" if domain.conventions else ""
    return domain.label + circuit


def _row(one: Beneficiary, domains: Sequence[Domain]) -> dict[str, Any]:
    """``cells``: a rate each, with its circuit where the domain has its own."""
    born = f"{date_short(one.birth_date)}, rang {one.birth_rank}".replace(" ", NBSP)
    until = f"jusqu’au {date_short(one.until)}" if one.until else ""
    return {
        "name": f"{one.last_name.upper()} {one.first_name}",
        "details": [born, *(f"n° {nir.shown}".replace(" ", NBSP) for nir in one.nirs), *filter(None, [until])],
        "cells": [[domain.shown, domain.conventions[0] if domain.conventions else ""] for domain in domains],
    }


def faces_of(rows: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """The beneficiaries of each face: a long name takes the room of others, so that each face keeps its block."""
    faces: list[list[dict[str, Any]]] = []
    room = 0
    for row in rows:
        needed = ceil(len(row["name"]) / NAME_LINE) + ceil(len(" · ".join(row["details"])) / DETAIL_LINE)
        if needed > room or len(faces[-1]) == ROWS_OF_A_CARD:
            faces.append([])
            room = LINES_OF_A_CARD
        faces[-1].append(row)
        room -= needed
    return faces


def _halves(rows: list[list[str]]) -> list[list[list[str]]]:
    """Two columns, read one after the other."""
    middle = (len(rows) + 1) // 2
    return [rows[:middle], rows[middle:]]
