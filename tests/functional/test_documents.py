"""The safe of documents: added, said what they are, put in the bin, taken out of it, taken away all at once."""

import io
import zipfile
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from webtest import Upload

from member_space.domain.request import Side
from member_space.models import Attachment, Request
from member_space.services import request as requests
from member_space.services.attachment_add import add_files
from member_space.services.attachment_sweep import sweep
from member_space.services.document import erased_on
from member_space.services.request import Actor
from tests.factories.files import pdf, sent
from tests.factories.household import make_account, make_contract, make_person
from tests.factories.office import make_colleague
from tests.factories.request import MEMBER, make_draft, make_request
from tests.functional.clock import at_paris, clock_at
from tests.functional.helpers import sign_in

LIST, ADD = "/documents", "/documents/ajouter"


@pytest.fixture(autouse=True)
def clock(app):
    with clock_at(app, 2026, 6, 16, 11) as clock:
        yield clock


@pytest.fixture
def family(db):
    holder, child = make_person(db, "Hélène"), make_person(db, "Zoé", date(2015, 5, 5))
    contract = make_contract(db, holder, (child, "child"))
    return contract, holder, child, make_account(db, holder)


@pytest.fixture
def browser(app, db, family):
    return sign_in(app, db, family[3])


def form_of(page, action):
    return next(form for form in page.forms.values() if form.action == action)


def rows(page):
    return [" ".join(row.get_text(" ").split()) for row in page.html.select("main table tbody tr")]


def add(browser, *files, status=303):
    form = form_of(browser.get(ADD), ADD)
    form["files"] = [Upload(name, content) for name, content in files]
    return form.submit(status=status)


def documents(db):
    return list(db.scalars(select(Attachment).order_by(Attachment.id)))


def ranged(browser, name="Facture dentiste.pdf", title="Dentiste, mars", content=None):
    page = add(browser, (name, content or pdf())).follow()
    form = next(form for form in page.forms.values() if form.action.endswith("/completer"))
    form["titre"], form["date"], form["type"] = title, "2026-03-12", "other"
    return form.submit(status=303).follow()


def test_a_document_is_kept_first_then_said_what_it_is(browser, db, family):
    assert "Aucun document pour l’instant" in browser.get(LIST)
    page = add(browser, ("devis lunettes.pdf", pdf())).follow()
    form = next(form for form in page.forms.values() if form.action.endswith("/completer"))
    assert (form["titre"].value, form["type"].value) == ("devis lunettes", "quote")
    assert "Deviné d’après le nom" in page
    # Whatever is wrong, the file is there already.
    form["titre"], form["date"] = "", "12/03/2027"
    again = form.submit(status=422)
    told = [one.get_text() for one in again.html.select(".error-summary li")]
    assert told == [
        "Donnez un titre au document, comme « Facture du dentiste ».",
        "Cette date est à venir : écrivez celle qui est sur le document.",
    ]
    assert "À compléter" in rows(browser.get(LIST))[0]
    form = next(form for form in again.forms.values() if form.action.endswith("/completer"))
    form["titre"], form["date"], form["personne"] = "Lunettes de M. Zoé", "12/03/2026", str(family[2].public_id)
    done = form.submit(status=303).follow()
    assert "Votre document est rangé" in done
    assert rows(done) == [
        "Lunettes de M. Zoé Devis du professionnel Zoé 12/03/2026 Ajouté par vous Reçu, contrôle en cours "
        "Mettre à la corbeille Lunettes de M. Zoé"
    ]
    assert documents(db)[0].name == "Lunettes de M. Zoé.pdf"


def test_what_is_refused_is_named_and_the_others_are_kept(browser, db):
    page = add(browser, ("a.pdf", pdf()), ("b.exe", b"MZ"), status=422)
    assert "b.exe" in page.html.select_one(".error-summary").get_text()
    assert "1 document est gardé." in page
    assert [one.name for one in documents(db)] == ["a.pdf"]
    assert "Choisissez d’abord un fichier" in form_of(browser.get(ADD), ADD).submit(status=422)


def test_the_bin_tells_the_day_and_gives_back(browser, db, family, tools, clock):
    page = ranged(browser)
    [row] = documents(db)
    page = form_of(page, f"/documents/{row.public_id}/retirer").submit(status=303).follow()
    assert "Le document est à la corbeille" in page
    assert rows(page) == []
    assert "Effacé le 17 juillet 2026" in page.html.select_one("#corbeille").get_text()
    # Its own pages do not open it any more.
    browser.get(f"/fichiers/{row.public_id}/apercu", status=404)
    page = form_of(page, f"/documents/{row.public_id}/reprendre").submit(status=303).follow()
    assert len(rows(page)) == 1
    form_of(page, f"/documents/{row.public_id}/retirer").submit(status=303)
    clock.at = at_paris(2026, 7, 16, 10, 59)
    sweep(db, tools)
    assert len(documents(db)) == 1
    clock.at = at_paris(2026, 7, 17, 3)
    sweep(db, tools)
    assert documents(db) == []


def test_taking_out_of_the_bin_what_is_not_in_it_sends_nothing(browser, db, family, tools):
    contract, _holder, _child, account = family
    draft = make_draft(db, tools, account, contract)
    add_files(db, tools, draft, [sent("facture.pdf", pdf())], actor=Actor(MEMBER, account.id))
    db.commit()
    token = form_of(browser.get(ADD), ADD)["csrf_token"].value
    browser.post(f"/documents/{documents(db)[0].public_id}/reprendre", {"csrf_token": token}, status=303)
    db.expire_all()
    assert documents(db)[0].sent_at is None
    assert rows(browser.get(LIST)) == []


@pytest.mark.parametrize(("hour", "day"), [(0, 16), (2, 16), (3, 17), (23, 17)])
def test_the_day_of_erasing_is_that_of_the_night(hour, day):
    assert erased_on(at_paris(2026, 6, 16, hour)) == date(2026, 7, day)


def test_what_a_request_holds_cannot_be_removed(browser, db, family, tools):
    contract, _holder, _child, account = family
    draft = make_draft(db, tools, account, contract)
    add_files(db, tools, draft, [sent("facture.pdf", pdf())], actor=Actor(MEMBER, account.id))
    db.commit()
    # A draft's pieces are not in the safe yet.
    assert rows(browser.get(LIST)) == []
    requests.send(db, tools, draft, Actor(MEMBER, account.id))
    db.commit()
    page = browser.get(LIST)
    assert f"demande {draft.number}" in rows(page)[0]
    assert "gardé avec la demande" in rows(page)[0]
    [row] = documents(db)
    token = browser.get(ADD).html.find("input", {"name": "csrf_token"})["value"]
    page = browser.post(f"/documents/{row.public_id}/retirer", {"csrf_token": token}, status=422)
    assert "fait partie d’une demande envoyée" in page
    assert row.removed_at is None


def test_what_the_office_sent_is_in_it_once_it_is_sent(browser, db, family, tools):
    contract, _holder, _child, account = family
    row = make_request(db, tools, account, contract)
    colleague = make_colleague(db, "handler")
    add_files(db, tools, row, [sent("attestation.pdf", pdf())], actor=Actor(Side.OFFICE, colleague.id))
    db.commit()
    assert rows(browser.get(LIST)) == []
    documents(db)[0].sent_at = tools.now()
    db.commit()
    assert "Envoyé par" in rows(browser.get(LIST))[0]
    assert rows(browser.get(LIST, {"de": "moi"})) == []
    assert len(rows(browser.get(LIST, {"de": "mutuelle"}))) == 1


def test_somebody_elses_document_is_not_there(app, db, family, browser):
    ranged(browser)
    [row] = documents(db)
    other = sign_in(app, db, make_account(db, family[2]))
    assert rows(other.get(LIST)) == []
    other.get(f"/documents/{row.public_id}/completer", status=404)
    token = other.get(ADD).html.find("input", {"name": "csrf_token"})["value"]
    for act in ("retirer", "reprendre", "completer"):
        other.post(f"/documents/{row.public_id}/{act}", {"csrf_token": token}, status=404)
    assert zipfile.ZipFile(io.BytesIO(other.get("/documents/tout.zip").body)).namelist() == [
        "LISEZMOI.txt",
        "manifeste.json",
    ]


def test_the_papers_of_a_draft_that_went_may_be_taken_back(browser, db, family, tools, clock):
    contract, _holder, _child, account = family
    draft = make_draft(db, tools, account, contract)
    add_files(db, tools, draft, [sent("facture.pdf", pdf())], actor=Actor(MEMBER, account.id))
    [row] = documents(db)
    row.request_id, row.removed_at = None, clock.now() - timedelta(days=1)
    db.commit()
    page = browser.get(LIST)
    page = form_of(page, f"/documents/{row.public_id}/reprendre").submit(status=303).follow()
    assert "facture" in rows(page)[0]
    assert db.get(Request, draft.id) is not None
