"""What is nobody's: the directory, the tariffs and the common questions, with the token of a client alone."""

from datetime import date

import pytest

from member_space.domain.request import RequestKind
from member_space.services.catalogue import catalogue_of
from member_space.services.faq_file import load_faq
from member_space.services.reference import load_reference
from tests.functional.clock import clock_at
from tests.functional.practitioners import add_practice


@pytest.fixture(autouse=True)
def clock(app):
    with clock_at(app, 2026, 11, 20) as clock:
        yield clock


@pytest.fixture
def ask(app, in_its_own_name):
    def get(path, query, status=200):
        return app.get(f"/api/v1{path}", query, headers=in_its_own_name, status=status).json

    return get


def test_practitioners_around_a_place(db, ask):
    practice = add_practice(db, last_name="Valmont", first_name="Élise")
    db.commit()
    found = ask("/practitioners", {"speciality": "généraliste", "place": "69003"})
    [one] = found["practitioners"]
    assert (one["id"], one["name"], one["sector"]) == (str(practice.public_id), "Dr Élise Valmont", "1")
    assert one["speciality"]["code"] == "gp"
    assert one["url"].endswith(f"/professionnels-de-sante/{practice.public_id}")
    assert found["page"] == {"next": None}


def test_pages_of_the_directory_follow_each_other(db, ask):
    for _n in range(22):
        add_practice(db)
    db.commit()
    query = {"speciality": "gp", "place": "69003", "radius": "5"}
    first = ask("/practitioners", query)
    rest = ask("/practitioners", query | {"cursor": first["page"]["next"]})
    assert len({one["id"] for page in (first, rest) for one in page["practitioners"]}) == 22
    # In the order of their names in the address: several of one name.
    assert ask("/practitioners", query | {"sector": "2"})["practitioners"] == []


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ({"speciality": "psy", "place": "69003"}, "speciality"),
        ({"speciality": "plombier", "place": "69003"}, "speciality"),
        ({"speciality": "gp", "place": "Saint-Denis"}, "place"),
        ({"speciality": "gp", "place": "00000"}, "place"),
        ({"speciality": "gp", "place": "69003", "radius": "7"}, "radius"),
        ({"speciality": "gp", "place": "69003", "cursor": "x"}, "cursor"),
        ({"speciality": "gp"}, "place"),
    ],
)
def test_what_cannot_be_searched_is_told(ask, query, parameter):
    [error] = ask("/practitioners", query, status=422)["errors"]
    assert error["parameter"] == parameter
    if query["speciality"] == "psy" or query.get("place") == "Saint-Denis":
        assert len(error["choices"]) > 1


def test_the_figures_of_an_act_on_a_day_with_their_source(db, ask):
    load_reference(db)
    db.commit()
    [act] = ask("/rates", {"act": "G"})["acts"]
    figures = {(one["what"], one["condition"]): one for one in act["figures"]}
    assert (figures["base", ""]["value"], figures["base", ""]["unit"]) == ("30.00", "EUR")
    assert ("70.00", "percent") in {(one["value"], one["unit"]) for one in act["figures"]}
    assert all(one["source"] and one["from"] <= "2026-11-20" for one in act["figures"])
    [before] = ask("/rates", {"act": "G", "date": "2020-01-01"})["acts"]
    assert next(one["value"] for one in before["figures"] if one["what"] == "base") == "25.00"
    assert len(ask("/rates", {})["acts"]) > 50
    assert ask("/rates", {"act": "XYZ"}, status=422)["errors"][0]["parameter"] == "act"


def test_a_question_is_answered_with_its_source_and_its_day(db, ask):
    load_faq(db)
    db.commit()
    found = ask("/faq", {"q": "Comment obtenir ma carte de tiers payant ?"})
    first = found["answers"][0]
    assert first["family"] == "card"
    assert date.fromisoformat(first["as_of"])
    assert first["source"]
    assert all(link["url"].startswith("http://localhost/") for link in first["links"])
    refused = ask("/faq", {"q": "j’ai une douleur dans la poitrine et je respire mal"})
    assert (refused["refusal"], refused["answers"]) == ("emergency", [])
    assert ask("/faq", {}, status=422)["errors"][0]["parameter"] == "q"


def test_what_a_request_may_be_about_with_its_papers(ask, tools):
    found = ask("/topics", {})["topics"]
    assert {one["kind"] for one in found} == {"claim", "quote", "complaint", "message"}
    optics = next(one for one in found if one["code"] == "claim.optics")
    assert optics["label"] == "Optique"
    assert [one["required"] for one in optics["papers"]] == [True, True, False, False]
    messages = {one["code"] for one in ask("/topics", {"kind": "message"})["topics"]}
    assert messages == {topic.code for topic in catalogue_of(tools.settings).of_kind(RequestKind.MESSAGE)}
    assert ask("/topics", {"kind": "change"}, status=422)["errors"][0]["parameter"] == "kind"
