"""A draft or its piece erased in one tab while another one sends it or erases it, with real commits."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from member_space.domain.request import NotAllowed
from member_space.models import Attachment, Request
from member_space.services import request as requests
from member_space.services import request_draft as drafts
from member_space.services.attachment import remove
from member_space.services.attachment_add import add_files
from member_space.services.request import Actor
from tests.factories.files import pdf, sent
from tests.factories.household import make_account, make_contract, make_person
from tests.factories.messages import worker_tools
from tests.factories.request import MEMBER, make_draft


@pytest.fixture
def tools(settings, own_database):
    return worker_tools(settings, own_database)[0]


@pytest.fixture
def actor(own_database, tools):
    """Who has a draft with a piece."""
    with Session(own_database) as db:
        holder = make_person(db)
        contract, account = make_contract(db, holder), make_account(db, holder)
        actor = Actor(MEMBER, account.id)
        add_files(db, tools, make_draft(db, tools, account, contract), [sent("facture.pdf", pdf())], actor=actor)
        db.commit()
    return actor


@pytest.fixture
def late(own_database, actor):
    """A tab that read the draft and its piece before another one acts."""
    with Session(own_database) as db:
        yield db, db.scalars(select(Request)).one(), db.scalars(select(Attachment)).one()


@pytest.fixture
def other(own_database, late):
    with Session(own_database) as db:
        yield db, db.scalars(select(Request)).one()


def test_what_was_sent_in_another_tab_is_neither_taken_back_nor_erased(own_database, tools, actor, late, other):
    requests.send(other[0], tools, other[1], actor)
    other[0].commit()
    db, draft, piece = late
    with pytest.raises(NotAllowed):
        remove(db, tools, piece, actor)
    with pytest.raises(NotAllowed):
        drafts.forget(db, tools, draft)
    db.commit()
    with Session(own_database) as db:
        assert db.scalars(select(Attachment.sent_at)).one() is not None


def test_what_another_tab_erased_is_erased(own_database, tools, actor, late, other):
    drafts.forget(other[0], tools, other[1])
    other[0].commit()
    db, draft, piece = late
    remove(db, tools, piece, actor)
    drafts.forget(db, tools, draft)
    db.commit()
    with Session(own_database) as db:
        assert db.scalars(select(Request)).all() == db.scalars(select(Attachment)).all() == []
