"""The file of card models: read, or refused with everything wrong in it (domain.card_model)."""

import tomllib
from datetime import date

import pytest

from member_space.domain.card_model import CardModelError, read_models

GOOD = """
[[model]]
code = "CONFORT"
label = "Confort"
starts_on = 2026-01-01
phone_members = "01 99 00 97 80"
domain = [{ code = "PHAR", label = "Pharmacie", rate = 100 }, { code = "OPTI", label = "Optique", rate = "PEC" }]
"""


def read(text: str):
    return read_models(tomllib.loads(text))


def refusals(text: str) -> list[str]:
    with pytest.raises(CardModelError) as refused:
        read(text)
    return refused.value.reasons


def test_a_model_is_read_with_its_domains_in_the_order_of_the_file():
    (model,) = read(GOOD)
    assert (model.code, model.period.start, model.period.end) == ("CONFORT", date(2026, 1, 1), None)
    assert [(one.code, one.rank, one.rate) for one in model.domains] == [("PHAR", 1, 100), ("OPTI", 2, None)]
    assert (model.lines.member, model.lines.hospital) == ("01 99 00 97 80", None)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('code = "CONFORT"', 'code = "confort"', "modèle confort, code : lettres capitales"),
        ('code = "CONFORT"\n', "", "modèle n° 1, code : valeur absente"),
        ('code = "CONFORT"', f"code = 0x{'f' * 9_000}", "modèle n° 1, code : lettres capitales"),
        ('code = "PHAR"', f"code = 0x{'f' * 9_000}", "domaine n° 1, code : 4 lettres capitales"),
        ("starts_on = 2026-01-01", 'starts_on = "2026-01-01"', "modèle CONFORT, starts_on : date attendue"),
        ("starts_on = 2026-01-01", "starts_on = 2026-01-01\nends_on = 2025-01-01", "la fin précède le début"),
        ('"01 99 00 97 80"', '"appelez-nous"', "phone_members : numéro de téléphone"),
        ('phone_members = "01 99 00 97 80"', "", "phone_members : valeur absente"),
        ("rate = 100", "rate = 100.5", "domaine PHAR, rate : pourcentage entier"),
        ("rate = 100", "rate = true", "domaine PHAR, rate : pourcentage entier"),
        ("rate = 100", "rate = -1", "domaine PHAR, rate : pourcentage entier"),
        ('rate = "PEC"', 'rate = "pec"', "domaine OPTI, rate : pourcentage entier"),
        ('code = "OPTI"', 'code = "PHAR"', "domain : code PHAR en double"),
        ('code = "OPTI"', 'code = "OPTIQ"', "domaine OPTIQ, code : 4 lettres"),
        ("rate = 100", "rate = 100, rank = 2", "domain : rank 2 en double"),
        ("rate = 100", "rate = 100, taux = 2", "domaine PHAR, taux : clé inconnue"),
        ('label = "Confort"', 'label = "Confort"\ncouleur = "vert"', "couleur : clé inconnue"),
        ("[[model]]", "[[modele]]", "clé inconnue : modele"),
    ],
)
def test_each_fault_is_told_with_its_place(old, new, reason):
    assert any(reason in one for one in refusals(GOOD.replace(old, new)))


def test_all_faults_are_told_at_once():
    assert len(refusals(GOOD.replace("rate = 100", "rate = -1").replace('"PEC"', "1000"))) == 2


def test_a_model_has_one_version_a_day():
    later = GOOD.replace("starts_on = 2026-01-01", "starts_on = 2026-07-01")
    assert refusals(GOOD + later) == ["modèle CONFORT : deux versions le 01/07/2026"]
    ended = GOOD.replace("starts_on = 2026-01-01", "starts_on = 2026-01-01\nends_on = 2026-06-30")
    assert len(read(ended + later)) == 2


def test_a_card_holds_twelve_domains_at_most():
    many = ", ".join(f'{{ code = "A{chr(65 + n)}", label = "x", rate = 1 }}' for n in range(13))
    text = GOOD[: GOOD.index("domain =")] + f"domain = [{many}]"
    assert refusals(text) == ["modèle CONFORT, domain : de 1 à 12 domaines, par [[model.domain]]"]
