"""The storage or the antivirus is down: the request is accepted all the same, and what is missing is told."""

from contextlib import contextmanager

import pytest
from sqlalchemy import select
from zope.interface import implementer

from member_space.domain.attachment import Verdict
from member_space.interfaces import IAntivirus, IStorage
from member_space.models import Attachment, Request
from member_space.services.attachment_check import check
from tests.factories import files
from tests.factories.household import make_account, make_contract, make_person
from tests.factories.request import make_draft
from tests.functional.helpers import sign_in, tools_of
from tests.functional.test_attachment import send


@implementer(IStorage)
class DownStorage:
    """Takes nothing: it is down."""

    def put_file(self, *_args) -> None:
        raise OSError("the storage does not answer")


@implementer(IAntivirus)
class Scanner:
    """Says what it is told to."""

    def __init__(self, verdict: Verdict) -> None:
        self.verdict = verdict

    def scan(self, _file):
        return self.verdict


@contextmanager
def in_place_of(app, interface, other):
    registry = app.app.registry
    before = registry.queryUtility(interface)
    registry.registerUtility(other, interface)
    yield
    if before is None:
        registry.unregisterUtility(other, interface)
    else:
        registry.registerUtility(before, interface)


@pytest.fixture
def draft(app, db):
    holder = make_person(db)
    account, contract = make_account(db, holder), make_contract(db, holder)
    row = make_draft(db, tools_of(app), account, contract)
    db.commit()
    sign_in(app, db, account)
    return row


def leave(app, db, draft):
    """Send it from the page that shows it again; its state then."""
    page = app.get(f"/demandes/{draft.public_id}/verifier")
    form = next(one for one in page.forms.values() if one.action.endswith("/envoyer"))
    assert "Votre demande" in form.submit(status=303).follow()
    db.expire_all()
    return db.scalar(select(Request.state))


def test_with_the_storage_down_the_file_is_refused_and_the_request_leaves(app, db, draft):
    with in_place_of(app, IStorage, DownStorage()):
        page = send(app, draft, ("facture.jpg", files.jpeg()), status=422)
        assert "facture.jpg" in page
        assert db.scalars(select(Attachment)).all() == []
        assert leave(app, db, draft) == "to_do"


def test_with_the_antivirus_down_the_file_waits_and_the_request_leaves(app, db, draft):
    scanner = Scanner(Verdict.UNREACHABLE)
    with in_place_of(app, IAntivirus, scanner):
        assert "est bien arrivé" in send(app, draft, ("facture.jpg", files.jpeg())).follow()
        assert leave(app, db, draft) == "to_do"
        row = db.scalars(select(Attachment)).one()
        for verdict, state in [(Verdict.UNREACHABLE, "received"), (Verdict.CLEAN, "checked")]:
            scanner.verdict = verdict
            check(db, tools_of(app), attachment_id=row.id)
            assert row.state == state
        assert row.sent_at
