"""Chromium, the served application, and a visitor whose every page is watched."""

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from member_space.config import make_app
from member_space.interfaces import IPasswordHasher
from member_space.models import Account
from member_space.models.session import make_engine, make_session_factory
from member_space.services.faq_file import load_faq
from member_space.settings import APPLICATION_ROLE
from tests.browser import pages, site
from tests.browser.axe import faultless
from tests.browser.server import serve
from tests.conftest import TEST_INI, clone
from tests.factories.household import PASSWORD, make_account, make_contract, make_person
from tests.log_guard import note

INSTALL = "Chromium is missing: apt-get install chromium"
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# What Chromium says by itself: of an answer that is an error (its status is checked by the test that asked), of a
# date that came back as it was typed (the page says so beside the field).
EXPECTED = re.compile(
    r"Failed to load resource: the server responded with a status of (4\d\d|50[03])"
    r"|The specified value .* does not conform to the required format"
)

OIDC = {"oidc.issuer": "http://127.0.0.1:9", "oidc.client_id": "nobody", "oidc.client_secret": "nobody's"}
"""A provider of identity that never answers; test_oidc has one that does."""

PATIENCE = 20_000
"""Milliseconds for anything to show: a machine that does other things at the same time is slow, not wrong."""
expect.set_options(timeout=PATIENCE)

members = count(1)
Visit = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """For one module: Playwright keeps an event loop in its thread, which other tests must not find there."""
    executable = shutil.which("chromium")
    if executable is None:
        pytest.skip(INSTALL)
    with sync_playwright() as playwright:
        # As people have it: Playwright would turn off the cache that the back button uses.
        chromium = playwright.chromium.launch(
            executable_path=executable,
            args=list(ARGUMENTS),
            ignore_default_args=["--disable-back-forward-cache"],
        )
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def served(server_url: str, template_database: str, worker_id: str) -> Iterator[site.Site]:
    """A demo installation, so that the page of patterns is there too."""
    engine = make_engine(clone(server_url, template_database, f"member_space_browser_{worker_id}"), APPLICATION_ROLE)
    app = make_app(TEST_INI | {"environment": "demo"} | OIDC, engine)
    site.prepare(app)
    with make_session_factory(engine).begin() as db:
        samples, accounts = site.seed(db, app)
        load_faq(db)
        samples["entry"] = "card-validity"
    with serve(app) as url:
        yield site.Site(url, app, samples, accounts)
    engine.dispose()


@pytest.fixture
def visitor(browser: Browser, served: site.Site) -> Iterator[Callable[..., BrowserContext]]:
    """Make a browser for somebody: `who` is an account or None, the rest is Playwright's.

    Whatever they do, nothing is asked of another host, and the console stays quiet: no error, no refusal of the CSP.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []
    host = urlsplit(served.url).netloc

    def watch(page: Page) -> None:
        page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda r: complaints.append(f"asked of {r.url}") if urlsplit(r.url).netloc != host else None)

    def make(who: str | None = "family", **options) -> BrowserContext:
        settings = {
            "base_url": served.url,
            "locale": "fr-FR",
            "viewport": {"width": 375, "height": 812},
            # Nothing is looked at halfway through a transition.
            "reduced_motion": "reduce",
        } | options
        context = browser.new_context(**settings)
        context.set_default_timeout(PATIENCE)
        context.on("page", watch)
        if who:
            cookie = served.cookie(who)
            note(cookie["value"])
            context.add_cookies([cookie])
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()
    # A page of devices shows what this test opened, whichever came before.
    served.forget()
    assert [text for text in complaints if not EXPECTED.match(text)] == []


@pytest.fixture
def visit(visitor: Callable[..., BrowserContext], served: site.Site) -> Visit:
    """Open a page of `pages` as who may see it, and check its status."""

    def open_page(page: pages.Page, **options) -> Page:
        opened = visitor(page.who, **options).new_page()
        answer = opened.goto(page.address.format(**served.samples))
        assert answer is not None
        assert answer.status == page.status, f"{page.address}: {answer.status}"
        return opened

    return open_page


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def script(request) -> bool:
    """A journey that asks for it is made twice."""
    return request.param


@pytest.fixture
def look(script: bool) -> Callable[[Page], None]:
    """What axe and the width say of the page; axe is a script itself, and the pages are the same ones without."""
    return faultless if script else lambda page: None


@pytest.fixture
def phone(visitor: Callable[..., BrowserContext], served: site.Site, script: bool) -> Visit:
    """A telephone, in the hands of nobody known or of this account (after a second factor with `proved`)."""

    def take(account: Account | None = None, *, proved: bool = False) -> Page:
        context = visitor(None, java_script_enabled=script)
        if account is not None:
            cookie = served.session_of(account, proved=proved)
            note(cookie["value"])
            context.add_cookies([cookie])
        return context.new_page()

    return take


@dataclass(frozen=True)
class Member:
    """Somebody who has a space, known here by what he would type."""

    account: Account
    email: str
    name: str
    number: str


@pytest.fixture
def member(served: site.Site) -> Member:
    """Of this test alone, so that what he changes is nobody else's."""
    n = next(members)
    # A name holds no digit.
    last_name = "D’Arcy-Öz" + "".join("abcdefghij"[int(digit)] for digit in str(n))
    registry = served.app.registry
    with registry.session_factory.begin() as db:
        person = make_person(db, "Inès", last_name=last_name, email=f"ines-{n}@example.org", mobile=f"+3361300{n:04d}")
        contract = make_contract(db, person, member_number=f"8800{n:04d}")
        encoded = registry.getUtility(IPasswordHasher).hash(PASSWORD)
        account = make_account(db, person, encoded, mobile=person.mobile)
        return Member(account, person.email, f"Inès {last_name}", contract.member_number)
