"""What is asked about once more before a member reads it, and what is not (R27)."""

import pytest

from member_space.domain.reply_guard import Doubt, Found, Other, doubts_of, others_in
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


JEAN = Other("Jean-Éloi", ("d’Arcy", "Œdipe"), ("+33612345678",), ("HS-400001", "12345"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Le dossier de Jean-Éloi d’Arcy est clos.", [Found(Doubt.OTHER_NAME, "Jean-Éloi d’Arcy")]),
        ("Pour M. D'ARCY Jean Eloi :", [Found(Doubt.OTHER_NAME, "Jean-Éloi d’Arcy")]),
        ("Née jean eloi oedipe", [Found(Doubt.OTHER_NAME, "Jean-Éloi Œdipe")]),
        ("Adhérent hs 400001.", [Found(Doubt.OTHER_NUMBER, "HS-400001")]),
        ("Appelé au 06 12 34 56 78 hier.", [Found(Doubt.OTHER_PHONE)]),
        ("Appelé au +33 6.12.34.56.78", [Found(Doubt.OTHER_PHONE)]),
        ("Appelé au 0033612345678", [Found(Doubt.OTHER_PHONE)]),
        # A word like another, or another person.
        ("Jean-Éloi, votre fils", []),
        ("La rue d’Arcy", []),
        ("Jean-Éloi et Marie d’Arcy", []),
        ("Jean-Éloi Darcy", []),
        ("Il vous reste 12345 points", []),
        ("Appelez le 01 99 00 97 80, dossier 612345678901234567.", []),
        ("", []),
    ],
)
def test_somebody_else_is_asked_about_when_he_is_named_in_full(text, found):
    assert others_in(text, [JEAN]) == found


def test_what_the_household_is_called_or_wrote_itself_is_no_doubt():
    text = "Jean-Éloi d’Arcy, au 06 12 34 56 78, HS-400001"
    assert len(others_in(text, [JEAN])) == 3
    assert others_in(text, [JEAN], ["J’ai vu jean eloi d'arcy (hs400001)", "+33612345678"]) == [
        Found(Doubt.OTHER_NUMBER, "HS-400001")
    ]
    assert others_in(text, [JEAN], ["Mon fils Jean-Éloi", "d’Arcy"])[0].doubt is Doubt.OTHER_NAME


def test_somebody_without_a_name_is_never_found():
    assert others_in("Bonjour, voici.", [Other("", ("",)), Other("Bonjour", ())]) == []
