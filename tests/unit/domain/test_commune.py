"""What a postcode and the name of a town say of each other, with the table of the product."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import member_space.domain
from member_space.domain.commune import Communes, Place, read_communes, town_key

TABLE = Path(member_space.domain.__file__).parents[1] / "reference" / "communes.csv"
with TABLE.open(encoding="utf-8", newline="") as lines:
    ALL = list(read_communes(lines))
COMMUNES = Communes(ALL)
SPELLINGS = {
    "capitals": str.upper,
    "no capital": str.lower,
    "no hyphen": lambda name: name.replace("-", " "),
    "no space at all": lambda name: name.replace("-", "").replace(" ", ""),
    "typographic": lambda name: name.replace("'", "’").replace("oe", "œ"),
    "St": lambda name: name.replace("Sainte-", "Ste-").replace("Saint-", "St-"),
    "ST.": lambda name: name.upper().replace("SAINTE-", "STE. ").replace("SAINT-", "ST. "),
    "S/": lambda name: name.replace("-sur-", " s/ "),
    "around": lambda name: f"  {name}\t",
}


def test_the_table_covers_the_whole_country():
    whole = [one for one in ALL if not one.within]
    assert len(whole) == 34_964
    assert len({code for one in whole for code in one.postcodes}) == 6_310
    assert all(len(code) == 5 and code.isdecimal() for one in ALL for code in one.postcodes)
    assert all(one.postcodes and one.name for one in ALL)
    assert len({one.insee[:2] for one in whole}) == 96 + 2  # 2A and 2B are two; overseas begins with 97 or 98
    codes = {one.insee for one in whole}
    assert all(one.within in codes for one in ALL if one.within)


def test_where_they_are_is_known_of_nearly_all():
    whole = [one for one in ALL if not one.within]
    known = [one for one in whole if one.point]
    assert len(known) == 34_271
    assert sum(one.population for one in known) / sum(one.population for one in whole) > 0.994
    assert all(one.point.is_on_earth for one in known)
    # Metropolitan France lies there, and nothing of it elsewhere.
    home = [one.point for one in known if not one.insee.startswith(("97", "98"))]
    assert all(41 < point.latitude < 51.2 and -5.3 < point.longitude < 9.7 for point in home)


@given(st.sampled_from(ALL))
def test_every_address_has_a_place(commune):
    found = COMMUNES.locate(commune.insee, commune.postcodes[0])
    assert found
    assert found.exact or not commune.point
    assert not commune.point or found.point == commune.point


@pytest.mark.parametrize(
    ("insee", "postcode", "exact", "near"),
    [
        ("75056", "75001", True, (48.86, 2.35)),
        ("13203", "13003", True, (43.3, 5.37)),  # an arrondissement of which nothing is known: Marseille
        ("", "75011", False, (48.86, 2.37)),
        ("99999", "2A004", False, None),
        ("39002", "39600", False, (46.9, 5.77)),  # a village of which nothing is known: the town of its postcode
        ("", "", False, None),
    ],
)
def test_where_an_address_is_when_less_is_known(insee, postcode, exact, near):
    found = COMMUNES.locate(insee, postcode)
    assert (found is None) is (near is None)
    if found:
        assert found.exact is exact
        assert found.point == pytest.approx(near, abs=0.1)


def test_the_communes_of_a_name():
    assert [one.insee for one in COMMUNES.named("saint denis")][:2] == ["97411", "93066"]
    assert len(COMMUNES.named("Saint-Aubin")) == 10
    assert COMMUNES.named("nulle part") == []
    assert [one.name for one in COMMUNES.of("69001")] == ["Lyon", "Lyon 1er Arrondissement"]
    assert COMMUNES.get("2A004").name == "Ajaccio"
    assert COMMUNES.get("99999") is None


@pytest.mark.parametrize(
    ("insee", "postcode", "closer"),
    [
        ("75056", "75011", "75111"),
        ("75056", "75116", "75116"),
        ("69123", "69003", "69383"),
        ("13055", "13001", "13201"),
        ("75111", "75011", "75111"),
        ("74010", "74940", "74010"),
        ("01004", "01500", "01004"),
        ("75056", "99999", "75056"),
    ],
)
def test_an_arrondissement_is_closer_than_its_city(insee, postcode, closer):
    assert COMMUNES.closer(COMMUNES.get(insee), postcode).insee == closer


@given(st.sampled_from(ALL), st.sampled_from(sorted(SPELLINGS)), st.data())
def test_a_commune_is_known_at_its_postcodes_however_it_is_spelt(commune, spelling, data):
    typed = SPELLINGS[spelling](commune.name)
    assert town_key(typed) == town_key(commune.name)
    assert COMMUNES.doubt(data.draw(st.sampled_from(commune.postcodes)), typed) is None


@given(
    st.sampled_from([one for one in ALL if not one.within]), st.text("0123456789", min_size=5, max_size=5), st.text()
)
def test_what_is_corrected_is_doubted_no_more(commune, postcode, town):
    for doubt in (COMMUNES.doubt(postcode, commune.name), COMMUNES.doubt(commune.postcodes[0], town)):
        if doubt:
            assert len(doubt.corrections) <= 6
            assert all(COMMUNES.doubt(*place) is None for place in doubt.corrections)


@given(st.text(), st.text())
def test_any_text_has_an_answer(postcode, town):
    COMMUNES.towns(postcode)
    COMMUNES.doubt(postcode, town)


@pytest.mark.parametrize(
    ("postcode", "town"),
    [
        ("75011", "Paris"),
        ("75011", "PARIS 11"),
        ("75011", "Paris 11ème"),
        ("75011", "Paris 11e arrondissement"),
        ("75116", "Paris 16"),
        ("69001", "Lyon 01"),
        ("13001", "Marseille 1er"),
        ("72000", "Mans"),
        ("97133", "St Barthélemy"),
        ("97500", "st pierre"),
        ("98714", "PAPEETE"),
        ("98800", "Noumea"),
        # A commune that became a part of another one.
        ("74940", "Annecy-le-Vieux"),
        # Of no commune, and taken as they are: CEDEX, Monaco, the armies.
        ("75901", "Paris CEDEX 15"),
        ("69001", "LYON cedex 01"),
        ("98000", "Monaco"),
        ("00100", "Armées"),
    ],
)
def test_what_goes_together(postcode, town):
    assert COMMUNES.doubt(postcode, town) is None


@pytest.mark.parametrize(
    ("postcode", "town", "corrections"),
    [
        ("69001", "Villeurbanne", [("69001", "Lyon"), ("69100", "Villeurbanne")]),
        ("75011", "Paris 12", [("75011", "Paris"), ("75012", "Paris 12e Arrondissement")]),
        # A slip, among thirteen communes of one postcode.
        ("10190", "Dierey st julien", [("10190", "Dierrey-Saint-Julien")]),
        # Nothing like any of the thirteen, nor elsewhere.
        ("10190", "Nulle-Part", []),
        # A postcode that is none: where the town is.
        ("69010", "Villeurbanne", [("69100", "Villeurbanne")]),
        # Paris has too many to be guessed.
        ("75099", "Paris", []),
        # There are several Saint-Denis: the one of the département that was typed.
        ("97401", "Saint-Denis", [("97400", "Saint-Denis"), ("97417", "Saint-Denis"), ("97490", "Saint-Denis")]),
    ],
)
def test_what_may_have_been_meant(postcode, town, corrections):
    doubt = COMMUNES.doubt(postcode, town)
    assert doubt.typed == Place(postcode, town)
    assert doubt.corrections == corrections


def test_the_towns_of_a_postcode_are_offered_without_their_parts_the_largest_first():
    assert COMMUNES.towns("75011") == ["Paris"]
    assert COMMUNES.towns("10190")[:2] == ["Aix-Villemaur-Pâlis", "Estissac"]
    assert COMMUNES.towns("74940") == ["Annecy"]
    assert COMMUNES.towns("99999") == COMMUNES.towns("") == []


def test_a_table_with_other_columns_is_refused():
    with pytest.raises(ValueError, match="the columns of the communes"):
        list(read_communes(["code;name"]))
