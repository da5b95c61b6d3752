"""Files, from the form to the member's page and the office's, with the worker between."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from webtest import Upload

from member_space.adapters.storage import FolderStorage
from member_space.domain.attachment import Refusal, Verdict
from member_space.domain.permissions import Role
from member_space.interfaces import IAntivirus, IStorage
from member_space.models import Attachment, AttachmentFile, Event, Notification, Reading, Request
from member_space.services import request as requests
from member_space.services.attachment import preview_key, remove, same_elsewhere
from member_space.services.attachment_add import add_files
from member_space.services.attachment_check import TRIES, begin, check, look_again
from member_space.services.attachment_sweep import erase, sweep
from member_space.services.request import Actor
from tests.factories import files
from tests.factories.office import make_colleague
from tests.factories.request import MEMBER, make_draft
from tests.functional.clock import clock_at
from tests.functional.helpers import sign_in, tools_of


def page_of(draft) -> str:
    return f"/demandes/{draft.public_id}/pieces/ajouter"


def send(app, draft, *uploads, status=303, **fields):
    form = form_of(app, draft)
    form["files"] = [Upload(name, content) for name, content in uploads]
    for name, value in fields.items():
        form[name] = value
    return form.submit(status=status)


def form_of(app, draft):
    """The form that adds, after those that take away."""
    forms = app.get(page_of(draft)).forms
    return next(form for form in forms.values() if form.action == page_of(draft))


def kept(db):
    return list(db.scalars(select(Attachment).order_by(Attachment.id)))


def look_at(app, db):
    for row in kept(db):
        check(db, tools_of(app), attachment_id=row.id)
    db.commit()
    db.expire_all()


def test_a_photograph_is_added_seen_and_taken_away(app, db, draft):
    page = send(app, draft, ("facture.jpg", files.placed_jpeg())).follow()
    assert "votre fichier est bien arrivé" in page
    assert "facture.jpg" in page
    assert "contrôle en cours" in page
    assert "encore ajouter 3 documents" in page
    [row] = kept(db)
    assert (row.state, row.name, row.sent_at) == ("received", "facture.jpg", None)
    look_at(app, db)
    page = app.get(page_of(draft))
    assert "Reçu et contrôlé" in page
    seen = page.click("^facture.jpg")
    picture = app.get(f"/fichiers/{row.public_id}/1.jpg")
    assert (picture.content_type, picture.headers["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert "sandbox" in picture.headers["Content-Security-Policy"]
    taken = seen.click("Télécharger")
    assert taken.headers["Content-Disposition"].startswith('attachment; filename="facture.jpg"')
    assert b"TelephoneSecret" not in taken.body
    form = next(one for one in app.get(page_of(draft)).forms.values() if one.action.endswith("/retirer"))
    page = form.submit(status=303).follow()
    assert "Le fichier est supprimé" in page
    assert kept(db) == []
    kinds = db.scalars(select(Event.kind).where(Event.kind.like("attachment:%"))).all()
    assert sorted(kinds) == ["attachment:added", "attachment:removed"]


def test_what_is_refused_is_named_with_its_limit_and_keeps_the_rest(app, db, draft):
    page = send(
        app,
        draft,
        ("bonne.jpg", files.jpeg()),
        ("locked.pdf", files.locked_pdf()),
        ("notes.txt", b"just some text"),
        ("vide.jpg", b""),
        status=422,
    )
    assert "« locked.pdf » est protégé par un mot de passe" in page.text.replace("\u00a0", " ")
    assert "« notes.txt » n’est ni une photo (JPEG, PNG," in page.text.replace("\u00a0", " ")
    assert "« vide.jpg » est vide" in page.text.replace("\u00a0", " ")
    assert [row.name for row in kept(db)] == ["bonne.jpg"]


class Antivirus:
    """Says what it is told to say."""

    def __init__(self, verdict):
        self.verdict = verdict

    def scan(self, file):
        assert file.read(1)
        return self.verdict

    def answers(self):
        return self.verdict is not Verdict.UNREACHABLE


@pytest.fixture
def antivirus(app):
    registry = app.app.registry
    before = registry.getUtility(IAntivirus)
    one = Antivirus(Verdict.CLEAN)
    registry.registerUtility(one, IAntivirus)
    yield one
    registry.registerUtility(before, IAntivirus)


@pytest.fixture
def sent_row(app, db, draft):
    """A photograph, sent with its request."""
    send(app, draft, ("facture.jpg", files.jpeg()))
    requests.send(db, tools_of(app), draft, Actor(MEMBER, draft.author_account_id))
    db.commit()
    [row] = kept(db)
    return row


def told(db):
    return db.scalars(select(Notification.kind).where(Notification.kind == "request_file_refused")).all()


def test_what_was_sent_stays(app, db, draft, sent_row):
    assert sent_row.sent_at is not None
    token = form_of(app, draft)["csrf_token"].value
    page = app.post(f"/fichiers/{sent_row.public_id}/retirer", {"csrf_token": token}, status=422)
    assert "nous est déjà parvenu" in page
    assert [row.id for row in kept(db)] == [sent_row.id]


def test_a_file_that_waits_is_neither_seen_nor_taken(app, db, sent_row):
    page = app.get(f"/fichiers/{sent_row.public_id}/apercu")
    assert "Nous le contrôlons" in page
    app.get(f"/fichiers/{sent_row.public_id}", status=404)
    app.get(f"/fichiers/{sent_row.public_id}/1.jpg", status=404)


@pytest.mark.parametrize("verdict", [Verdict.INFECTED, Verdict.UNSCANNABLE])
def test_a_file_refused_after_it_was_accepted_is_told_with_its_repair(app, db, draft, sent_row, antivirus, verdict):
    antivirus.verdict = verdict
    look_at(app, db)
    [row] = kept(db)
    assert (row.state, row.reason) == ("refused", verdict.value)
    assert told(db) == ["request_file_refused"]
    assert "antivirus" in app.get(f"/fichiers/{row.public_id}/apercu")
    app.get(f"/fichiers/{row.public_id}", status=404)
    look_at(app, db)
    assert told(db) == ["request_file_refused"]


def test_in_a_draft_what_was_refused_is_shown_and_leaves_its_place(app, db, draft, antivirus):
    send(app, draft, ("facture.jpg", files.jpeg()))
    antivirus.verdict = Verdict.INFECTED
    look_at(app, db)
    page = app.get(page_of(draft))
    assert "programme dangereux dans « facture.jpg »" in page.text.replace("\u00a0", " ")
    assert "encore ajouter 4 documents" in page
    assert told(db) == []
    send(app, draft, ("facture.jpg", files.jpeg()))


def test_without_its_antivirus_a_file_waits_and_nothing_else_does(app, db, draft, antivirus, caplog):
    """R3, R4: the request is accepted; from ten minutes on it is an alarm; then it is looked at again."""
    antivirus.verdict = Verdict.UNREACHABLE
    send(app, draft, ("facture.jpg", files.jpeg()))
    tools = tools_of(app)
    requests.send(db, tools, draft, Actor(MEMBER, draft.author_account_id))
    look_at(app, db)
    [row] = kept(db)
    assert (draft.state, row.state) == ("to_do", "received")
    jobs = "select count(*) from procrastinate_jobs where task_name = 'attachment:check'"
    asked = db.scalar(text(jobs))
    for minutes, alarm in ((2, False), (11, True)):
        row.waits_since = tools.now() - timedelta(minutes=minutes)
        db.flush()
        caplog.clear()
        look_again(db, tools)
        assert any("files wait for their check" in record.getMessage() for record in caplog.records) is alarm
    assert db.scalar(text(jobs)) == asked
    antivirus.verdict = Verdict.CLEAN
    look_again(db, tools)
    assert db.scalar(text(jobs)) == asked + 1
    look_at(app, db)
    assert kept(db)[0].state == "checked"


def queue(app, db):
    """Every job that is asked for, as a worker does it: it begins, then it works."""
    asked = db.scalars(text("select args from procrastinate_jobs where task_name = 'attachment:check'")).all()
    db.execute(text("delete from procrastinate_jobs where task_name = 'attachment:check'"))
    for arguments in asked:
        begin(db, tools_of(app), **arguments)
        check(db, tools_of(app), **arguments)
    db.commit()
    db.expire_all()
    return len(asked)


@pytest.mark.parametrize("broken", ["chunks", "put"])
def test_while_the_storage_is_down_a_file_waits_and_is_not_blamed(app, db, sent_row, monkeypatch, broken):
    """R3: half an hour without it, a try each minute, then it is back."""

    def fails(*_arguments):
        raise OSError("the storage does not answer: EndpointConnectionError")

    with clock_at(app, 2026, 6, 16) as clock:
        sent_row.waits_since = clock.now()
        with monkeypatch.context() as down:
            down.setattr(FolderStorage, broken, fails)
            for _minute in range(30):
                clock.at += timedelta(minutes=1)
                look_again(db, tools_of(app))
                assert queue(app, db) >= 1
                assert (sent_row.state, sent_row.attempts) == ("received", 0)
        look_again(db, tools_of(app))
        queue(app, db)
    assert sent_row.state == "checked"
    assert told(db) == []


def test_a_file_whose_turn_does_not_come_is_not_blamed(app, db, sent_row):
    """A backlog: the job stays in the queue while the minutes pass."""
    with clock_at(app, 2026, 6, 16) as clock:
        sent_row.waits_since = clock.now()
        for _minute in range(TRIES + 10):
            clock.at += timedelta(minutes=1)
            look_again(db, tools_of(app))
        queue(app, db)
    assert sent_row.state == "checked"
    assert told(db) == []


def test_without_its_antivirus_no_try_counts(app, db, sent_row, antivirus):
    antivirus.verdict = Verdict.UNREACHABLE
    for _try in range(TRIES + 1):
        begin(db, tools_of(app), attachment_id=sent_row.id)
        check(db, tools_of(app), attachment_id=sent_row.id)
    assert (sent_row.state, sent_row.attempts) == ("received", 0)


def test_a_file_that_always_breaks_the_worker_is_refused_in_the_end(app, db, sent_row):
    """It begins each time, and does not end."""
    for attempt in range(1, TRIES + 1):
        begin(db, tools_of(app), attachment_id=sent_row.id)
        assert (sent_row.state, sent_row.attempts) == ("received", attempt)
    begin(db, tools_of(app), attachment_id=sent_row.id)
    assert (sent_row.state, sent_row.reason) == ("refused", Refusal.UNREADABLE)
    assert told(db) == ["request_file_refused"]
    begin(db, tools_of(app), attachment_id=sent_row.id)
    assert told(db) == ["request_file_refused"]


class TestTheOffice:
    @pytest.fixture
    def handler(self, db):
        return make_colleague(db, Role.HANDLER)

    def test_a_draft_is_not_there(self, app, db, draft, handler):
        send(app, draft, ("facture.jpg", files.jpeg()))
        look_at(app, db)
        sign_in(app, db, handler)
        app.get(f"/bureau/fichiers/{kept(db)[0].public_id}", status=404)
        app.get(f"/bureau/fichiers/{kept(db)[0].public_id}/1.jpg", status=404)

    def test_each_opening_is_told_to_the_member(self, app, db, sent_row, handler):
        look_at(app, db)
        sign_in(app, db, handler)
        assert app.get(f"/bureau/fichiers/{sent_row.public_id}/1.jpg").content_type == "image/jpeg"
        reading = db.scalars(select(Reading)).one()
        assert (reading.subject_person_id, reading.what, reading.reason) == (
            sent_row.author_person_id,
            "attachment",
            "traitement d’une demande",
        )
        assert app.get(f"/bureau/fichiers/{sent_row.public_id}").content_type == "image/jpeg"
        original = app.get(f"/bureau/fichiers/{sent_row.public_id}?original=1")
        assert (original.body, original.content_type) == (files.jpeg(), "application/octet-stream")
        app.get(f"/bureau/fichiers/{sent_row.public_id}?original=2", status=404)
        app.get(f"/bureau/fichiers/{sent_row.public_id}?original=abc")
        facts = db.scalars(select(Event.details).where(Event.kind == "attachment:opened").order_by(Event.id)).all()
        assert facts == [{"original": False}, {"original": True}, {"original": False}]

    def test_a_member_has_no_such_page(self, app, db, sent_row):
        look_at(app, db)
        app.get(f"/bureau/fichiers/{sent_row.public_id}", status=404)

    def test_the_same_paper_elsewhere_in_the_household_is_flagged(self, app, db, home, sent_row):
        account, contract = home
        tools = tools_of(app)
        again = make_draft(db, tools, account, contract, "claim", "claim.optics")
        assert add_files(db, tools, again, [files.sent("b.jpg", files.jpeg())], actor=Actor(MEMBER, account.id)) == []
        requests.send(db, tools, again, Actor(MEMBER, account.id))
        row = kept(db)[-1]
        number = db.scalar(select(Request.number).where(Request.id == sent_row.request_id))
        assert same_elsewhere(db, [sent_row.id, row.id]) == {sent_row.id: [again.number], row.id: [number]}


class TestTheStorage:
    def keys(self, app):
        storage = app.app.registry.getUtility(IStorage)
        day = f"{tools_of(app).today():%Y-%m-%d}"
        return set(storage.keys(f"files/{day}")) | set(storage.keys(f"shown/{day}"))

    def test_what_is_taken_away_leaves_it_by_a_job(self, app, db, draft):
        before = self.keys(app)
        send(app, draft, ("facture.jpg", files.jpeg()))
        look_at(app, db)
        assert len(self.keys(app) - before) == 3
        remove(db, tools_of(app), kept(db)[0], Actor(MEMBER, draft.author_account_id))
        asked = db.scalar(text("select args from procrastinate_jobs where task_name = 'attachment:erase'"))
        erase(db, tools_of(app), **asked)
        assert self.keys(app) == before

    def test_one_that_fails_costs_no_text_and_is_told_as_ours(self, app, db, draft, monkeypatch):
        def fails(*_arguments):
            raise OSError("no space left on device")

        monkeypatch.setattr(FolderStorage, "put_file", fails)
        page = send(app, draft, ("facture.jpg", files.jpeg()), status=422)
        assert "la panne vient de nous" in page.text.replace("\u00a0", " ")
        assert kept(db) == []

    def test_what_no_row_names_is_swept_after_its_days(self, app, db, draft):
        """A crash between the storage and the commit."""
        storage, now = app.app.registry.getUtility(IStorage), tools_of(app).now()
        send(app, draft, ("facture.jpg", files.jpeg()))
        look_at(app, db)
        [row] = kept(db)
        day = f"{now - timedelta(days=3):%Y-%m-%d}"
        file = db.scalars(select(AttachmentFile)).one()
        for key in (file.storage_key, row.shown_key, preview_key(row.shown_key, 1)):
            folder, _day, name = key.split("/")
            storage.put(f"{folder}/{day}/{name}", storage.get(key))
        file.storage_key = file.storage_key.replace(file.storage_key.split("/")[1], day)
        row.shown_key = row.shown_key.replace(row.shown_key.split("/")[1], day)
        db.flush()
        orphans = [f"files/{day}/orphan", f"shown/{day}/orphan", f"shown/{day}/orphan.1.jpg"]
        for key in orphans:
            storage.put(key, b"1")
        sweep(db, tools_of(app))
        left = set(storage.keys(f"files/{day}")) | set(storage.keys(f"shown/{day}"))
        assert left == {file.storage_key, row.shown_key, preview_key(row.shown_key, 1)}
        for key in left:
            storage.delete(key)

    def test_the_bin_is_emptied_after_its_time(self, app, db, draft):
        send(app, draft, ("a.jpg", files.jpeg()), ("b.jpg", files.jpeg(401)))
        first, second = kept(db)
        now = tools_of(app).now()
        first.removed_at, second.removed_at = now - timedelta(days=31), now - timedelta(days=29)
        db.flush()
        sweep(db, tools_of(app))
        assert [row.id for row in kept(db)] == [second.id]


def test_a_file_that_comes_while_another_tab_sends_leaves_with_it(app, db, draft, home, monkeypatch):
    """It was begun in a draft, whose page was left open: it is not kept where nothing would send it."""

    def sent_first(*args, **options):
        row = db.get_one(Request, draft.id)
        if row.state == "draft":
            requests.send(db, tools_of(app), row, Actor(MEMBER, home[0].id))
            db.commit()
        return add_files(*args, **options)

    monkeypatch.setattr("member_space.services.asked_piece.add_files", sent_first)
    send(app, draft, ("facture.jpg", files.jpeg()))
    [row] = kept(db)
    db.refresh(row)
    assert (row.request_id, row.sent_at is None) == (draft.id, False)


def test_a_file_for_a_draft_that_another_tab_just_erased_finds_no_page(app, db, draft, monkeypatch):
    def erased_first(*args, **options):
        db.delete(db.get_one(Request, draft.id))
        db.commit()
        return add_files(*args, **options)

    monkeypatch.setattr("member_space.services.asked_piece.add_files", erased_first)
    send(app, draft, ("facture.jpg", files.jpeg()), status=404)
    assert kept(db) == []
