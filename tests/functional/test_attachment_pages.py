"""The pages of a piece before it is sent: turned, moved, taken away, taken again; the document is made again (C68)."""

from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import select, text
from webtest import Upload

from member_space.adapters.documents import Documents
from member_space.domain.attachment import PHOTOS_MAX, FileRefused, Refusal
from member_space.interfaces import IStorage
from member_space.models import Attachment, AttachmentFile
from member_space.services import request as requests
from member_space.services.attachment import preview_key
from member_space.services.attachment_check import check, refuse, waiting_since
from member_space.services.attachment_sweep import erase
from member_space.services.request import Actor
from tests.factories import files
from tests.factories.request import MEMBER
from tests.functional.helpers import tools_of
from tests.functional.journeys import words
from tests.functional.test_attachment import kept, page_of, send
from tests.functional.test_attachment import look_at as look_at_first
from tests.unit.adapters.test_documents import AS_HELD, corners

WIDTHS = (400, 410, 420)
TURNED = ["blue", "red", "white", "green"]
"""As `AS_HELD`, a quarter to the right."""
UPSIDE_DOWN = AS_HELD[::-1]


def look_at(app, db):
    """The worker's part, of what the pages have written meanwhile."""
    db.expire_all()
    look_at_first(app, db)


@pytest.fixture
def piece(app, db, draft):
    """Three photographs as one piece, looked at."""
    names = ("un.jpg", "deux.jpg", "trois.jpg")
    uploads = [(name, files.jpeg(width)) for name, width in zip(names, WIDTHS, strict=True)]
    send(app, draft, *uploads, as_one=True)
    look_at(app, db)
    [row] = kept(db)
    return row


def pages(app, row):
    return app.get(f"/fichiers/{row.public_id}/pages?next=/demarches")


def do(page, geste, status=303):
    form = next(form for form in page.forms.values() if "geste" in form.fields)
    return form.submit("geste", value=geste, status=status)


def add(page, *uploads, place="", status=303):
    form = next(form for form in page.forms.values() if "ajouter" in form.fields)
    form["files"] = [Upload(name, content) for name, content in uploads]
    form["place"] = place
    return form.submit("ajouter", status=status)


def names(db, row):
    db.expire_all()
    query = select(AttachmentFile.name).where(AttachmentFile.attachment_id == row.id)
    return [name.partition(".")[0] for name in db.scalars(query.order_by(AttachmentFile.position))]


def pictures(app, row):
    """What is shown of the piece: each page as a picture."""
    shown = app.app.registry.getUtility(IStorage)
    return [Image.open(BytesIO(shown.get(preview_key(row.shown_key, page)))) for page in range(1, (row.pages or 0) + 1)]


def test_a_page_is_turned_and_the_document_made_again(app, db, draft, piece):
    before = piece.shown_key
    page = app.get(page_of(draft)).click("Tourner ou ranger")
    assert page.html.find("a", string="Terminer")["href"] == page_of(draft)
    assert [img["alt"] for img in page.html.select(".photo-frame img")] == [f"Aperçu de la page {n}" for n in (1, 2, 3)]
    answer = do(page, "tourner-2")
    page = answer.follow()
    assert "Page 2 tournée" in words(page)
    assert page.html.select_one("[autofocus]")["value"] == "tourner-2"
    assert "contrôle en cours" in words(page)
    # At once, of what the worker had made before: nobody waits to see it lie right.
    small = Image.open(BytesIO(app.get(f"/fichiers/{piece.public_id}/pages/2.jpg").body))
    assert (max(small.size), corners(small)) == (320, TURNED)
    look_at(app, db)
    assert [corners(one) for one in pictures(app, piece)] == [AS_HELD, TURNED, AS_HELD]
    small = Image.open(BytesIO(app.get(f"/fichiers/{piece.public_id}/pages/2.jpg").body))
    assert corners(small) == TURNED
    # What was shown before is forgotten by a job; the originals stay.
    storage = app.app.registry.getUtility(IStorage)
    for asked in db.scalars(text("select args from procrastinate_jobs where task_name = 'attachment:erase'")):
        erase(db, tools_of(app), **asked)
    day = before.split("/")[1]
    left = set(storage.keys(f"shown/{day}"))
    assert before not in left
    assert piece.shown_key in left


def test_four_quarters_are_the_first_picture(app, db, piece):
    before, key = [one.tobytes() for one in pictures(app, piece)], piece.shown_key
    for _quarter in range(4):
        do(pages(app, piece), "tourner-1")
    look_at(app, db)
    assert [one.tobytes() for one in pictures(app, piece)] == before
    assert piece.shown_key != key


def test_pages_go_up_and_down_and_the_piece_has_the_name_of_the_first(app, db, piece):
    page = do(pages(app, piece), "monter-3").follow()
    assert names(db, piece) == ["un", "trois", "deux"]
    page = do(page, "monter-2").follow()
    assert page.html.select_one("[autofocus]")["value"] == "descendre-1"
    assert names(db, piece) == ["trois", "un", "deux"]
    assert piece.name == "trois.jpg"
    do(page, "descendre-2")
    assert names(db, piece) == ["trois", "deux", "un"]
    look_at(app, db)
    shapes = [one.height / one.width for one in pictures(app, piece)]
    assert shapes == [pytest.approx(300 / width, abs=0.005) for width in (420, 410, 400)]


def test_the_first_goes_no_higher_and_the_last_no_lower(app, db, piece):
    page = pages(app, piece)
    buttons = {one["value"] for one in page.html.select("[name=geste]")}
    assert not buttons & {"monter-1", "descendre-3"}
    form = next(form for form in page.forms.values() if "geste" in form.fields)
    posted = dict(form.submit_fields()) | {"geste": "monter-1"}
    app.post(f"/fichiers/{piece.public_id}/pages", posted, status=303)
    assert names(db, piece) == ["un", "deux", "trois"]
    for wrong in ("monter-9", "casser-1", "tourner-", ""):
        app.post(f"/fichiers/{piece.public_id}/pages", posted | {"geste": wrong}, status=409)


def test_a_page_is_taken_away_but_the_last_one(app, db, piece):
    page = do(pages(app, piece), "retirer-1").follow()
    assert names(db, piece) == ["deux", "trois"]
    page = do(page, "retirer-2").follow()
    assert names(db, piece) == ["deux"]
    assert "retirer" not in {one["value"].partition("-")[0] for one in page.html.select("[name=geste]")}
    look_at(app, db)
    assert (piece.pages, piece.shown_type) == (1, "image/jpeg")


def test_a_page_is_taken_again_in_its_place(app, db, piece):
    page = add(pages(app, piece), ("nette.jpg", files.jpeg(430)), place="2").follow()
    assert "votre fichier est bien arrivé" in words(page)
    assert names(db, piece) == ["un", "nette", "trois"]
    page = add(page, ("quatre.jpg", files.jpeg(440)), ("cinq.jpg", files.heic())).follow()
    assert names(db, piece) == ["un", "nette", "trois", "quatre", "cinq"]
    look_at(app, db)
    assert piece.pages == 5


def test_what_is_refused_is_named_and_costs_no_page(app, db, piece):
    page = add(pages(app, piece), ("notes.txt", b"some text"), place="2", status=422)
    assert "« notes.txt » n’est ni une photo (JPEG, PNG," in words(page)
    page = add(page, ("facture.pdf", files.pdf()), ("encore.jpg", files.jpeg(410)), status=422)
    assert "« facture.pdf » est un PDF" in words(page)
    assert "« encore.jpg » est déjà dans cette demande" in words(page)
    assert "Choisissez d’abord un fichier" in words(add(page, status=422))
    assert names(db, piece) == ["un", "deux", "trois"]
    assert piece.state == "checked"


def test_a_piece_has_ten_photographs_at_most(app, db, piece):
    more = [(f"{n}.jpg", files.jpeg(500 + n)) for n in range(PHOTOS_MAX - 2)]
    page = add(pages(app, piece), *more, status=422)
    assert f"« {PHOTOS_MAX - 3}.jpg » n’a pas été ajouté" in words(page)
    assert len(names(db, piece)) == PHOTOS_MAX
    # Full, it still takes a page in the place of another one.
    page = pages(app, piece)
    add(page, ("nette.jpg", files.jpeg(600)), place="1", status=303)
    assert (len(names(db, piece)), names(db, piece)[0]) == (PHOTOS_MAX, "nette")


def test_an_older_page_does_nothing_and_shows_how_it_is_now(app, db, piece):
    """Two tabs: the second one's « page 1 » is another page by now."""
    older = pages(app, piece)
    do(pages(app, piece), "descendre-1")
    answer = do(older, "tourner-1", status=409)
    assert "ont changé dans un autre onglet" in words(answer)
    assert db.scalars(select(AttachmentFile.turns)).all() == [0, 0, 0]
    answer = add(older, ("nette.jpg", files.jpeg(430)), place="1", status=409)
    assert names(db, piece) == ["deux", "un", "trois"]
    do(answer, "tourner-1")


def test_what_was_sent_or_refused_or_taken_back_is_arranged_no_more(app, db, draft, piece):
    tab = pages(app, piece)
    requests.send(db, tools_of(app), draft, Actor(MEMBER, draft.author_account_id))
    db.commit()
    for answer in (do(tab, "tourner-1"), add(tab, ("n.jpg", files.jpeg(430))), pages(app, piece)):
        assert answer.status_int == 303
        assert answer.location.endswith(f"/fichiers/{piece.public_id}/apercu")
    assert "Reçu et contrôlé" in pages(app, piece).follow()
    app.get(f"/fichiers/{piece.public_id}/pages/1.jpg", status=404)
    assert names(db, piece) == ["un", "deux", "trois"]


def test_a_piece_refused_or_taken_back_in_another_tab(app, db, piece):
    tab = pages(app, piece)
    piece.state = "received"
    refuse(db, tools_of(app), piece, Refusal.INFECTED)
    db.commit()
    assert "dangereux" in words(do(tab, "tourner-1").follow())
    app.post(f"/fichiers/{piece.public_id}/retirer", {"csrf_token": app.cookies["csrf"]}, status=303)
    app.get(f"/fichiers/{piece.public_id}/pages", status=404)


def test_a_pdf_has_no_pages_to_arrange(app, db, draft):
    send(app, draft, ("facture.pdf", files.pdf()))
    assert "Tourner ou ranger" not in words(app.get(page_of(draft)))
    [row] = kept(db)
    assert pages(app, row).location.endswith("/apercu")


def test_one_photograph_is_turned_before_it_was_looked_at(app, db, draft):
    send(app, draft, ("facture.jpg", files.placed_jpeg()))
    [row] = kept(db)
    page = pages(app, row)
    assert not page.html.select(".photo-frame img")
    app.get(f"/fichiers/{row.public_id}/pages/1.jpg", status=404)
    do(page, "tourner-1")
    look_at(app, db)
    [picture] = pictures(app, row)
    assert corners(picture) == TURNED
    assert not picture.getexif()
    # The file as it came still has its own.
    original = db.scalar(select(AttachmentFile.storage_key))
    assert b"TelephoneSecret" in app.app.registry.getUtility(IStorage).get(original)


def test_arranged_while_the_worker_makes_it_the_older_document_is_given_up(app, db, piece, monkeypatch):
    """The worker reads its photographs, the member turns one, the worker is done: what it made is of no use."""
    do(pages(app, piece), "tourner-1")
    db.expire_all()
    before, tools = piece.shown_key, tools_of(app)
    make, turned = Documents.make_shown, []

    def slow(self, sheets, limit):
        shown = make(self, sheets, limit)
        if not turned:
            turned.append(do(pages(app, piece), "tourner-1"))
        return shown

    monkeypatch.setattr(Documents, "make_shown", slow)
    check(db, tools, attachment_id=piece.id)
    db.commit()
    db.expire_all()
    assert (piece.state, piece.shown_key) == ("received", before)
    check(db, tools, attachment_id=piece.id)
    db.commit()
    assert piece.state == "checked"
    assert corners(pictures(app, piece)[0]) == UPSIDE_DOWN


def test_a_piece_arranged_late_raises_no_alarm_for_its_age(app, db, piece):
    tools = tools_of(app)
    piece.created_at = piece.waits_since = tools.now() - timedelta(days=2)
    db.commit()
    do(pages(app, piece), "tourner-1")
    assert tools.now() - waiting_since(db) < timedelta(minutes=1)
    assert db.scalar(select(Attachment.attempts)) == 0


def jobs_asked(db):
    return db.scalar(text("select count(*) from procrastinate_jobs where task_name = 'attachment:check'"))


def test_many_gestures_ask_the_worker_once(app, db, piece, monkeypatch):
    """A click costs nothing, a document of ten photographs seconds of the worker: nobody keeps it busy by clicking."""
    before = jobs_asked(db)
    for _click in range(6):
        do(pages(app, piece), "tourner-1")
    assert jobs_asked(db) == before + 1
    # Clicked again while it works, it is asked once more: the last arrangement is always made.
    make, clicked = Documents.make_shown, []

    def slow(self, sheets, limit):
        if not clicked:
            clicked.append(do(pages(app, piece), "tourner-1"))
        return make(self, sheets, limit)

    monkeypatch.setattr(Documents, "make_shown", slow)
    look_at(app, db)
    assert (piece.state, jobs_asked(db)) == ("received", before + 2)
    look_at(app, db)
    assert (piece.state, jobs_asked(db)) == ("checked", before + 2)
    # Seven quarters to the right are one to the left.
    assert corners(pictures(app, piece)[0]) == TURNED[::-1]


def test_refused_for_a_page_that_was_taken_away_meanwhile_it_is_made_again(app, db, piece, monkeypatch):
    """What the worker says of an older arrangement is not said of this one."""
    do(pages(app, piece), "tourner-1")
    make, before, taken = Documents.make_shown, jobs_asked(db), []

    def breaks(self, sheets, limit):
        if not taken:
            taken.append(do(pages(app, piece), "retirer-1"))
            raise FileRefused(Refusal.UNREADABLE)
        return make(self, sheets, limit)

    monkeypatch.setattr(Documents, "make_shown", breaks)
    look_at(app, db)
    assert (piece.state, jobs_asked(db)) == ("received", before + 1)
    look_at(app, db)
    assert (piece.state, piece.pages) == ("checked", 2)
