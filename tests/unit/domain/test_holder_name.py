"""The name on a bank account: as banks print it, as people type it."""

import pytest

from member_space.domain.holder_name import Named, names_somebody

PEOPLE = (
    Named("Hélène", ("Morel-Garçon", "Le Goff")),
    Named("Jean-Marc", ("D’Angelo",)),
    Named("ليلى", ("حداد",)),
    Named("Zoë 🌸", ("O'Brien",)),
)


@pytest.mark.parametrize(
    "holder",
    [
        "Hélène Morel-Garçon",
        "MME HELENE MOREL GARCON",
        "MOREL GARCON HELENE",
        "Morel Garçon H.",
        "Mme Le Goff Hélène",
        "M OU MME MOREL GARCON",
        "M. et Mme D'Angelo",
        "Mlle Helene Le Goff ou M Paul Autre",
        "D ANGELO JEAN MARC",
        "d’angelo jean",
        "M D'ANGELO J",
        "ليلى حداد",
        "zoe o’brien",
        "MADAME MOREL-GARÇON HÉLÈNE NÉE LE GOFF",
    ],
)
def test_it_is_one_of_them(holder):
    assert names_somebody(holder, PEOPLE)


@pytest.mark.parametrize(
    "holder",
    [
        "",
        "   ",
        "M ou Mme",
        "Hélène",
        "Morel",
        "Morel-Garçon",
        "Mme Morel-Garçon",
        "Paul Morel-Garçon",
        "M. et Mme Paul Autre",
        "H Le",
        "Jean-Marc Angelo",
        "SARL Horizon",
        "🌸",
        "-",
    ],
)
def test_it_is_none_of_them(holder):
    assert not names_somebody(holder, PEOPLE)


def test_nobody_is_nobody():
    assert not names_somebody("Hélène Morel", ())
    assert not names_somebody("H", (Named("", ("",)),))
