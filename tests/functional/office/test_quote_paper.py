"""« Réponse au devis »: what a member reads of the answer in figures, on his page and as a PDF (C82)."""

from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import func, select, text

from member_space.interfaces import IStorage
from member_space.models import Attachment, AttachmentFile, DecisionLine, Person
from member_space.services.attachment_check import check
from member_space.services.export_part import scope_of
from member_space.services.export_tables import PARTS
from member_space.services.quote_answer import make_answer
from tests.functional.helpers import sign_in
from tests.functional.office.desk import form_of, page
from tests.functional.office.quotes import CARE, quote_at_desk, quote_for_spouse
from tests.log_guard import Browser


@pytest.fixture
def quote(db, tools, member, claire):
    return quote_at_desk(db, tools, member, claire)


def decide(desk, quote, **fields):
    form = form_of(desk.get(page(quote)), "decider")
    given = {"care_1": CARE, "asked_1": "650", "base_1": "107,50", "care_2": "Implant dentaire", "asked_2": "1200"}
    for name, value in (given | fields).items():
        form[name.replace("_", "-")] = value
    computed = form_of(form.submit("calculate", index=0, status=200), "decider")
    return form_of(computed.submit(), "decider").submit("sent", status=303)


def work(db, tools):
    """What the worker has to do: the document, then its check."""
    asked = db.scalars(text("select args from procrastinate_jobs where task_name = 'quote_answer:make'")).all()
    for arguments in asked:
        make_answer(db, tools, **arguments)
    for attachment_id in db.scalars(select(Attachment.id)).all():
        check(db, tools, attachment_id)
    db.commit()
    return asked


def told_by(browser, quote):
    return browser.get(f"/demandes/{quote.public_id}").html.select_one("#decision")


def cells(card, rows="tbody tr, tfoot tr"):
    return [[" ".join(cell.get_text(" ").split()) for cell in row.select("td")] for row in card.select(rows)]


def bytes_of(db, tools):
    return tools.find(IStorage).get(db.scalar(select(AttachmentFile.storage_key)))


def test_the_page_says_the_figures_and_where_they_come_from(desk, db, tools, quote, member, wsgi_app):
    decide(desk, quote)
    browser = sign_in(Browser(wsgi_app), db, member[0])
    card = told_by(browser, quote)
    assert cells(card) == [
        ["650,00 €", "107,50 €", "64,50 €", "258,00 €", "327,50 €"],
        ["1 200,00 €", "–", "0,00 €", "400,00 €", "800,00 €"],
        ["1 850,00 €", "–", "64,50 €", "658,00 €", "1 127,50 €"],
    ]
    told = card.text.replace("\xa0", " ")
    for part in (
        "Autres prothèses (article 3.3)",
        "1 fois par an",
        "100 % Santé",
        "valable jusqu’au 14 septembre 2026",
    ):
        assert part in told
    assert not card.select("a.btn")
    work(db, tools)
    link = told_by(browser, quote).select_one("a.btn")
    assert browser.get(link["href"]).content_type == "application/pdf"


def test_the_document_is_tagged_and_says_the_same(desk, db, tools, quote, member, wsgi_app):
    decide(desk, quote)
    assert len(work(db, tools)) == 1
    [row] = db.scalars(select(Attachment)).all()
    assert (row.name, row.state, row.side) == (f"reponse-devis-{quote.number}.pdf", "checked", "office")
    taken = sign_in(Browser(wsgi_app), db, member[0]).get(f"/fichiers/{row.public_id}")
    assert desk.get(f"/bureau/fichiers/{row.public_id}").body == taken.body
    reader = PdfReader(BytesIO(taken.body))
    catalog = reader.trailer["/Root"]
    assert (catalog["/MarkInfo"]["/Marked"], catalog["/Lang"]) == (True, "fr")
    assert b"pdfuaid" in catalog["/Metadata"].get_object().get_data()
    told = " ".join(" ".join(one.extract_text() for one in reader.pages).split()).replace("\xa0", " ")
    for part in (
        f"Réponse au devis {quote.number}",
        "Nadia Benali",
        "Valable jusqu’au 14/09/2026",
        "650,00 € 107,50 € 64,50 € 258,00 € 327,50 €",
        "Au total",
        "Autres prothèses (article 3.3)",
        "Nous payons ce que votre formule prévoit",
    ):
        assert part in told


def test_done_twice_there_is_one_document_made_of_the_same_bytes(desk, db, tools, quote):
    decide(desk, quote)
    [asked] = work(db, tools)
    before = db.scalar(text("select sha256 from attachment_file"))
    make_answer(db, tools, **asked)
    assert db.scalar(select(func.count()).select_from(Attachment)) == 1
    db.execute(text("delete from attachment"))
    make_answer(db, tools, **asked)
    assert db.scalar(text("select sha256 from attachment_file")) == before


def test_the_document_is_in_the_language_of_its_member(desk, db, tools, quote, member):
    member[0].language = "en"
    db.commit()
    decide(desk, quote)
    work(db, tools)
    told = PdfReader(BytesIO(bytes_of(db, tools)))
    assert told.trailer["/Root"]["/Lang"] == "en"
    assert "Answer to the quote" in told.pages[0].extract_text()


def test_what_another_adult_used_is_in_neither(desk, db, tools, claire, wsgi_app):
    account, quote = quote_for_spouse(db, tools, claire)
    decide(desk, quote)
    kept = db.scalars(select(DecisionLine.estimate).order_by(DecisionLine.rank)).all()
    assert kept[1]["ceilings"]
    work(db, tools)
    card = told_by(sign_in(Browser(wsgi_app), db, account), quote)
    assert "Plafond" not in card.text
    assert "Plafond" not in PdfReader(BytesIO(bytes_of(db, tools))).pages[0].extract_text()


def test_an_answer_without_an_estimate_still_shows(desk, db, quote, member, wsgi_app):
    form = form_of(desk.get(page(quote)), "decider")
    form["asked-1"], form["amo-1"], form["granted-1"] = "650", "100", "550"
    form_of(form.submit(), "decider").submit("sent", status=303)
    card = told_by(sign_in(Browser(wsgi_app), db, member[0]), quote)
    assert cells(card) == [["650,00 €", "100,00 €", "550,00 €", "0,00 €"]]
    assert "D’où viennent" not in card.text


@pytest.mark.parametrize("opened", [False, True])
def test_nor_is_it_in_the_copy_of_who_sent_it(desk, db, tools, cipher, claire, opened):
    """One implant a year: the second one has nothing left, and why is his to know."""
    account, quote = quote_for_spouse(db, tools, claire)
    decide(desk, quote, care_1="Implant dentaire", asked_1="1200", base_1="")
    db.get_one(Person, quote.person_id).care_open_to_holder = opened
    db.flush()
    [part] = [one for one in PARTS if one.name == "demandes-decisions"]
    told = [row["estimate"] for row in part.rows(db, cipher, scope_of(db, tools, account))]
    assert [bool(one["ceilings"]) for one in told] == [opened] * 2
    assert told[1]["zero_reason"] == ("cap_reached" if opened else None)
    assert (told[1]["price"], told[1]["rest"]) == (120_000, 120_000)
