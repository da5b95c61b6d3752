"""Signing in by a provider of identity, from the button to the home page, through a real provider."""

from contextlib import contextmanager
from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import func, select

from member_space.config import make_app
from member_space.domain.events import EventKind
from member_space.models import Account, Challenge, Event, Notification, OidcLink, Person, WebSession
from member_space.services.oidc import links_of, unlink
from tests.conftest import TEST_INI
from tests.factories.household import make_account, make_contract, make_person
from tests.functional.helpers import HERE, known_browser, last_secret, sign_in, tools_of
from tests.log_guard import Browser

BORN = date(1985, 4, 12)
NADIA = {
    "sub": "nadia-for-us",
    "family_name": "LÉVÊQUE",
    "given_name": "Nadia Anne-Marie",
    "birthdate": "1985-04-12",
    "email": "somebody.else@example.org",
}


def application(provider, engine, **more):
    return make_app(TEST_INI | provider.settings | {"site.url": "http://localhost:6543"} | more, engine)


@pytest.fixture(scope="module")
def site(provider, engine):
    return application(provider, engine)


@contextmanager
def browsing(site, session_factory):
    site.registry.session_factory = session_factory
    yield Browser(site)


@pytest.fixture
def browser(site, session_factory):
    with browsing(site, session_factory) as one:
        yield one


@pytest.fixture
def nadia(db):
    person = make_person(db, "Nadia", BORN, last_name="Martin", birth_name="Lévêque", email="nadia@example.org")
    make_contract(db, person)
    account = make_account(db, person)
    db.commit()
    return account


def door(page):
    """The form of the button, among those of the sign-in."""
    return next(form for form in page.forms.values() if form.action.endswith("/connexion/oidc"))


def leave(browser, next_path=None):
    """Press the button; where we are sent."""
    page = browser.get("/connexion", {"next": next_path} if next_path else None)
    assert "M’identifier avec FranceConnect" in page
    answer = door(page).submit()
    link = answer.html.select_one("a.btn-primary")["href"]
    assert answer.headers["Refresh"] == f"0;url={link}"
    return link


def come_back(browser, provider, url, who=NADIA, **changes):
    return browser.get("/connexion/oidc/retour", provider.come_back(url, **who) | changes)


def through(browser, provider, who=NADIA, next_path=None):
    return come_back(browser, provider, leave(browser, next_path), who)


def sign_out(browser):
    """The browser stays one that the account trusts."""
    browser.post("/deconnexion", {"csrf_token": browser.cookies["csrf"]}, status=303)


def path_of(answer):
    assert answer.status_int == 303
    return answer.location.removeprefix("http://localhost")


def kinds(db):
    return db.scalars(select(Event.kind).order_by(Event.id)).all()


def links(db):
    return db.scalar(select(func.count()).select_from(OidcLink))


class TestHappy:
    def test_the_first_time_the_account_is_linked_and_its_owner_told(self, browser, provider, db, nadia):
        known_browser(browser, db, nadia)
        assert path_of(through(browser, provider)) == "/"
        assert "Nadia" in browser.get("/")
        [link] = db.scalars(select(OidcLink)).all()
        assert (link.account_id, link.issuer) == (nadia.id, provider.issuer)
        assert kinds(db)[-3:] == [EventKind.IDENTITY_LINKED, EventKind.FACTOR_ADDED, EventKind.ACCOUNT_SIGNED_IN]
        [notice] = db.scalars(select(Notification).where(Notification.kind == "factor_changed")).all()
        assert (notice.account_id, notice.target) == (nadia.id, None)
        assert (notice.values["factor"], notice.values["action"]) == ("identity", "added")
        # « Ce n’est pas moi » is open.
        page = browser.get(notice.values["link"])
        form = next(one for one in page.forms.values() if "code" in one.fields)
        form["code"] = last_secret(browser, db, "factor_changed")["code"]
        assert form.submit().status_int in (200, 303)

    def test_the_next_times_the_link_is_enough(self, browser, provider, db, nadia):
        known_browser(browser, db, nadia)
        through(browser, provider)
        # A name that changed at the registry, or in our files, does not lock anybody out.
        db.get_one(Person, nadia.person_id).birth_name = "Autre"
        db.commit()
        sign_out(browser)
        assert path_of(through(browser, provider)) == "/"
        assert links(db) == 1
        assert kinds(db).count(EventKind.IDENTITY_LINKED) == 1
        assert kinds(db).count(EventKind.ACCOUNT_SIGNED_IN) == 2

    def test_a_new_browser_is_asked_for_a_second_factor(self, browser, provider, db, nadia):
        assert (
            path_of(through(browser, provider, next_path="/remboursements")) == "/connexion/code?next=%2Fremboursements"
        )
        assert db.scalar(select(func.count()).select_from(WebSession)) == 0

    def test_one_comes_out_where_one_was_going(self, browser, provider, db, nadia):
        known_browser(browser, db, nadia)
        assert path_of(through(browser, provider, next_path="/remboursements?du=2026-01-01")) == (
            "/remboursements?du=2026-01-01"
        )

    @pytest.mark.parametrize(
        "evil", ["//evil.example", "\\\\evil.example", "https://evil.example", "/%2F/evil.example"]
    )
    def test_never_elsewhere(self, browser, provider, db, nadia, evil):
        known_browser(browser, db, nadia)
        csrf = door(browser.get("/connexion"))["csrf_token"].value
        page = browser.post("/connexion/oidc", {"csrf_token": csrf, "next": evil})
        answer = come_back(browser, provider, page.html.select_one("a.btn-primary")["href"], next="//evil.example")
        assert path_of(answer) == "/"

    def test_a_former_session_ends(self, browser, provider, db, nadia):
        url = leave(browser)
        sign_in(browser, db, nadia)
        known_browser(browser, db, nadia)
        come_back(browser, provider, url)
        assert db.scalar(select(func.count()).select_from(WebSession)) == 1

    def test_what_is_asked_of_the_provider(self, browser, provider):
        asked = {name: value for name, [value] in parse_qs(urlsplit(leave(browser)).query).items()}
        assert asked["redirect_uri"] == "http://localhost:6543/connexion/oidc/retour"
        assert asked["scope"] == "openid given_name family_name birthdate"
        assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
        secrets = [asked[name] for name in ("state", "nonce", "code_challenge")]
        assert len(set(secrets)) == 3
        assert all(len(one) >= 43 for one in secrets)

    def test_the_cookie_is_closed_and_the_page_sends_nothing_elsewhere(self, browser):
        answer = door(browser.get("/connexion")).submit()
        cookie = next(one for one in answer.headers.getall("Set-Cookie") if one.startswith("proof-oidc="))
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert answer.headers["Cache-Control"] == "no-store"
        assert "form-action 'self'" in answer.headers["Content-Security-Policy"]


class TestDoubt:
    def refused(self, browser, provider, db, refusal, words, who=NADIA):
        before = links(db)
        answer = through(browser, provider, who)
        assert path_of(answer) == f"/connexion/oidc/{refusal}"
        page = answer.follow()
        assert words in page
        assert "/connexion" in page
        assert links(db) == before
        assert db.scalar(select(func.count()).select_from(WebSession)) == 0
        assert db.scalar(select(func.count()).select_from(Notification)) == 0
        return page

    @pytest.mark.parametrize(
        "change",
        [{"family_name": "MARTIN"}, {"given_name": "Anne-Marie Nadia"}, {"birthdate": "1985-04-13"}, {"birthdate": ""},
         {"birthdate": "1985-00-00"}],
    )  # fmt: skip
    def test_another_birth_is_nobody_even_with_the_same_mailbox(self, browser, provider, db, nadia, change):
        who = NADIA | {"email": "nadia@example.org"} | change
        page = self.refused(browser, provider, db, "inconnue", "Nous ne vous avons pas trouvé", who)
        assert "Rien n’a été relié ni créé." in page
        assert "/activation" in page

    def test_two_of_the_same_birth_are_a_doubt(self, browser, provider, db, nadia):
        # Even where one has no account, nor a cover any more.
        make_person(db, "NADIA", BORN, last_name="LEVEQUE")
        db.commit()
        self.refused(browser, provider, db, "incertaine", "Dans le doute, nous n’ouvrons aucun espace.")

    def test_a_second_identity_for_the_same_account_is_a_doubt(self, browser, provider, db, nadia):
        db.add(OidcLink(account_id=nadia.id, issuer=provider.issuer, subject_index=b"x" * 32))
        db.commit()
        self.refused(browser, provider, db, "incertaine", "avec certitude")

    def test_without_account_one_activates_first(self, browser, provider, db):
        person = make_person(db, "Nadia", BORN, last_name="Lévêque")
        make_contract(db, person)
        db.commit()
        page = self.refused(browser, provider, db, "sans-espace", "Il faut d’abord activer votre espace")
        assert "/activation" in page
        assert db.scalar(select(func.count()).select_from(Account)) == 0

    def test_a_closed_account_is_none_linked_or_not(self, browser, provider, db, nadia):
        nadia.closed_at = tools_of(browser).now()
        db.commit()
        self.refused(browser, provider, db, "sans-espace", "activer votre espace")
        nadia.closed_at = None
        db.commit()
        through(browser, provider)
        browser.reset()
        assert links(db) == 1
        nadia.closed_at = tools_of(browser).now()
        db.query(Notification).delete()
        db.commit()
        self.refused(browser, provider, db, "sans-espace", "activer votre espace")

    def test_the_pages_of_a_refusal_name_nobody(self, browser, provider, db, nadia):
        page = self.refused(browser, provider, db, "inconnue", "trouvé", NADIA | {"family_name": "QUELQU-UN"})
        assert "QUELQU-UN" not in page
        assert "Nadia" not in page


class TestAttack:
    def over(self, answer, refusal="a-recommencer"):
        assert path_of(answer) == f"/connexion/oidc/{refusal}"
        assert answer.follow().status_int == 200

    def test_another_state(self, browser, provider, db, nadia):
        url = leave(browser)
        for state in ("", "another", "é"):
            self.over(come_back(browser, provider, url, state=state))
        assert links(db) == 0
        # It does not use up what the right one then does.
        known_browser(browser, db, nadia)
        assert path_of(come_back(browser, provider, url)) == "/"

    def test_an_answer_given_twice(self, browser, provider, db, nadia):
        known_browser(browser, db, nadia)
        url = leave(browser)
        token = browser.cookies["proof-oidc"]
        answer = provider.come_back(url, **NADIA)
        assert path_of(browser.get("/connexion/oidc/retour", answer)) == "/"
        assert "proof-oidc" not in browser.cookies
        self.over(browser.get("/connexion/oidc/retour", answer))
        browser.set_cookie("proof-oidc", token)
        self.over(browser.get("/connexion/oidc/retour", answer))

    def test_an_answer_given_to_another_browser(self, browser, site, provider, db, nadia):
        answer = provider.come_back(leave(browser), **NADIA)
        victim = Browser(site)
        self.over(victim.get("/connexion/oidc/retour", answer))
        leave(victim)
        self.over(victim.get("/connexion/oidc/retour", answer))
        assert links(db) == 0

    def test_a_code_of_another_request(self, browser, provider, db, nadia):
        """Stolen, and given with the thief's own state: its PKCE verifier and its nonce are not his."""
        stolen = provider.come_back(leave(browser), **NADIA)["code"]
        browser.reset()
        self.over(come_back(browser, provider, leave(browser), code=stolen), "non-verifiee")
        assert links(db) == 0

    @pytest.mark.parametrize(
        "fault",
        ["nonce", "audience", "issuer", "expired", "signature", "none", "our own secret", "user info of another"],
    )
    def test_a_token_that_proves_nothing(self, browser, provider, db, nadia, fault):
        self.over(through(browser, provider, NADIA | {"fault": fault}), "non-verifiee")
        assert links(db) == 0
        assert kinds(db) == []

    def test_a_request_that_waited_for_more_than_ten_minutes(self, browser, provider, db, nadia):
        url = leave(browser)
        row = db.scalars(select(Challenge)).one()
        row.expires_at -= timedelta(minutes=10, seconds=1)
        db.commit()
        self.over(come_back(browser, provider, url))

    def test_an_answer_nobody_asked_for(self, browser):
        self.over(browser.get("/connexion/oidc/retour"))
        self.over(browser.get("/connexion/oidc/retour?code=x&state=y"))
        browser.set_cookie("proof-oidc", "planted")
        self.over(browser.get("/connexion/oidc/retour?code=x&state=y"))

    def test_a_form_without_its_token(self, browser, db):
        browser.post("/connexion/oidc", {"next": "/"}, status=400)
        assert db.scalar(select(func.count()).select_from(Challenge)) == 0

    def test_what_is_kept_at_the_start_cannot_be_read(self, browser, db):
        asked = parse_qs(urlsplit(leave(browser)).query)
        kept = db.scalars(select(Challenge.details)).one()
        assert asked["state"][0].encode() not in kept


def test_who_gives_up_is_told_so(browser, provider, db):
    answer = through(browser, provider, NADIA | {"fault": "refused"})
    assert path_of(answer) == "/connexion/oidc/abandon"
    assert "Vous avez interrompu la connexion" in answer.follow()


def test_an_error_of_the_provider_is_not_verified(browser, provider):
    state = parse_qs(urlsplit(leave(browser)).query)["state"][0]
    answer = browser.get("/connexion/oidc/retour", {"error": "server_error", "state": state})
    assert path_of(answer) == "/connexion/oidc/non-verifiee"


def test_a_provider_that_is_down_leaves_the_other_doors_open(engine, session_factory, provider):
    down = application(provider, engine, **{"oidc.issuer": "http://127.0.0.1:9"})
    with browsing(down, session_factory) as browser:
        answer = door(browser.get("/connexion")).submit()
        assert path_of(answer) == "/connexion/oidc/indisponible"
        page = answer.follow()
        assert "FranceConnect ne répond pas" in page
        assert "La panne vient de FranceConnect, pas de vous." in page


def test_a_provider_that_breaks_on_the_way_back(browser, provider, db, nadia):
    answer = through(browser, provider, NADIA | {"fault": "user info down"})
    assert path_of(answer) == "/connexion/oidc/indisponible"


def test_the_address_alone_leads_to_the_door(browser):
    assert path_of(browser.get("/connexion/oidc")) == "/connexion"


def test_without_the_setting_there_is_neither_button_nor_page(app):
    page = app.get("/connexion")
    assert "FranceConnect" not in page
    token = page.forms[0]["csrf_token"].value
    app.get("/connexion/oidc", status=404)
    app.post("/connexion/oidc", {"csrf_token": token}, status=404)
    app.get("/connexion/oidc/retour?code=x&state=y", status=404)
    app.get("/connexion/oidc/inconnue", status=404)


def test_an_account_is_unlinked_once_and_its_owner_told(browser, provider, db, nadia):
    through(browser, provider)
    tools = tools_of(browser)
    [link] = links_of(db, tools, nadia.id)
    assert link.label == "FranceConnect"
    assert unlink(db, tools, nadia.id, HERE)
    assert links_of(db, tools, nadia.id) == []
    assert not unlink(db, tools, nadia.id, HERE)
    assert kinds(db) == [EventKind.IDENTITY_LINKED, EventKind.FACTOR_ADDED, EventKind.FACTOR_REMOVED]
    last = db.scalars(select(Notification.values).order_by(Notification.id.desc())).first()
    assert (last["factor"], last["action"]) == ("identity", "removed")
