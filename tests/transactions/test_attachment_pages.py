"""A piece whose pages are arranged while it is sent, taken back or arranged in another tab, with real commits (C68)."""

from datetime import UTC, datetime
from typing import Any

import pytest
from pyramid.request import Request as WebRequest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from member_space.config import make_app, work
from member_space.models import Attachment, AttachmentFile, Message, Request
from member_space.services.attachment_add import add_files
from member_space.services.sessions import Lifetimes, open_session
from tests.conftest import TEST_INI
from tests.factories import files
from tests.factories.household import make_account, make_contract, make_person
from tests.factories.messages import worker_tools
from tests.factories.request import MEMBER, make_draft
from tests.functional.test_attachment import Actor
from tests.transactions.together import at_once

CSRF = "0" * 40
TABS, ROUNDS = 8, 6


@pytest.fixture
def member(own_database, settings):
    """What sends a form as a member signed in, and what begins a request with one piece of three photographs."""
    app = make_app(TEST_INI, own_database)
    tools = worker_tools(settings, own_database)[0]
    with Session(own_database, expire_on_commit=False) as db:
        holder = make_person(db)
        account, contract = make_account(db, holder), make_contract(db, holder)
        token = open_session(db, account.id, datetime.now(UTC), Lifetimes.of(settings))[1]
        db.commit()

        def begun() -> tuple[Request, Attachment]:
            draft = make_draft(db, tools, account, contract)
            photographs = [files.sent(f"{n}.jpg", files.jpeg(400 + n)) for n in range(3)]
            assert add_files(db, tools, draft, photographs, actor=Actor(MEMBER, account.id), as_one=True) == []
            db.commit()
            return draft, db.scalars(select(Attachment).where(Attachment.request_id == draft.id)).one()

        def post(path: str, **fields: Any) -> tuple[int, str | None]:
            headers = {"Cookie": f"session={token}; csrf={CSRF}"}
            answer = WebRequest.blank(path, headers=headers, POST=fields | {"csrf_token": CSRF}).get_response(app)
            return answer.status_int, answer.location

        yield post, begun


def pages_of(engine, piece) -> list[tuple[str, int, int]]:
    """(name, place, quarter turns) of each page, in their order."""
    with Session(engine) as db:
        query = select(AttachmentFile.name, AttachmentFile.position, AttachmentFile.turns)
        query = query.where(AttachmentFile.attachment_id == piece.id).order_by(AttachmentFile.position)
        return [tuple(row) for row in db.execute(query)]


def row_of(engine, piece) -> Attachment | None:
    with Session(engine) as db:
        return db.get(Attachment, piece.id)


def test_of_many_tabs_that_showed_the_same_pages_one_arranges_them(own_database, member):
    post, begun = member
    _draft, piece = begun()
    gestures = ["tourner-1", "descendre-1", "monter-3", "retirer-2"] * (TABS // 4)
    answers = at_once(lambda one: post(f"/fichiers/{piece.public_id}/pages", geste=one, vu="1"), gestures)
    assert sorted(status for status, _location in answers) == [303] + [409] * (TABS - 1)
    assert row_of(own_database, piece).arrangement == 2
    places = [place for _name, place, _turns in pages_of(own_database, piece)]
    assert places == list(range(len(places)))


def test_what_is_sent_while_it_is_turned_is_whole_and_stays_as_it_left(own_database, member):
    """Two tabs send, others turn and take back: one sending, of the piece as it then lay; the worker does the rest."""
    post, begun = member
    for _round in range(ROUNDS):
        draft, piece = begun()
        pages, sending = f"/fichiers/{piece.public_id}/pages", f"/demandes/{draft.public_id}/envoyer"
        seen = {"vu": draft.activity_at.isoformat(), "encore": "1"}
        acts = [
            (sending, seen),
            (sending, seen),
            (pages, {"geste": "tourner-2", "vu": "1"}),
            (f"/fichiers/{piece.public_id}/retirer", {"next": "/demarches"}),
        ]
        answers = at_once(lambda one: post(one[0], **one[1]), acts)
        first, second, turning, taking_back = [status for status, _location in answers]
        assert (first, second) == (303, 303)
        assert turning in (303, 404)
        with Session(own_database) as db:
            of_it = select(func.count()).where(Message.request_id == draft.id)
            assert db.scalar(of_it) == 1
        row = row_of(own_database, piece)
        assert (row is None) == (taking_back == 303)
        if row is not None:
            assert row.sent_at is not None
            before = pages_of(own_database, piece)
            status, location = post(pages, geste="tourner-1", vu=str(row.arrangement))
            assert (status, location.endswith("/apercu")) == (303, True)
            assert pages_of(own_database, piece) == before
    work(TEST_INI, own_database, wait=False)
    with Session(own_database) as db:
        assert set(db.scalars(select(Attachment.state))) <= {"checked"}
        late = (AttachmentFile.shown_turns != AttachmentFile.turns) | (
            AttachmentFile.shown_page.is_distinct_from(AttachmentFile.position + 1)
        )
        assert db.scalars(select(AttachmentFile).where(late)).all() == []
        assert db.scalars(text("select count(*) from procrastinate_jobs")).all() == [0]


def test_files_added_at_once_never_pass_their_number(own_database, settings, member):
    """Eight tabs add a paper each where four may be: four are taken, the others are told."""
    post, begun = member
    draft, piece = begun()
    post(f"/fichiers/{piece.public_id}/retirer", next="/demarches")
    add = f"/demandes/{draft.public_id}/pieces/ajouter"
    papers = [(f"../../{n}\u202egpj.exe", files.jpeg(600 + n)) for n in range(TABS)]
    answers = at_once(lambda one: post(add, files=one), papers)
    assert sorted(status for status, _location in answers) == [303] * 4 + [422] * (TABS - 4)
    with Session(own_database) as db:
        names = db.scalars(select(Attachment.name).where(Attachment.request_id == draft.id)).all()
    assert len(names) == 4
    # Nothing of a path is left in a name, nor a sign that has it read backwards.
    assert set("".join(names)) <= set("0123456789gpj.exe")
