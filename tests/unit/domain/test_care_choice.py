"""The cares of the simulator are found by the words of everyday life, and each can be told to the engine."""

from dataclasses import replace

import pytest

from member_space.domain.care_choice import choices_of, found_by_words
from member_space.domain.guarantee import Basket, FullCost
from member_space.domain.reimbursement_input import Glasses
from tests.unit.domain.engine import FIGURES, care, cover, line, result, table

ROWS = table("simulated_cares.csv")
CHOICES = choices_of(ROWS, FIGURES.acts.values())


def found(words: str, shown=lambda one: one.label) -> list[str]:
    return [one.code for one in found_by_words(words, CHOICES.values(), shown)]


def test_every_row_names_a_known_act_and_its_option_is_a_row_of_the_same_family():
    for row in ROWS:
        choice = CHOICES[row["code"]]
        if choice.beside:
            option = CHOICES[choice.beside]
            assert FIGURES.acts[option.act_code].family is FIGURES.acts[choice.act_code].family
            assert Basket.NO_REST in (option.basket, FIGURES.acts[option.act_code].basket)


@pytest.mark.parametrize("code", sorted({one.beside for one in CHOICES.values() if one.beside}))
def test_every_option_beside_is_computed_at_its_price_limit(code):
    choice = CHOICES[code]
    glasses = Glasses(choice.lenses, 3000, choice.basket, choice.basket) if choice.lenses else None
    asked = care(choice.act_code, 0, facts=choice.facts, basket=choice.basket, glasses=glasses)
    limit = FIGURES.rules_for(asked).price_limit
    under = cover(line(FullCost(), basket=Basket.NO_REST))
    assert result(replace(asked, fee=limit), under).amounts.member_share == 0


def test_every_care_whose_price_is_free_has_its_100_percent_sante_option_beside():
    without = {one.code for one in CHOICES.values() if one.basket is Basket.FREE and not one.beside}
    assert without == set()


def test_every_reference_act_can_be_chosen_but_those_that_only_modify_another():
    told = {one.act_code for one in CHOICES.values()}
    assert set(FIGURES.acts) - told == {"PAS"}


def test_two_labels_are_never_read_the_same():
    names = [one.label.casefold() for one in CHOICES.values() if one.code in {row["code"] for row in ROWS}]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("Consultation d’un généraliste", "gp"),
        ("consultation d'un generaliste", "gp"),
        ("OSTÉOPATHE", "osteopath"),
        ("kiné", "physiotherapist"),
        ("kines", "physiotherapist"),
        ("couronne libre", "crown"),
        ("lunettes classe A", "glasses_a"),
        ("détartrage", "scaling"),
        ("HBLD634", "crown_no_rest"),
        ("grain de beauté", "melanoma"),
    ],
)
def test_words_of_everyday_life_name_a_care(words, code):
    assert found(words)[0] == code


def test_words_that_several_cares_have_give_them_all_and_words_of_none_give_nothing():
    assert {"glasses_a", "glasses_simple", "glasses_complex"} <= set(found("lunettes"))
    assert found("téléportation") == found("") == found("  ") == found("’") == []


def test_the_label_of_the_readers_language_names_it_too():
    assert found("Dentist’s scaling", lambda one: "Dentist's scaling" if one.code == "scaling" else one.label) == [
        "scaling"
    ]
