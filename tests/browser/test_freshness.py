"""What somebody else writes reaches pages that stay open, without a reload: both ways, and never in a hidden tab."""

from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from member_space.domain.request import Act
from member_space.models import Contract
from member_space.services import request as requests
from member_space.services.request import Actor
from member_space.services.tools import Tools
from tests.factories.household import make_account, make_contract, make_person
from tests.factories.request import MEMBER, answer, make_request
from tests.log_guard import note

pytestmark = pytest.mark.chromium
FIVE_SECONDS = 5_000
FRESH = "**/fraicheur*"
HIDE = """hidden => {
    Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
}"""


@pytest.fixture
def written(served):
    """A transaction of somebody else's: `with written() as (db, tools)` is committed."""

    @contextmanager
    def elsewhere():
        registry = served.app.registry
        with registry.session_factory.begin() as db:
            yield db, Tools(registry.member_space, registry.getUtility)

    return elsewhere


@pytest.fixture
def sent(written):
    """A request of a member whom no other test knows, and her account."""
    with written() as (db, tools):
        person = make_person(db, "Maud", last_name="Lenoir")
        account, contract = make_account(db, person), make_contract(db, person)
        return make_request(db, tools, account, contract), account


@pytest.fixture
def opened(visitor, served, sent):
    """A page of hers, whose clock the test moves."""

    def at(path):
        context = visitor(None)
        cookie = served.session_of(sent[1], proved=False)
        note(cookie["value"])
        context.add_cookies([cookie])
        page = context.new_page()
        page.clock.install()
        page.goto(path)
        return page

    return at


def colleague_answers(served, written, row, words="Voici pourquoi."):
    with written() as (db, tools):
        answer(db, tools, db.merge(row), served.accounts["handler"], words)


def says(page):
    return page.locator("[data-fresh-link]")


def asked(page):
    """The status of the next ask, made by itself."""
    with page.expect_response(FRESH) as answered:
        page.clock.run_for(FIVE_SECONDS)
    return answered.value.status


def test_an_answer_shows_on_the_page_of_a_request_which_does_not_move(served, written, opened, sent):
    row, _account = sent
    page = opened(f"/demandes/{row.public_id}")
    text = page.get_by_label("Votre réponse")
    text.scroll_into_view_if_needed()
    with page.expect_response("**/brouillons"):
        text.fill("Un mot encore, avant votre réponse.")
        page.clock.run_for(FIVE_SECONDS)
    expect(says(page)).to_be_hidden()
    place = text.bounding_box()

    colleague_answers(served, written, row, "La participation forfaitaire n’est jamais remboursée.")
    page.clock.run_for(FIVE_SECONDS)
    expect(says(page)).to_have_text("Du nouveau sur cette demande")
    assert text.bounding_box() == place
    assert text.evaluate("e => document.activeElement === e")

    says(page).click()
    expect(page.get_by_text("La participation forfaitaire n’est jamais remboursée.")).to_be_visible()
    expect(page.get_by_label("Votre réponse")).to_have_value("Un mot encore, avant votre réponse.")
    expect(says(page)).to_be_hidden()
    assert asked(page) == 200
    expect(says(page)).to_be_hidden()


def test_an_answer_shows_on_the_list_of_what_was_sent(served, written, opened, sent):
    page = opened("/messages")
    colleague_answers(served, written, sent[0])
    page.clock.run_for(FIVE_SECONDS)
    expect(says(page)).to_have_text("1 demande a du nouveau")
    expect(page.get_by_text("1 nouveau message")).to_have_count(0)
    says(page).click()
    expect(page.get_by_text("1 nouveau message")).to_be_visible()


def test_the_page_of_a_request_says_nothing_of_another(served, written, opened, sent):
    row, account = sent
    with written() as (db, tools):
        other = make_request(db, tools, account, db.get_one(Contract, row.contract_id))
    page = opened(f"/demandes/{row.public_id}")
    colleague_answers(served, written, other)
    assert asked(page) == 200
    assert asked(page) == 304
    expect(says(page)).to_be_hidden()


def test_a_word_of_a_member_shows_on_the_open_list_of_a_handler(served, visitor, written, sent):
    row, account = sent
    desk = visitor("handler", viewport={"width": 1280, "height": 800}).new_page()
    desk.clock.install()
    desk.goto("/bureau/demandes")
    table = desk.locator("main table").first
    place = table.bounding_box()
    with written() as (db, tools):
        requests.say(db, tools, db.merge(row), Actor(MEMBER, account.id), "J’ajoute ceci.")
    desk.clock.run_for(FIVE_SECONDS)
    expect(says(desk)).to_have_text("1 demande a du nouveau")
    assert table.bounding_box() == place
    says(desk).click()
    expect(desk.locator("h1")).to_have_text("Demandes")
    expect(says(desk)).to_be_hidden()


def test_what_is_given_to_a_handler_shows_on_his_open_list_once(served, visitor, written, sent):
    """It came a moment ago as well: told as his, not twice."""
    desk = visitor("handler", viewport={"width": 1280, "height": 800}).new_page()
    desk.clock.install()
    desk.goto("/bureau/demandes")
    with written() as (db, tools):
        person = make_person(db, "Iris", last_name="Lenoir")
        row = make_request(db, tools, make_account(db, person), make_contract(db, person))
        requests.move(db, tools, row, Act.ASSIGN, requests.SYSTEM, handler_id=served.accounts["handler"].id)
    desk.clock.run_for(FIVE_SECONDS)
    expect(says(desk)).to_have_text("1 demande vous attend")
    says(desk).click()
    expect(desk.get_by_role("navigation", name="Listes")).to_be_visible()
    expect(says(desk)).to_be_hidden()
    desk.get_by_role("link", name="À moi").click()
    expect(desk.get_by_role("row").filter(has_text="Iris Lenoir")).to_be_visible()


def test_nothing_new_is_told_in_few_bytes_and_a_hidden_tab_does_not_ask(served, written, opened, sent):
    page = opened("/messages")
    assert asked(page) == 200
    assert asked(page) == 304
    page.evaluate(HIDE, True)
    asks = []
    page.on("request", lambda request: asks.append(request.url) if "fraicheur" in request.url else None)
    colleague_answers(served, written, sent[0])
    page.clock.run_for(60_000)
    assert asks == []
    expect(says(page)).to_be_hidden()
    with page.expect_response(FRESH) as answered:
        page.evaluate(HIDE, False)
    assert answered.value.status == 200
    expect(says(page)).to_have_text("1 demande a du nouveau")
