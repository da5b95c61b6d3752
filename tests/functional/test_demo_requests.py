"""The requests of the demo: one in every state, the same each time, and nothing of the past that leaves today."""

from datetime import date
from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import func, select

from member_space.adapters.passwords import Argon2Passwords
from member_space.adapters.storage import FolderStorage
from member_space.config import tools_of
from member_space.domain.attachment import FileState, Kind
from member_space.domain.request import RequestKind, State
from member_space.interfaces import IStorage
from member_space.models import AskedPiece, Attachment, AttachmentFile, Message, Notification, Person, Request
from member_space.models.session import make_session_factory
from member_space.services.attachment import preview_key
from member_space.services.catalogue import catalogue_of
from member_space.services.claim_payment import payment_of_claim
from member_space.services.demo.load import load_demo
from member_space.services.demo.papers import file_of
from member_space.services.demo.requests import load_requests
from member_space.services.demo.scenes import scenes
from member_space.services.household import load_household
from member_space.services.request_decision import decision_of
from member_space.services.usual_time import usual_time_of

TODAY = date(2026, 11, 21)
LATER = date(2031, 5, 30)
"""A spring full of holidays, years after the scenes were written."""
WHAT = select(Request.number, Request.topic, Request.state, Request.due_at, Request.activity_at).order_by(Request.id)


@pytest.fixture
def sessions(request, own_database, cipher, settings, tmp_path):
    today = getattr(request, "param", TODAY)
    sessions = make_session_factory(own_database)
    storage = FolderStorage(tmp_path / "storage")
    load_demo(sessions, cipher, storage, Argon2Passwords(), settings.noemie, tmp_path / "demo", today)
    load_requests(sessions, tools_of(settings, own_database), today)
    return sessions


def test_one_in_every_state_and_of_every_kind(sessions, settings):
    with sessions() as db:
        assert set(db.scalars(select(Request.state))) == {state.value for state in State}
        assert set(db.scalars(select(Request.kind))) == {kind.value for kind in RequestKind}
        assert set(db.scalars(select(Request.topic))) <= set(catalogue_of(settings).topics)
        assert db.scalar(select(func.count()).select_from(AskedPiece).where(AskedPiece.answered_at.is_(None))) == 1
        assert db.scalar(select(func.max(Request.activity_at))).date() < TODAY
        read = dict(
            db.execute(select(Message.read_at.is_(None), func.count()).group_by(Message.read_at.is_(None))).all()
        )
        assert read[True]
        assert read[False]
        assert db.scalars(select(Notification.state).distinct()).all() == ["sent"]
        # Their month is long enough for something to be usual; of quotes nothing is.
        assert usual_time_of(db, "claim")
        assert usual_time_of(db, "message")
        assert usual_time_of(db, "quote") is None
        numbers = db.scalars(
            select(Request.number).where(Request.number.is_not(None)).order_by(Request.sent_at, Request.id)
        ).all()
        assert [n for n in numbers if not n.startswith("REC")] == sorted(n for n in numbers if not n.startswith("REC"))


def test_papers_are_there_and_can_be_seen(sessions, settings, own_database):
    storage = tools_of(settings, own_database).find(IStorage)
    with sessions() as db:
        pieces = db.scalars(select(Attachment)).all()
        kinds = set(db.scalars(select(AttachmentFile.media_type)))
        about = set(db.scalars(select(Request.kind).join(Attachment, Attachment.request_id == Request.id)))
    assert len(pieces) >= 8
    assert kinds == {Kind.PDF.value, Kind.JPEG.value}
    assert about >= {"claim", "quote", "change"}
    for piece in pieces:
        assert (piece.state, piece.pages) == (FileState.CHECKED.value, 1)
        assert piece.created_at <= piece.sent_at
        assert piece.piece in catalogue_of(settings).pieces
        preview = b"".join(storage.chunks(preview_key(piece.shown_key, 1)))
        with Image.open(BytesIO(preview)) as page:
            assert page.height > page.width, "upright, however it was stored"


@pytest.mark.parametrize("sessions", [LATER], indirect=True)
def test_the_days_that_they_tell_of_follow_the_day_of_the_demo(sessions):
    with sessions() as db:
        stay = db.scalars(select(Request).where(Request.topic == "quote.hospital")).one()
        birth = db.scalars(select(Request).where(Request.topic == "change.birth")).one()
        born = db.get_one(Person, birth.person_id).birth_date
    assert stay.details["entry_date"] > LATER.isoformat()
    assert birth.details["birth_date"] == born.isoformat()
    assert born < birth.sent_at.date()


def test_the_glasses_that_were_granted_are_paid(sessions):
    with sessions() as db:
        claim = db.scalars(select(Request).where(Request.topic == "claim.optics")).one()
        household = load_household(db, claim.author_person_id, TODAY)
        paid = payment_of_claim(db, household, claim, sum(line.granted for line in decision_of(db, claim)))
        assert claim.closed_at.date() < paid.paid_on <= TODAY


def test_a_paper_is_the_same_each_time(settings, own_database):
    tools = tools_of(settings, own_database)
    for file in (file for scene in scenes() for step in scene.steps for file in step.files):
        first, second = (file_of(tools, file, TODAY) for _time in range(2))
        assert first.sha256 == second.sha256


def test_the_scenes_are_the_same_each_time():
    assert scenes() == scenes()
