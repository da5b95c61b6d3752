"""The sentences of the engine's steps."""

import re

import pytest

from member_space.domain.guarantee import CapPeriod
from member_space.domain.reimbursement_steps import Part, Rule, Step
from member_space.services.explanation_words import NOTICES, PARTS, PERIODS, SENTENCES, sentence, source
from member_space.services.line_replay import Verdict


def plain(words):
    """French, which is the msgid."""
    return words.interpolate()


def said(rule, article="", **values):
    return re.sub(r"[\u00a0\u202f]", " ", sentence(Step(rule, Part.OURS, 0, values, article), plain, "fr"))


def test_every_rule_part_period_and_reason_has_its_words():
    assert set(SENTENCES) | {Rule.ZERO} == set(Rule)
    assert set(PARTS) == set(Part)
    assert set(PERIODS) == set(CapPeriod)
    assert set(NOTICES) == set(Verdict) - {Verdict.SAME, Verdict.TOLD_BY_FUND}


def test_a_share_that_may_be_nothing_is_never_silent():
    nothing = (Rule.NOT_REFUNDED, Rule.NOT_CHARGED, Rule.COUNT_REACHED, Rule.ALL_DEDUCTED, Rule.NOTHING_LEFT)
    assert all(SENTENCES[rule].startswith("0 € parce que ") for rule in nothing)
    assert said(Rule.ZERO, reason="thermal_cure") == "0 € parce que : votre contrat ne prévoit pas les cures thermales."


@pytest.mark.parametrize(
    ("rule", "values", "words"),
    [
        (Rule.LUMP_SUM, {"label": "Ostéo", "unit": 3000, "quantity": 1}, "« Ostéo » : un forfait de 30,00 €."),
        (Rule.LUMP_SUM, {"label": "Ostéo", "unit": 3000, "quantity": 2}, "« Ostéo » : 30,00 €, 2 fois."),
        (Rule.CAP_COUNT, {"count": 4, "period": "civil_year"},
         "Le contrat paie 4 fois par année civile ; c’est déjà fait."),
        (Rule.OUT_OF_PATHWAY, {"rate": 3000, "usual": 7000},
         "Hors du parcours de soins, elle rembourse 30 % de cette base au lieu de 70 %."),
    ],
)  # fmt: skip
def test_values_are_shown_as_people_read_them(rule, values, words):
    assert said(rule, **values) == words


def test_a_rule_says_where_it_is_written():
    assert source(Step(Rule.PERCENT, Part.OURS, 0, {}, "2.1"), plain) == "Article 2.1 de votre contrat"
    assert source(Step(Rule.RATE, Part.FUND, 0, {}), plain) == "Code de la sécurité sociale, article R.\u00a0160-5"
    assert source(Step(Rule.FEE, Part.FEE, 0, {}), plain) is None


def test_no_sentence_holds_a_percent_sign_that_a_template_would_read():
    assert [words for words in SENTENCES.values() if "%" in words] == []
