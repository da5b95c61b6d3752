"""The same answers at once, on real commits."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from member_space.config import make_app
from member_space.models import Notification, OidcLink
from tests.conftest import TEST_INI
from tests.factories.household import make_account, make_person
from tests.log_guard import Browser

pytestmark = pytest.mark.xdist_group("own database")
NADIA = {"sub": "nadia-for-us", "family_name": "LÉVÊQUE", "given_name": "Nadia", "birthdate": "1985-04-12"}


@pytest.fixture
def site(provider, own_database):
    with Session(own_database) as db:
        make_account(db, make_person(db, "Nadia", date(1985, 4, 12), last_name="Lévêque", email="nadia@example.org"))
        db.commit()
    return make_app(TEST_INI | provider.settings | {"site.url": "http://localhost:6543"}, own_database)


def asked(site, provider):
    """A browser that has been to the provider, and what it brings back."""
    browser = Browser(site)
    doors = browser.get("/connexion").forms.values()
    page = next(form for form in doors if form.action.endswith("/connexion/oidc")).submit()
    return browser, provider.come_back(page.html.select_one("a.btn-primary")["href"], **NADIA)


def bring_back(browser, answer):
    return browser.get("/connexion/oidc/retour", answer, status=303).location.removeprefix("http://localhost")


def count(engine, model):
    with Session(engine) as db:
        return db.scalar(select(func.count()).select_from(model))


def test_two_browsers_at_once_make_one_link(site, provider, own_database):
    both = [asked(site, provider) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda one: bring_back(*one), both)) == ["/connexion/code"] * 4
    assert count(own_database, OidcLink) == 1
    assert count(own_database, Notification) == 1


def test_one_answer_at_once_is_taken_once(site, provider, own_database):
    browser, answer = asked(site, provider)
    twins = [Browser(site) for _ in range(8)]
    for twin in twins:
        twin.set_cookie("proof-oidc", browser.cookies["proof-oidc"])
    with ThreadPoolExecutor(8) as pool:
        went = list(pool.map(lambda twin: bring_back(twin, answer), twins))
    assert sorted(went) == sorted(["/connexion/code", *["/connexion/oidc/a-recommencer"] * 7])
    assert count(own_database, OidcLink) == 1
