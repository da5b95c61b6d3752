"""What a question names: amounts, days, numbers of requests, cares."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from member_space.domain.mention import Mention, families_of, mention_of

TODAY = date(2026, 6, 16)


@pytest.mark.parametrize(
    ("question", "amount"),
    [
        ("pourquoi 12,50 € ?", 1250),
        ("pk j'ai que 9 euros", 900),
        ("1 234,5€ de couronne", 123450),
        ("12€50 de pharmacie", 1250),
        ("why €30.20?", 3020),
        ("seulement 7,5 eur", 750),
        ("le 12 mars", None),
        ("75011 Paris", None),
        ("12,50 % de la base", None),
    ],
)
def test_amounts(question, amount):
    assert mention_of(question, TODAY).amount == amount


@pytest.mark.parametrize(
    ("question", "since", "until"),
    [
        ("mon soin du 3 mars", date(2026, 3, 3), date(2026, 3, 3)),
        ("le 1er avril 2025", date(2025, 4, 1), date(2025, 4, 1)),
        # Not to come: it is last year's.
        ("le 20 août", date(2025, 8, 20), date(2025, 8, 20)),
        ("consultation du 03/03/2026", date(2026, 3, 3), date(2026, 3, 3)),
        ("du 3/3/26", date(2026, 3, 3), date(2026, 3, 3)),
        ("hier chez le dentiste", date(2026, 6, 15), date(2026, 6, 15)),
        ("mes soins de février", date(2026, 2, 1), date(2026, 2, 28)),
        ("en décembre 2024", date(2024, 12, 1), date(2024, 12, 31)),
        ("le 31/02", None, None),
        ("mai c'est long", None, None),
        ("verres 12/13", None, None),
    ],
)
def test_days(question, since, until):
    found = mention_of(question, TODAY)
    assert (found.since, found.until) == (since, until)


@pytest.mark.parametrize(
    ("question", "number"),
    [
        ("où en est 000123-R", "000123-R"),
        ("REC-000123-R svp", "REC-000123-R"),
        ("ma demande 000123r", "000123r"),
        ("ma demande 000123 p svp", "000123 p"),
        ("mon numéro 123", None),
        # A letter that stands alone is a word, unless it is that of the number.
        ("mon 0612345679 a changé", None),
        ("le contrat 1234568 l’an dernier", None),
    ],
)
def test_numbers(question, number):
    assert mention_of(question, TODAY).number == number


@pytest.mark.parametrize(
    ("question", "families"),
    [
        ("mes lunettes", ("optics",)),
        ("le dentiste de Zoé", ("dental_care", "dental_prosthesis")),
        ("ma prise de sang", ("biology",)),
        ("où est mon remboursement", ()),
        ("le président", ()),
    ],
)
def test_cares(question, families):
    assert families_of(question) == families


@given(st.text(max_size=500))
def test_any_text_is_read(question):
    found = mention_of(question, TODAY)
    assert isinstance(found, Mention)
    assert (found.since is None) == (found.until is None)
    families_of(question)
