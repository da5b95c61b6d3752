"""What is granted of a stay is a document for the establishment: in the thread, the safe and at the desk (C85)."""

from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import func, select, text

from member_space.models import Attachment, Event, Message
from member_space.services.attachment_check import check
from member_space.services.hospital_guarantee import make_guarantee
from tests.factories.request import make_request, take
from tests.functional.helpers import sign_in
from tests.functional.journeys import words
from tests.functional.office.desk import form_of, page, send
from tests.log_guard import Browser

STAY = {
    "establishment": "Hôpital Lariboisière, Paris",
    "finess": "750712184",
    "entry_date": "2026-07-01",
    "days": 4,
    "dmt": "137",
    "room": True,
}


@pytest.fixture
def stay(db, tools, member, claire):
    row = make_request(db, tools, *member, kind="quote", topic="quote.hospital", body="Mon genou", details=STAY)
    take(db, tools, row, claire)
    db.commit()
    return row


def decide(desk, row, **fields):
    form = form_of(desk.get(page(row)), "decider")
    for name, value in fields.items():
        form[name.replace("_", "-")] = value
    return form_of(form.submit(), "decider").submit("sent", status=303)


GRANTED = {
    "label_1": "Forfait journalier, 4 jours",
    "asked_1": "92",
    "amo_1": "0",
    "granted_1": "92",
    "label_2": "Chambre particulière, 4 nuits",
    "asked_2": "400",
    "amo_2": "0",
    "granted_2": "240",
    "reason_2": "contract_rate",
    "label_3": "Dépassement d’honoraires",
    "asked_3": "300",
    "amo_3": "0",
    "reason_3": "not_covered",
    "label_4": "Télévision",
}


def work(db, tools):
    """What the worker has to do: the document, then its check."""
    asked = db.scalars(text("select args from procrastinate_jobs where task_name = 'hospital_guarantee:make'")).all()
    for arguments in asked:
        make_guarantee(db, tools, **arguments)
    for attachment_id in db.scalars(select(Attachment.id)).all():
        check(db, tools, attachment_id)
    db.commit()
    return asked


def test_the_member_and_the_desk_have_the_same_document(desk, db, tools, stay, member, claire, wsgi_app):
    fields = {name.replace("_", "-"): value for name, value in GRANTED.items()}
    assert send(desk, page(stay) + "/decider", version=stay.version, sent="oui", **fields).status_int == 303
    letter = db.scalar(select(Message.body).where(Message.kind == "decision"))
    assert "à remettre à l’établissement sera joint" in letter
    assert len(work(db, tools)) == 1
    [row] = db.scalars(select(Attachment)).all()
    name = f"prise-en-charge-{stay.number}.pdf"
    assert (row.state, row.side, row.name) == ("checked", "office", name)
    [added] = db.scalars(select(Event).where(Event.kind == "attachment:added")).all()
    assert (added.actor_account_id, added.subject_person_id) == (claire.id, row.author_person_id)

    theirs = sign_in(Browser(wsgi_app), db, member[0])
    thread = theirs.get(f"/demandes/{stay.public_id}").html.select_one("#echanges")
    assert name in thread.text
    assert "prise-en-charge" in words(theirs.get("/documents"))
    taken = theirs.get(f"/fichiers/{row.public_id}")
    assert taken.content_type == "application/pdf"
    assert taken.body == theirs.get(f"/fichiers/{row.public_id}").body
    assert name in words(desk.get(page(stay)))
    assert desk.get(f"/bureau/fichiers/{row.public_id}").body == taken.body

    reader = PdfReader(BytesIO(taken.body))
    catalog = reader.trailer["/Root"]
    assert catalog["/MarkInfo"]["/Marked"]
    assert catalog["/Lang"] == "fr"
    assert b"pdfuaid" in catalog["/Metadata"].get_object().get_data()
    told = " ".join(" ".join(one.extract_text() for one in reader.pages).split())
    for part in (
        f"Accord de prise en charge hospitalière {stay.number}",
        "Hôpital Lariboisière, Paris",
        "750712184",
        "01/07/2026",
        "137",
        "Nadia Benali",
        "jusqu’à 92,00 €",
        "Chambre particulière, 4 nuits jusqu’à 240,00 €",
        "Télévision accordé",
        "reportée jusqu’au 14/09/2026",
    ):
        assert part in told.replace("\xa0", " ")
    # The establishment learns neither what was refused nor why.
    assert "Dépassement" not in told
    assert "300,00" not in told


def test_done_twice_there_is_one_document_made_of_the_same_bytes(desk, db, tools, stay):
    decide(desk, stay, label_1="Forfait journalier", asked_1="92", granted_1="92")
    [asked] = work(db, tools)
    before = db.scalar(text("select sha256 from attachment_file"))
    make_guarantee(db, tools, **asked)
    assert db.scalar(select(func.count()).select_from(Attachment)) == 1
    db.execute(text("delete from attachment"))
    make_guarantee(db, tools, **asked)
    assert db.scalar(text("select sha256 from attachment_file")) == before


def test_a_stay_that_is_refused_has_no_document(desk, db, tools, stay):
    decide(desk, stay, label_1="Séjour", asked_1="92", granted_1="0", reason_1="not_covered")
    assert work(db, tools) == []


def test_another_quote_has_no_document(desk, db, tools, member, claire):
    row = make_request(db, tools, *member, kind="quote", topic="quote.dental", body="Ma couronne")
    take(db, tools, row, claire)
    db.commit()
    decide(desk, row, label_1="Couronne", asked_1="92", granted_1="92")
    assert work(db, tools) == []
