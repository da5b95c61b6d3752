"""The terms of use: accepted in their words, and again when they change, with what changed (C19)."""

import pytest

from member_space.interfaces import IPasswordHasher
from member_space.models import Event, TermsAcceptance
from member_space.services.content import ContentPages
from member_space.services.terms import Terms, accept_terms, terms_to_accept
from member_space.services.tools import Origin
from tests.factories.household import PASSWORD, make_account, make_contract, make_person
from tests.functional.clock import clock_at
from tests.functional.helpers import known_browser, sign_in

PAGE = "/conditions/accord"
HEAD = "---\ntitle: Conditions d’utilisation\n---\n"


@pytest.fixture(autouse=True)
def clock(app):
    with clock_at(app, 2026, 11, 20) as clock:
        yield clock


@pytest.fixture
def nadia(db):
    person = make_person(db, "Nadia")
    make_contract(db, person)
    return make_account(db, person)


@pytest.fixture
def office(app, tmp_path):
    """The office's own terms; gives what writes them."""
    ours = app.app.registry.content
    app.app.registry.content = ContentPages(ours._default, tmp_path)
    (tmp_path / "fr").mkdir()

    def write(text):
        (tmp_path / "fr" / "conditions.md").write_text(HEAD + text, encoding="utf-8")

    yield write
    app.app.registry.content = ours


def accept(page):
    form = next(form for form in page.forms.values() if form.action == PAGE)
    form["terms"] = True
    return form.submit()


def test_only_what_changed_is_shown(app, db, nadia, office):
    office("Un.\n\nDeux.\n\nTrois.\n\nQuatre.")
    browser = sign_in(app, db, nadia)
    page = browser.get(PAGE)
    assert "Avant de continuer" in page
    assert accept(page).location == "http://localhost/?fait=conditions-acceptees"
    assert "Vous avez accepté" in browser.get(PAGE)
    office("Un.\n\nDeux et demi.\n\nQuatre.\n\nCinq.")
    page = browser.get(f"{PAGE}?next=/contrats")
    changes = [" ".join(one.get_text(" ").split()) for one in page.html.select("main section.card-box")]
    assert "20 novembre 2026" in page
    assert changes == ["Réécrit Avant : Deux. Maintenant : Deux et demi.", "Supprimé Trois.", "Nouveau Cinq."]
    assert accept(page).location == "http://localhost/contrats?fait=conditions-acceptees"
    assert db.query(TermsAcceptance).count() == db.query(Event).filter_by(kind="terms:accepted").count() == 2


def test_signing_in_shows_the_change_first_then_goes_where_one_was_going(app, db, nadia, office):
    nadia.password_hash = app.app.registry.getUtility(IPasswordHasher).hash(PASSWORD)
    known_browser(app, db, nadia)

    def enter():
        form = app.get("/connexion?next=/contrats").forms[0]
        form["email"], form["password"] = nadia.email, PASSWORD
        answer = form.submit()
        csrf = app.get("/contrats").html.find("input", {"name": "csrf_token"})["value"]
        return answer.location, csrf

    office("Un.")
    where, csrf = enter()
    assert where == "http://localhost/contrats"
    app.post(PAGE, {"csrf_token": csrf, "terms": "1"})
    app.post("/deconnexion", {"csrf_token": csrf})
    office("Un.\n\nDeux.")
    where, csrf = enter()
    assert where == "http://localhost/conditions/accord?next=%2Fcontrats"
    assert app.post(PAGE, {"csrf_token": csrf, "terms": "1", "next": "/contrats"}).location.startswith(
        "http://localhost/contrats?"
    )
    app.post("/deconnexion", {"csrf_token": csrf})
    assert enter()[0] == "http://localhost/contrats"


def test_unticked_is_refused_and_says_why(app, db, nadia):
    form = next(form for form in sign_in(app, db, nadia).get(PAGE).forms.values() if form.action == PAGE)
    refused = form.submit(status=422)
    assert "Cochez la case" in refused.html.select_one(".error-summary").get_text()
    assert db.query(TermsAcceptance).count() == 0


def test_two_tabs_accept_once(app, db, nadia):
    browser = sign_in(app, db, nadia)
    first, second = browser.get(PAGE), browser.get(PAGE)
    assert accept(first).status_int == accept(second).status_int == 303
    assert db.query(TermsAcceptance).count() == 1


def test_laid_out_again_there_is_nothing_to_read_but_the_words_are_kept(db, nadia, clock):
    now = clock.now()
    accept_terms(db, nadia.id, nadia.person_id, Terms("## Un\n\nDeux   trois."), Origin("192.0.2.1"), now)
    assert terms_to_accept(db, nadia.id, Terms("## Un\n\nDeux   trois.")) is None
    waiting = terms_to_accept(db, nadia.id, Terms("# Un\n\nDeux\ntrois."))
    assert waiting.changes == ()
    assert waiting.accepted_on == now


def test_an_elsewhere_is_not_gone_to(app, db, nadia):
    page = sign_in(app, db, nadia).get(f"{PAGE}?next=//evil.example")
    assert accept(page).location == "http://localhost/?fait=conditions-acceptees"


def test_the_page_of_the_terms_is_for_everybody(app):
    assert "Un espace, une personne" in app.get("/conditions")
