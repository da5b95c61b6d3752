"""Requests, answers to quotes and consents as the document says them, of what the member shows."""

from datetime import UTC, datetime

import pytest

from member_space.domain.decision import Line, Reason
from member_space.domain.quote import QuoteLine
from member_space.domain.request import Side
from member_space.models import Consent
from member_space.services.request import Actor, say
from member_space.services.request_decision import decide
from member_space.services.request_handling import Hand
from member_space.services.tools import Origin
from tests.factories.office import make_colleague, office_identity_of
from tests.factories.request import answer, make_draft, make_request, take
from tests.functional.clock import clock_at

CROWN = QuoteLine("crown", "Couronne céramique à tarif libre", 65_000)


@pytest.fixture(autouse=True)
def clock(app):
    with clock_at(app, 2026, 11, 20) as clock:
        yield clock


@pytest.fixture
def colleague(db):
    return make_colleague(db, "handler")


@pytest.fixture
def make(db, tools, family):
    """A request of Nadia's."""

    def made(*args, build=make_request, **facts):
        row = build(db, tools, family["account"], family["contract"], *args, **facts)
        db.commit()
        return row

    return made


def test_the_list_says_where_each_stands_and_names_no_colleague(db, tools, ask, app, headers, make, colleague):
    row = make()
    answer(db, tools, row, colleague, "Voici pourquoi.")
    db.commit()
    [found] = ask("/requests")["requests"]
    assert {name: found[name] for name in ("id", "number", "kind", "state", "outcome", "about", "unread")} == {
        "id": str(row.public_id),
        "number": row.number,
        "kind": "message",
        "state": row.state,
        "outcome": "answered",
        "about": None,
        "unread": 1,
    }
    assert (found["topic"]["code"], found["state_words"]) == ("message.amount", "Répondue")
    sheet = ask(f"/requests/{row.public_id}")
    assert [(one["side"], one["body"]) for one in sheet["messages"]] == [
        ("member", "Pourquoi ce montant ?"),
        ("office", "Voici pourquoi."),
    ]
    assert sheet["messages"][1]["from"] == app.app.registry.brand.name
    assert [step["code"] for step in sheet["steps"]] == ["sent", "in_review", "answer"]
    assert sheet["hand"] is None
    assert ask("/requests")["requests"][0]["unread"] == 1, "an assistant's reading is not its member's"


def test_what_is_about_somebody_who_was_not_ticked_is_unknown(app, ask, headers, family, make):
    about_spouse = make(person_id=family["spouse"].id)
    about_child = make(person_id=family["child"].id)
    assert [one["id"] for one in ask("/requests")["requests"]] == [str(about_child.public_id)]
    app.get(f"/api/v1/requests/{about_spouse.public_id}", headers=headers, status=404)


def test_who_does_not_show_himself_shows_no_request(db, app, ask, headers, family, grant, make):
    row = make()
    grant.person_ids = [family["child"].id]
    db.commit()
    assert ask("/requests")["requests"] == []
    assert ask("/consents")["consents"] == []
    assert ask("/me")["member"] is None
    app.get(f"/api/v1/requests/{row.public_id}", headers=headers, status=404)


def test_a_draft_is_resumed_in_the_space(ask, make):
    row = make(build=make_draft)
    assert ask("/requests")["requests"] == []
    sheet = ask(f"/requests/{row.public_id}")
    assert (sheet["request"]["state"], sheet["request"]["number"], sheet["steps"]) == ("draft", None, [])
    assert [one["label"] for one in sheet["next_actions"]] == ["Reprendre le brouillon"]


def test_lists_and_threads_are_read_page_by_page(db, tools, ask, make):
    rows = [make(build=make_request) for _n in range(23)]
    first = ask("/requests", {"kind": "message", "open": "true"})
    rest = ask("/requests", {"kind": "message", "open": "true", "cursor": first["page"]["next"]})
    ids = [one["id"] for page in (first, rest) for one in page["requests"]]
    assert sorted(ids) == sorted(str(row.public_id) for row in rows)
    assert ask("/requests", {"open": "false"})["requests"] == []
    for n in range(55):
        say(db, tools, rows[0], Actor(Side.MEMBER, rows[0].author_account_id), f"Mot {n}")
    db.commit()
    sheet = ask(f"/requests/{rows[0].public_id}")
    before = ask(f"/requests/{rows[0].public_id}", {"cursor": sheet["page"]["next"]})
    assert [len(one["messages"]) for one in (sheet, before)] == [50, 6]


def test_the_answer_to_a_quote_line_by_line(db, tools, app, ask, headers, family, make, colleague):
    row = make("quote", "quote.dental", person_id=family["holder"].id)
    app.get(f"/api/v1/quotes/{row.public_id}/answer", headers=headers, status=404)
    take(db, tools, row, colleague)
    hand = Hand(office_identity_of(colleague), row, row.version, Origin())
    decide(db, tools, hand, [Line("Couronne", 65_000, 30_000, Reason.CONTRACT_RATE, amo=7_200, quoted=CROWN)], "Voici.")
    db.commit()
    found = ask(f"/quotes/{row.public_id}/answer")
    [line] = found["lines"]
    amounts = {name: line[name]["amount"] for name in ("price", "health_fund", "our_share", "left_to_pay")}
    assert amounts == {"price": "650.00", "health_fund": "72.00", "our_share": "300.00", "left_to_pay": "278.00"}
    assert (line["reason"], line["left_is_at_most"]) == ("contract_rate", False)
    assert line["reason_words"]
    assert line["next_step"]
    assert (found["outcome"], found["answered_on"], found["valid_until"]) == ("partial", "2026-11-20", "2027-02-18")
    assert found["total"]["left_to_pay"] == {"amount": "278.00", "currency": "EUR"}


def test_consents_have_the_words_they_were_given_to(db, ask, family):
    at = datetime(2026, 11, 2, 9, tzinfo=UTC)
    db.add(Consent(person_id=family["holder"].id, purpose="sms_contact", granted=True, wording="Oui ?", answered_at=at))
    db.commit()
    first, *others = ask("/consents")["consents"]
    assert first == {
        "purpose": "sms_contact",
        "granted": True,
        "question": "Oui ?",
        "answered_at": "2026-11-02T09:00:00Z",
    }
    assert {one["granted"] for one in others} == {None}
