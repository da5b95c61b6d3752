"""« Ma carte »: what each member of a household sees and downloads of it (S-HCR-24 to 27, C45 to C47)."""

import re
from datetime import date
from io import BytesIO

import pypdf
import pypdfium2
import pytest
import zxingcpp
from sqlalchemy import select

from member_space.domain.nir import key_of
from member_space.models import CardVersion, ContractTerms, Coverage, Event
from tests.factories.card import TWELVE_DOMAINS, make_model, print_by
from tests.factories.household import make_account, make_contract, make_person, make_teletransmission, period
from tests.functional.clock import clock_at, counted_statements
from tests.functional.helpers import sign_in
from tests.log_guard import note

FATHER, MOTHER = "1830459350117", "2851159009263"


@pytest.fixture(autouse=True)
def clock(app):
    with clock_at(app, 2026, 6, 16) as clock:
        yield clock


@pytest.fixture
def family(db, cipher):
    """Karim holds; Claire and Inès are covered, Inès under both numbers."""
    karim = make_person(db, "Karim", date(1983, 4, 11), last_name="Benali", **own_nir(cipher, FATHER))
    claire = make_person(db, "Claire", date(1985, 11, 2), last_name="Moreau", **own_nir(cipher, MOTHER))
    ines = make_person(db, "Inès", date(2014, 9, 23), last_name="Benali")
    contract = make_contract(db, karim, (claire, "spouse"), (ines, "child"), member_number="20000101")
    make_model(db, domains=TWELVE_DOMAINS)
    print_by(db, contract, conventions="OPTI=IS:1 OPTI=SP:2", amc_exchange_number="0775999997")
    of = {row.person_id: row for row in db.scalars(select(Coverage).where(Coverage.contract_id == contract.id))}
    make_teletransmission(db, cipher, of[karim.id], karim, FATHER)
    make_teletransmission(db, cipher, of[claire.id], claire, MOTHER)
    make_teletransmission(db, cipher, of[ines.id], ines, FATHER)
    make_teletransmission(db, cipher, of[ines.id], ines, MOTHER, attachment_rank=2)
    return {"karim": karim, "claire": claire, "ines": ines, "contract": contract}


def own_nir(cipher, number):
    nir = number + key_of(number)
    return {"nir_encrypted": cipher.encrypt(nir), "nir_index": cipher.blind_index(nir)}


@pytest.fixture
def account(db, family):
    return make_account(db, family["karim"])


@pytest.fixture
def browser(app, db, account):
    return sign_in(app, db, account)


def files_of(page) -> list[str]:
    return [link["href"] for link in page.html.main.select("a[href$='.pdf']")]


def text_of(pdf: bytes) -> str:
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(pdf)).pages))


def symbols_in(pdf: bytes, dots_an_inch: int = 300) -> dict[str, str]:
    """What an independent decoder reads in the printed pages, by kind of symbol."""
    found = {}
    for page in pypdfium2.PdfDocument(pdf):
        image = page.render(scale=dots_an_inch / 72).to_pil()
        found |= {str(one.format): one.text for one in zxingcpp.read_barcodes(image)}
    return found


def test_the_card_shows_the_block_the_beneficiaries_and_the_rates(browser):
    page = browser.get("/").click("Ma carte de tiers payant")
    face = page.html.select_one(".tp-card")
    block = {one.dt.get_text(): one.dd.get_text() for one in face.select(".tp-block > div")}
    assert block == {
        "Période de validité": "01/01/2026 – 31/12/2026",
        "N° AMC": "0775999998",
        "Type de convention": "SP IS",
        "CSR": "CSR01",
        "N° adhérent": "20000101",
    }
    assert [one.get_text() for one in face.select(".tp-name")] == ["Karim Benali", "Claire Moreau", "Inès Benali"]
    rates = {one.dt.get_text(): one.dd.get_text() for one in face.select_one(".tp-rates").select("div")}
    assert (rates["PHAR"], rates["OPTI"], rates["HOSP"]) == ("100", "PECIS", "PEC")
    assert list(rates) == [one.code for one in TWELVE_DOMAINS]
    assert face.select_one(".tp-r").get_text() == "R"
    # On a screen, numbers are masked.
    assert FATHER[5:] not in page.text.replace(" ", "")


def test_the_sheet_and_the_card_say_everything_and_are_read_back_by_a_decoder(app, browser, family):
    sheet, card = (browser.get(file) for file in files_of(browser.get("/tiers-payant"))[:2])
    for answer, dots in ((sheet, 300), (card, 600)):
        assert answer.content_type == "application/pdf"
        said = text_of(answer.body)
        for words in ("01/01/2026", "31/12/2026", "0775999998", "SP IS", "CSR01", "20000101", "BENALI Inès", "Optique"):
            assert words in said
        assert "1 83 04 59 350 117 33" in said.replace("\xa0", " ")
        found = symbols_in(answer.body, dots)
        matrix, address = found["Data Matrix"].split("|"), found["QR Code"]
        assert matrix[:4] == ["0775999998", "SP IS", "CSR01", "20000101"]
        assert matrix[4] == address
        assert re.fullmatch(r"http://localhost:6543/droits/[\w-]{43}", address)
    assert "Que faire si le professionnel la refuse" in text_of(sheet.body)
    width, height = (float(side) for side in pypdf.PdfReader(BytesIO(card.body)).pages[0].mediabox[2:])
    assert (round(width / 72 * 25.4, 1), round(height / 72 * 25.4, 1)) == (85.6, 54.0)


def test_the_files_are_tagged_and_the_same_when_asked_twice(app, db, account, browser, clock):
    files = files_of(browser.get("/tiers-payant"))[:2]
    first = [browser.get(file).body for file in files]
    clock.at = clock.at.replace(hour=20)
    sign_in(app, db, account)
    assert [browser.get(file).body for file in files] == first
    for body in first:
        root = pypdf.PdfReader(BytesIO(body)).trailer["/Root"]
        assert root["/MarkInfo"]["/Marked"]
        assert "<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data().decode()


def test_a_beneficiary_with_his_own_space_has_his_own_rights_alone(app, db, family):
    claire = sign_in(app, db, make_account(db, family["claire"]))
    page = claire.get("/tiers-payant")
    assert [one.get_text() for one in page.html.select(".tp-name")] == ["Claire Moreau"]
    assert "vos seuls droits" in page
    said = text_of(claire.get(files_of(page)[0]).body)
    assert "BENALI Karim" not in said
    assert "MOREAU Claire" in said


def test_the_card_of_next_year_is_there_from_december(app, db, account, clock):
    clock.at = clock.at.replace(month=11, day=30)
    browser = sign_in(app, db, account)
    assert len(files_of(browser.get("/tiers-payant"))) == 4  # this year's and last year's
    clock.at = clock.at.replace(month=12, day=1)
    sign_in(app, db, account)
    page = browser.get("/tiers-payant")
    assert "du 01/01/2027 au 31/12/2027" in page
    assert "du 01/01/2025 au 31/12/2025" in page
    assert "31/12/2027" in text_of(browser.get(files_of(page)[2]).body)


def test_a_change_makes_a_new_version_and_the_old_one_is_kept(browser, db, family):
    old = files_of(browser.get("/tiers-payant"))[0]
    before = browser.get(old).body
    for change in ("csr", "guarantee", "nir", "beneficiary"):
        count = len(db.scalars(select(CardVersion).where(CardVersion.year == 2026)).all())
        browser.get("/tiers-payant")
        assert len(db.scalars(select(CardVersion).where(CardVersion.year == 2026)).all()) == count
        _change(db, family, change)
        page = browser.get("/tiers-payant")
        rows = db.scalars(select(CardVersion).where(CardVersion.year == 2026).order_by(CardVersion.version)).all()
        assert [row.version for row in rows] == list(range(1, count + 2)), change
        assert files_of(page)[0] != old
    assert "par la poste. Mise à jour le" in page.html.main.get_text()
    # Who kept its address has it as it was, told as what it is; the rights it tells are asked by the same code.
    after = browser.get(old).body
    assert browser.get(old).body == after
    assert "Remplacée le" in text_of(after)
    assert "Remplacée" not in text_of(before)
    assert "CSR01" in text_of(after)
    assert symbols_in(after)["QR Code"] == symbols_in(before)["QR Code"]
    assert "Inès" not in page.html.select_one(".tp-card").get_text()


def test_the_address_of_a_card_that_was_kept_never_gives_what_is_true_no_more(browser, db, family):
    """Nobody opened the page of the card since: its file says what the contract says now, not what it said."""
    file = files_of(browser.get("/tiers-payant"))[0]
    send = file.replace("a4.pdf", "envoyer")
    assert browser.get(send).status_int == 200
    _change(db, family, "csr")
    assert "Remplacée le" in text_of(browser.get(file).body)
    assert browser.get(send, status=303).location.endswith("/tiers-payant")
    file = files_of(browser.get("/tiers-payant"))[0]
    for row in db.scalars(select(ContractTerms).where(ContractTerms.contract_id == family["contract"].id)):
        row.card_model = None
    db.commit()
    for form in ("a4", "carte"):
        assert "N’est plus valable" in text_of(browser.get(file.replace("/a4.pdf", f"/{form}.pdf")).body)


def _change(db, family, what):
    if what == "csr":
        for row in db.scalars(select(ContractTerms).where(ContractTerms.contract_id == family["contract"].id)):
            row.csr = "CSR02"
    elif what == "guarantee":
        make_model(db, "PREMIUM")
        print_by(db, family["contract"], "PREMIUM", conventions=None)
    elif what == "nir":
        family["karim"].birth_rank = 2
    else:
        coverage = db.scalars(select(Coverage).where(Coverage.person_id == family["ines"].id)).one()
        coverage.period = period(date(2024, 1, 1), date(2026, 6, 1))
    db.commit()


def test_a_year_that_is_over_keeps_its_card(app, browser, db, family, account, clock):
    browser.get("/tiers-payant")
    clock.at = clock.at.replace(year=2027)
    print_by(db, family["contract"], csr="CSR99")
    sign_in(app, db, account)
    page = browser.get("/tiers-payant")
    assert "CSR99" in page.html.select_one(".tp-card").get_text()
    assert "CSR01" in text_of(browser.get(files_of(page)[2]).body)


def test_the_content_of_a_card_is_kept_encrypted(browser, db):
    browser.get("/tiers-payant")
    row = db.scalars(select(CardVersion).order_by(CardVersion.id.desc())).first()
    for kept in (row.content, row.check_code):
        assert b"Benali" not in kept
        assert FATHER.encode() not in kept


def test_a_download_is_written_with_the_numbers_it_shows(browser, db, family):
    page = browser.get("/tiers-payant")
    browser.get(files_of(page)[0])
    events = db.scalars(
        select(Event).where(Event.kind.in_(("card:downloaded", "nir:revealed"))).order_by(Event.id)
    ).all()
    assert [(one.kind, one.subject_person_id) for one in events] == [
        ("card:downloaded", family["karim"].id),
        ("nir:revealed", family["claire"].id),
    ]
    assert events[0].details == {"year": 2026, "version": 1, "format": "a4"}


@pytest.mark.parametrize(
    ("days", "words", "way"),
    [
        (period(date(2020, 1, 1), date(2026, 3, 1)), "se sont terminés le 28 février 2026", "/demarches/remboursement"),
        (period(date(2027, 1, 1)), "commencent le 1er janvier 2027", "/contrats"),
        (period(date(2020, 1, 1)), "Votre carte se prépare", "/contrats"),
    ],
)
def test_who_has_no_card_of_today_knows_why_and_what_to_do(app, db, days, words, way):
    make_model(db)
    holder = make_person(db, "Aude")
    contract = make_contract(db, holder, period=days)
    if days.upper:
        print_by(db, contract)
    page = sign_in(app, db, make_account(db, holder)).get("/tiers-payant")
    assert words in page.html.main.get_text()
    assert page.html.select_one(".tp-card") is None
    assert page.html.select_one(".empty a")["href"].endswith(way)
    # The card of the year that ended stays there, until the last day of the rights.
    assert ("du 01/01/2026 au 28/02/2026" in page) == bool(days.upper)


def test_somebody_elses_card_is_not_found(app, db, family, browser):
    file = files_of(browser.get("/tiers-payant"))[0]
    other = make_person(db, "Aude")
    make_contract(db, other)
    sign_in(app, db, make_account(db, other)).get(file, status=404)


def test_signed_out_the_card_is_behind_the_door(app):
    assert "/connexion?next=" in app.get("/tiers-payant", status=303).location


def test_the_page_costs_the_same_whatever_the_household(app, db, family, browser):
    browser.get("/tiers-payant")
    with counted_statements(db.get_bind()) as few:
        browser.get("/tiers-payant")
    child = make_person(db, "Adam", date(2020, 1, 1))
    db.add(Coverage(contract_id=family["contract"].id, person_id=child.id, relation="child", period=period()))
    db.commit()
    browser.get("/tiers-payant")
    with counted_statements(db.get_bind()) as more:
        browser.get("/tiers-payant")
    assert len(more) == len(few)


def check_of(browser) -> str:
    """The address in the QR code of the card of today."""
    sheet = browser.get(files_of(browser.get("/tiers-payant"))[0])
    address = symbols_in(sheet.body)["QR Code"].removeprefix("http://localhost:6543")
    note(address.rpartition("/")[2])
    return address


def test_the_qr_code_tells_anybody_that_rights_are_open_and_nothing_else(browser, family):
    address = check_of(browser)
    browser.reset()
    page = browser.get(address)
    said = page.html.main.get_text()
    assert "Droits ouverts au 16 juin 2026\u00a0?" in page.html.h1.get_text()
    assert "Oui" in said
    for secret in ("Karim", "Benali", "Inès", "20000101", "0775999998", "Confort", family["contract"].number):
        assert secret not in page
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"
    assert page.html.select_one("meta[name=robots]")["content"] == "noindex"


def test_rights_that_closed_and_a_code_of_nobody_are_one_answer(app, browser, db, family, clock):
    address = check_of(browser)
    browser.reset()
    nobody = words_of_answer(app.get("/droits/" + "x" * 43))
    assert nobody.startswith("Non")
    coverage = db.scalars(select(Coverage).where(Coverage.person_id == family["ines"].id)).one()
    coverage.period = period(date(2024, 1, 1), date(2026, 6, 16))
    db.commit()
    assert words_of_answer(app.get(address)) == nobody
    coverage.period = period(date(2024, 1, 1))
    db.commit()
    assert words_of_answer(app.get(address)).startswith("Oui")
    clock.at = clock.at.replace(year=2027, month=1, day=1)
    assert words_of_answer(app.get(address)) == nobody


def test_a_code_answers_by_one_statement_whatever_it_is(app, browser, db, family):
    address = check_of(browser)
    browser.reset()
    asked = []
    for path in (address, "/droits/" + "x" * 43):
        with counted_statements(db.get_bind()) as run:
            app.get(path)
        asked.append([one for one in run if "check_hash" in one])
    assert [len(one) for one in asked] == [1, 1]


def test_guessing_codes_is_slowed_down_for_a_network_alone(app, browser, db, family):
    address = check_of(browser)
    browser.reset()
    for n in range(10):
        app.get(f"/droits/{'y' * 42}{n}")
    slowed = app.get("/droits/" + "z" * 43, status=429)
    assert slowed.headers["Retry-After"]
    app.get(address, status=429)
    assert "Oui" in app.get(address, extra_environ={"REMOTE_ADDR": "198.51.100.7"})


def words_of_answer(page) -> str:
    return re.sub(r"\s+", " ", page.html.select_one(".card-box").get_text(" ", strip=True))


def test_the_card_of_last_year_stays_when_nothing_could_make_it_again(app, db, family, account, clock):
    browser = sign_in(app, db, account)
    browser.get("/tiers-payant")
    for row in db.scalars(select(ContractTerms).where(ContractTerms.contract_id == family["contract"].id)):
        row.card_model = None
    clock.at = clock.at.replace(year=2027)
    sign_in(app, db, account)
    page = browser.get("/tiers-payant")
    assert "Votre carte se prépare" in page
    assert "du 01/01/2026 au 31/12/2026" in page


def test_who_is_under_two_contracts_has_two_cards_and_each_part_of_the_page_its_own_name(app, db, family, account):
    other = make_contract(db, make_person(db, "Aude"), (family["karim"], "other"), member_number="70000001")
    print_by(db, other)
    db.commit()
    page = sign_in(app, db, account).get("/tiers-payant")
    numbers = [one.get_text() for one in page.html.select(".tp-block > div:last-child dd")]
    assert numbers == ["20000101", "70000001"]
    ids = [one["id"] for one in page.html.select("[id]")]
    assert sorted(ids) == sorted(set(ids))
    assert [one.get_text() for one in page.html.select(".tp-card")[1].select(".tp-name")] == ["Karim Benali"]
