"""What is new reaches open pages: 304 when nothing is, told whatever the order of commits, no sign of life."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from member_space.domain.request import Act
from member_space.models import Message, WebSession
from member_space.services import request as requests
from member_space.services.freshness import news_of_office
from member_space.services.office_request import Kept
from member_space.services.request import SYSTEM, Actor
from member_space.services.request_handling import Hand, give
from tests.factories.office import office_identity_of
from tests.factories.request import MEMBER, OFFICE, make_request, take
from tests.functional.clock import counted_statements
from tests.functional.helpers import HERE, sign_in
from tests.functional.office.desk import LIST, page
from tests.log_guard import Browser

FRESH = f"{LIST}/fraicheur"
OF_MEMBER = "/messages/fraicheur"


def ask(browser, tag=None, path=FRESH):
    return browser.get(path, headers={"If-None-Match": tag} if tag else {})


def known(page):
    return page.html.select_one("[data-fresh]")["data-known"].split()


def test_nothing_new_is_304_and_something_is_told(desk, db, tools, member, sent):
    first = ask(desk)
    assert ask(desk, first.headers["ETag"]).status_int == 304
    twin = make_request(db, tools, *member)
    db.commit()
    second = ask(desk, first.headers["ETag"])
    assert second.status_int == 200
    assert f"s{twin.id}" in set(second.json["tokens"]) - set(first.json["tokens"])
    assert second.headers["Cache-Control"] == "no-store"


def test_what_a_colleague_does_is_no_news(desk, db, tools, sent, hugo):
    tag = ask(desk).headers["ETag"]
    take(db, tools, sent, hugo)
    requests.say(db, tools, sent, Actor(OFFICE, hugo.id), "Je regarde.")
    db.commit()
    assert ask(desk, tag).status_int == 304


def test_what_comes_back_by_its_time_is_told(desk, db, tools, sent, claire):
    """Papers that a member added and never sent leave by themselves; what was put aside wakes."""
    take(db, tools, sent, claire)
    before = ask(desk)
    for act, back in ((Act.ASK_PIECE, Act.PROVIDE), (Act.HOLD, Act.WAKE)):
        requests.move(db, tools, sent, act, Actor(OFFICE, claire.id))
        db.commit()
        assert ask(desk, before.headers["ETag"]).status_int == 304
        requests.move(db, tools, sent, back, SYSTEM)
        db.commit()
        after = ask(desk, before.headers["ETag"])
        [token] = set(after.json["tokens"]) - set(before.json["tokens"])
        assert token.startswith(f"u{sent.id}-t")
        take(db, tools, sent, claire)
        before = ask(desk)


def test_an_answer_of_a_member_is_told(desk, db, tools, sent, member):
    first = ask(desk)
    requests.say(db, tools, sent, Actor(MEMBER, member[0].id), "Encore un mot.")
    db.commit()
    [token] = set(ask(desk, first.headers["ETag"]).json["tokens"]) - set(first.json["tokens"])
    assert token.startswith(f"u{sent.id}-m")


def test_what_is_given_to_him_is_told_until_he_takes_it(desk, other_desk, db, tools, sent, claire):
    first, others = ask(desk), ask(other_desk)
    requests.move(db, tools, sent, Act.ASSIGN, requests.SYSTEM, handler_id=claire.id)
    db.commit()
    second = ask(desk, first.headers["ETag"])
    assert set(second.json["tokens"]) - set(first.json["tokens"]) == {f"g{sent.id}"}
    assert ask(other_desk, others.headers["ETag"]).status_int == 304
    assert known(desk.get(LIST)) == second.json["tokens"]
    take(db, tools, sent, claire)
    db.commit()
    assert ask(desk).json == first.json


def test_a_lower_number_that_is_committed_later_is_told(db, tools, sent, member):
    """Numbers are drawn before the commit: the highest one alone would not move."""
    before = news_of_office(db, tools, Kept(), 0)
    lower = db.scalar(select(Message.id).where(Message.request_id == sent.id)) - 10_000
    of = {"request_id": sent.id, "contract_id": sent.contract_id, "author_person_id": sent.author_person_id}
    db.add(Message(id=lower, side="member", account_id=member[0].id, body="Lent", sent_at=tools.now(), **of))
    db.flush()
    assert news_of_office(db, tools, Kept(), 0).tag != before.tag


def test_the_news_are_those_of_the_list(desk, db, tools, member, sent):
    path = f"{FRESH}?genre=quote"
    tag = ask(desk, path=path).headers["ETag"]
    make_request(db, tools, *member)
    db.commit()
    assert ask(desk, tag, path).status_int == 304
    make_request(db, tools, *member, kind="quote", topic="quote.optics")
    db.commit()
    assert ask(desk, tag, path).status_int == 200


def test_the_page_carries_what_it_shows(desk, sent):
    assert known(desk.get(LIST)) == ask(desk).json["tokens"]


def test_it_costs_one_statement(engine, db, tools, sent):
    with counted_statements(engine) as statements:
        news_of_office(db, tools, Kept(), 0)
    assert len(statements) == 1


@pytest.fixture
def at_home(wsgi_app, app, db, member):
    return sign_in(Browser(wsgi_app), db, member[0])


def test_a_member_is_told_what_moves_in_his_own(at_home, db, tools, sent, claire, clock):
    path = OF_MEMBER
    tag = ask(at_home, path=path).headers["ETag"]
    assert ask(at_home, tag, path).status_int == 304
    clock.at += timedelta(seconds=1)
    requests.move(db, tools, sent, Act.TAKE, Actor(OFFICE, claire.id), handler_id=claire.id)
    db.commit()
    assert ask(at_home, tag, path).status_int == 200


def test_who_has_it_among_colleagues_is_no_news_for_its_member(at_home, db, tools, member, sent, claire, hugo, clock):
    """Given to a colleague, or taken over by one: neither its place in his list nor the date that it shows moves."""
    take(db, tools, sent, claire)
    make_request(db, tools, *member)
    db.commit()
    before = at_home.get("/messages").html.select_one("main tbody").get_text(" ", strip=True)
    clock.at += timedelta(minutes=1)
    tag = ask(at_home, path=OF_MEMBER).headers["ETag"]
    given = Hand(office_identity_of(claire), sent, sent.version, HERE)
    give(db, tools, given, hugo.id)
    db.commit()
    assert ask(at_home, tag, OF_MEMBER).status_int == 304
    take(db, tools, sent, claire)
    db.commit()
    assert ask(at_home, tag, OF_MEMBER).status_int == 304
    assert at_home.get("/messages").html.select_one("main tbody").get_text(" ", strip=True) == before
    requests.say(db, tools, sent, Actor(OFFICE, claire.id), "Je regarde.")
    db.commit()
    assert ask(at_home, tag, OF_MEMBER).status_int == 200


def test_it_costs_a_member_one_statement_besides_his_session(engine, at_home, sent):
    with counted_statements(engine) as statements:
        ask(at_home, path=OF_MEMBER)
    assert len(statements) == 2
    assert "web_session" in statements[0]


def test_the_pages_of_a_member_carry_what_they_show(at_home, db, tools, member, sent):
    other = make_request(db, tools, *member)
    db.commit()
    tokens = ask(at_home, path=OF_MEMBER).json["tokens"]
    assert known(at_home.get("/messages?type=devis")) == tokens
    pages = {one: at_home.get(f"/demandes/{one.public_id}") for one in (sent, other)}
    assert sorted(known(one) for one in pages.values()) == sorted([token] for token in tokens)
    for one in pages.values():
        about = one.html.select_one("[data-fresh]")["data-of"]
        assert [token for token in tokens if token.startswith(about)] == known(one)


def test_a_page_left_open_does_not_keep_its_session_alive(desk, db, sent, clock):
    seen = db.scalar(select(WebSession.last_seen_at))
    clock.at += timedelta(minutes=5)
    ask(desk)
    desk.post(page(sent) + "/presence", {"csrf_token": desk.cookies["csrf"]})
    assert db.scalar(select(WebSession.last_seen_at)) == seen
    desk.get(LIST)
    db.expire_all()
    assert db.scalar(select(WebSession.last_seen_at)) > seen


def test_the_presence_tells_who_looks_and_the_version(desk, other_desk, sent):
    other_desk.get(page(sent))
    answer = desk.post(page(sent) + "/presence", {"csrf_token": desk.cookies["csrf"]})
    assert answer.json == {"version": sent.version, "words": "Hugo Roy regarde aussi cette demande."}
