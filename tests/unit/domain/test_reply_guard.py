"""What is asked about once more before a member reads it, and what is not (R27)."""

import pytest

from member_space.domain.reply_guard import Doubt, Found, doubts_of
from member_space.views.office.guard_words import DOUBTS

NIR = "1 85 05 78 006 084 91"
IBAN = "FR76 3000 6000 0112 3456 7890 189"


def blank(words):
    return [Found(Doubt.BLANK, words)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Bonjour [NOM], merci.", blank("[NOM]")),
        ("Soin du [DATE DE SOIN].", blank("[DATE DE SOIN]")),
        ("Bonjour <PRÉNOM>,", blank("<PRÉNOM>")),
        ("Il vous restera XXX €.", blank("XXX")),
        ("Il vous restera xxxx €.", blank("xxxx")),
        ("TODO vérifier le plafond", blank("TODO")),
        ("Reste : ____ €", blank("____")),
        ("Montant [à compléter]", blank("[à compléter]")),
        ("Montant (À préciser)", blank("(À préciser)")),
        ("Montant :\u00a0à compléter.\nMerci.", blank("à compléter")),
        ("à compléter\nMerci", blank("à compléter")),
        ("@Hugo tu confirmes ?", [Found(Doubt.MENTION, "@Hugo")]),
        ("Merci (@élodie-marie)", [Found(Doubt.MENTION, "@élodie-marie")]),
        ("Note interne : déjà vu deux fois", [Found(Doubt.INNER, "Note interne")]),
        ("Ne pas transmettre à l’adhérent.", [Found(Doubt.INNER, "Ne pas transmettre à l’adhérent")]),
        (f"Votre numéro {NIR} est le bon.", [Found(Doubt.NIR)]),
        (f"Votre numéro {NIR.replace(' ', '')}.", [Found(Doubt.NIR)]),
        (f"Sur le compte {IBAN} dès lundi.", [Found(Doubt.IBAN)]),
        (f"Sur le compte {IBAN.replace(' ', '').lower()}.", [Found(Doubt.IBAN)]),
        ("Sur le compte BE68 5390 0754 7034 pour ce mois.", [Found(Doubt.IBAN)]),
        (
            "[NOM] XXX [NOM] @Hugo",
            [Found(Doubt.BLANK, "[NOM]"), Found(Doubt.BLANK, "XXX"), Found(Doubt.MENTION, "@Hugo")],
        ),
        # What an answer may well say.
        ("Vous trouverez un formulaire à compléter et à nous renvoyer.", []),
        ("Il reste une ligne à compléter : votre adresse.", []),
        ("Écrivez à gestion@example.org ou à demandes+sante@example.org", []),
        ("Vos lunettes [monture et verres] sont couvertes à 100 %.", []),
        ("Article L. 871-1 du code ; prix < 40 € et base > 30 €.", []),
        ("Appelez le 01 99 00 97 80, demande 2026-000086-V.", []),
        # A key that is wrong: a reference of the same shape.
        ("Dossier 1 85 05 78 006 084 92", []),
        ("Référence FR7630006000011234567890188", []),
        ("", []),
    ],
)
def test_only_what_is_sure_is_asked_about(text, found):
    assert doubts_of(text) == found


def test_each_doubt_has_its_words():
    assert set(DOUBTS) == set(Doubt)
