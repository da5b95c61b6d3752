"""Specialities as sources and members say them, with the table of the product."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import member_space.domain
from member_space.domain import speciality
from member_space.domain.speciality import COLUMNS, key_of, read_specialities

TABLE = Path(member_space.domain.__file__).parents[1] / "reference" / "specialities.csv"
ALL = read_specialities(TABLE.read_text("utf-8").splitlines())
CARES = {line.split(";")[0] for line in TABLE.with_name("simulated_cares.csv").read_text("utf-8").splitlines()[1:]}
WORDS = sorted({word for one in ALL for word in (one.label, one.heading, *one.ameli, *one.synonyms)})


def test_the_table_agrees_with_the_others():
    assert len(list(ALL)) == 52
    assert all(not one.care or one.care in CARES for one in ALL)
    codes = [code for one in ALL for code in one.rpps]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("dentiste", ["dentist"]),
        ("Dentistes", ["dentist"]),
        ("kiné", ["physiotherapist"]),
        ("KINE", ["physiotherapist"]),
        ("ophtalmo", ["ophthalmologist"]),
        ("l’ophtalmologue", ["ophthalmologist"]),
        ("gynéco", ["gynaecologist"]),
        ("dermato", ["dermatologist"]),
        ("radio", ["radiologist"]),
        ("labo", ["laboratory"]),
        ("psy", ["psychologist", "psychiatrist"]),
        ("une infirmière", ["nurse"]),
        ("pharmacienne", ["pharmacy"]),
        ("médecin traitant", ["gp"]),
        ("généraliste", ["gp"]),
        ("docteur", ["gp"]),
        ("médecin", ["gp"]),
        ("médecin pour enfants", ["paediatrician"]),
        ("médecin vasculaire", ["vascular"]),
        ("orl", ["ent"]),
        ("sage femme", ["midwife"]),
        # What begins so.
        ("kinés", ["physiotherapist"]),
        ("ophta", ["ophthalmologist"]),
        ("cardiol", ["cardiologist"]),
        # Among the words.
        ("dentiste pour enfants à Lyon", ["dentist", "paediatrician"]),
        # Slips of the finger.
        ("dantiste", ["dentist"]),
        ("opthalmo", ["ophthalmologist"]),
        ("ophtamologue", ["ophthalmologist"]),
        ("gynecolgue", ["gynaecologist"]),
        ("dermatalogue", ["dermatologist"]),
        ("kinesitherapute", ["physiotherapist"]),
        ("un bon dantiste svp", ["dentist"]),
        ("", []),
        ("   ", []),
        ("🦷", []),
        ("xyzzy plugh", []),
        ("'; drop table practice; --", []),
        ("d" * 200, []),
    ],
)
def test_what_members_type(typed, codes):
    assert [one.code for one in ALL.find(typed)] == codes


@given(st.sampled_from(WORDS), st.sampled_from([str.upper, str.lower, str.title, lambda word: f" {word}  "]))
def test_every_word_of_the_table_finds_its_own(word, spelling):
    owners = {one.code for one in ALL if word in (one.label, one.heading, *one.ameli, *one.synonyms)}
    assert owners <= {one.code for one in ALL.find(spelling(word))}


@given(st.text(max_size=120))
def test_any_text_has_an_answer(typed):
    found = ALL.find(typed)
    assert len({one.code for one in found}) == len(found)


@pytest.mark.parametrize(
    ("profession", "skill", "label", "code"),
    [
        ("10", "SM26", "", "gp"),
        ("10", "SM53", "", "gp"),
        ("10", "SM54", "Médecine Générale", "gp"),
        ("40", "", "", "dentist"),
        ("40", "SCD01", "Orthopédie dento-faciale", "orthodontist"),
        ("10", "SM999", "Ophtalmologie", "ophthalmologist"),
        ("60", "SI04", "Anesthésie", "nurse"),
        ("60", "SM999", "Ophtalmologie", "nurse"),
        ("99", "SM999", "Ophtalmologie", None),
        ("28", "", "", "optician"),
        ("10", "", "", None),
        ("10", "SM999", "Médecine spatiale", None),
        ("99", "", "", None),
    ],
)
def test_the_codes_of_the_rpps(profession, skill, label, code):
    found = ALL.of_rpps(profession, skill, label)
    assert (found and found.code) == code


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("Médecin généraliste", "gp"),
        ("MEDECIN GENERALISTE", "gp"),
        ("Chirurgien-dentiste", "dentist"),
        ("Psychiatre de l'enfant et de l'adolescent", "psychiatrist"),
        ("Oto-Rhino-Laryngologue (ORL) et chirurgien cervico-facial", "ent"),
        ("Fournisseur de matériel médical", None),
    ],
)
def test_the_labels_of_ameli(label, code):
    found = ALL.of_label(label)
    assert (found and found.code) == code


def test_two_spellings_have_one_key():
    assert key_of("Les Infirmières") == key_of("infirmier")
    assert key_of("du le la") == "du le la"


@pytest.mark.parametrize("rows", [["code;label"], [], [";".join(COLUMNS), "a;1;A;A;person;;;;", "b;1;B;B;person;;;;"]])
def test_another_table_is_refused(rows):
    with pytest.raises(ValueError, match="specialit"):
        read_specialities(rows)


@pytest.mark.parametrize("typed", ["\ufdfa" * 80, "\ufdfb" * 80, "abcd " * 16, "abcdefg" * 11, "\ufdfa" * 80 + "x"])
def test_whatever_is_typed_is_compared_with_few(monkeypatch, typed):
    """One character that stands for four words, eighty times: a tenth of a second of comparisons."""
    compared = []
    monkeypatch.setattr(speciality, "slips", lambda one, other, most: compared.append(one) or most + 1)
    assert ALL.find(typed) == []
    assert len(compared) < 20 * len(WORDS)
