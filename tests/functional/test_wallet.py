"""« Ajouter à Apple Wallet »: only where the installation can sign, without NIR, known to the journal (C49)."""

import json
from dataclasses import replace
from io import BytesIO
from zipfile import ZipFile

import pytest
from sqlalchemy import select

from member_space.config import wallet_from
from member_space.interfaces import IWalletSigner
from member_space.models import Contract, Event
from tests.factories.card import make_card_holder, print_by
from tests.factories.wallet import make_wallet
from tests.functional.clock import clock_at
from tests.functional.helpers import sign_in

NIR = "1830459350117"
BUTTON = "Ajouter à Apple Wallet"


@pytest.fixture(autouse=True)
def clock(app):
    with clock_at(app, 2026, 6, 16) as clock:
        yield clock


@pytest.fixture
def account(db, cipher):
    return make_card_holder(db, cipher, NIR)


@pytest.fixture
def signing(wsgi_app, tmp_path):
    """An installation that has a certificate, for the time of a test."""
    registry, wallet = wsgi_app.registry, make_wallet(tmp_path)
    before, registry.member_space = registry.member_space, replace(registry.member_space, wallet=wallet)
    signer = wallet_from(wallet)
    registry.registerUtility(signer, IWalletSigner)
    yield
    registry.unregisterUtility(signer, IWalletSigner)
    registry.member_space = before


def address_of(page) -> str:
    pdf = page.html.main.select_one("a[href$='a4.pdf']")["href"]
    return pdf.removesuffix("a4.pdf") + "portefeuille"


def told_by(answer) -> dict:
    with ZipFile(BytesIO(answer.body)) as archive:
        return json.loads(archive.read("pass.json"))


def test_it_is_nowhere_without_a_signer(app, db, account):
    page = sign_in(app, db, account).get("/tiers-payant")
    assert BUTTON not in page.text
    app.get(address_of(page), status=404)


@pytest.mark.usefixtures("signing")
def test_the_pass_is_the_card_by_a_qr_without_any_nir(app, db, account):
    page = sign_in(app, db, account).get("/tiers-payant")
    answer = page.click(BUTTON)
    assert answer.content_type == "application/vnd.apple.pkpass"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="carte-tiers-payant-2026.pkpass"'
    told = told_by(answer)
    values = {one["key"]: one["value"] for side in told["generic"].values() for one in side}
    assert values["member_number"] == "20000101"
    assert values["people"] == "Karim Benali"
    assert values["rates"].splitlines()[0] == "PHAR 100 : Pharmacie remboursable"
    assert told["expirationDate"] == "2026-12-31T23:59:59+01:00"
    (code,) = told["barcodes"]
    assert code["message"].startswith("http://localhost:6543/droits/")
    assert "18304" not in json.dumps(told)
    app.reset()
    assert "Oui" in app.get(code["message"].removeprefix("http://localhost:6543")).html.main.get_text()


@pytest.mark.usefixtures("signing")
def test_another_version_of_the_card_takes_the_place_of_the_first(app, db, account):
    browser = sign_in(app, db, account)
    first = told_by(browser.get("/tiers-payant").click(BUTTON))
    print_by(db, db.scalar(select(Contract)), csr="CSR99")
    second = told_by(browser.get("/tiers-payant").click(BUTTON))
    assert second["serialNumber"] == first["serialNumber"]
    assert second["barcodes"] != first["barcodes"]


@pytest.mark.usefixtures("signing")
def test_it_is_written_in_the_journal(app, db, account):
    sign_in(app, db, account).get("/tiers-payant").click(BUTTON)
    (fact,) = db.scalars(select(Event).where(Event.kind == "card:downloaded"))
    assert fact.details["format"] == "wallet"
    assert db.scalars(select(Event).where(Event.kind == "nir:revealed")).all() == []


@pytest.mark.usefixtures("signing")
def test_a_past_card_is_for_no_wallet(app, db, account):
    page = sign_in(app, db, account).get("/tiers-payant")
    past = page.html.select_one("#autres a[href$='a4.pdf']")["href"].removesuffix("a4.pdf") + "portefeuille"
    app.get(past, status=404)
