"""A paper that we have is not asked for again; one of the safe is joined by one button (C76)."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from member_space.models import Attachment, AttachmentFile
from member_space.services.attachment import Safe
from member_space.services.attachment_add import add_files
from member_space.services.attachment_check import check
from member_space.services.request import Actor
from tests.factories.files import jpeg, sent
from tests.factories.household import make_account
from tests.factories.request import MEMBER, make_draft, make_request
from tests.functional.helpers import tools_of
from tests.functional.journeys import form_with, words

KNOWN = "inutile de nous l’envoyer à nouveau"
JOIN = "Joindre ce document"


@pytest.fixture
def home(app, db, account, people):
    """What this household sent and keeps."""
    return Home(app, db, account, people)


class Home:
    def __init__(self, app, db, account, people) -> None:
        self.db, self.tools, self.account = db, tools_of(app), account
        self.contract, self.child = people["contract"], people["child"]

    def give(self, request, piece, *, account=None, on=None, count=1):
        """A paper about the child, looked at; with a request or, None, in the safe."""
        account = account or self.account
        files = [sent(f"papier {n}.jpg", jpeg(300 + n, 200)) for n in range(count)]
        told = {"piece": piece, "person_id": self.child.id, "as_one": True, "actor": Actor(MEMBER, account.id)}
        if request is None:
            told["safe"] = Safe(self.contract.id, account.person_id)
        assert add_files(self.db, self.tools, request, files, **told) == []
        row = self.db.scalars(select(Attachment).order_by(Attachment.id.desc())).first()
        row.document_date, row.sent_at = on, row.sent_at or self.tools.now()
        check(self.db, self.tools, row.id)
        self.db.commit()
        return row

    def sent(self, topic, piece):
        request = make_request(
            self.db, self.tools, self.account, self.contract, "claim", topic, person_id=self.child.id
        )
        return self.give(request, piece)

    def pieces_of(self, topic="claim.optics"):
        about = {"person_id": self.child.id, "care_date": date(2026, 3, 12), "amount": 2_500, "body": None}
        draft = make_draft(self.db, self.tools, self.account, self.contract, "claim", topic, **about)
        self.db.commit()
        return f"/demandes/{draft.public_id}/pieces"


@pytest.mark.parametrize(("topic", "known"), [("claim.optics", True), ("claim.hearing", False)])
def test_a_prescription_counts_for_the_same_object_only(browser, home, topic, known):
    home.sent(topic, "prescription")
    assert (KNOWN in words(browser.get(home.pieces_of("claim.optics")))) is known


@pytest.mark.parametrize(("days", "known"), [(1825, True), (1826, False)])
def test_each_paper_has_the_life_that_the_catalogue_gives_it(browser, home, db, days, known):
    row = home.sent("claim.optics", "birth_certificate")
    row.sent_at -= timedelta(days=days)
    db.commit()
    assert (KNOWN in words(browser.get(home.pieces_of("claim.maternity")))) is known


def test_a_document_of_the_safe_is_joined_and_stays(browser, home, db):
    kept = home.give(None, "birth_certificate", count=2)
    page = browser.get(home.pieces_of("claim.maternity"))
    assert "Dans vos documents depuis le 16 juin 2026" in words(page)
    # The office does not see the safe: that is no paper which it has.
    assert KNOWN not in words(page)
    back = form_with(page, "document").submit().follow()
    assert JOIN not in words(back)
    joined = db.scalars(select(Attachment).where(Attachment.request_id.is_not(None))).one()
    assert (joined.piece, joined.sent_at, joined.public_id != kept.public_id) == ("birth_certificate", None, True)
    prints = {
        row.id: [one.sha256 for one in db.scalars(select(AttachmentFile).filter_by(attachment_id=row.id))]
        for row in (kept, joined)
    }
    assert prints[kept.id] == prints[joined.id] != []
    keys = set(db.scalars(select(AttachmentFile.storage_key)))
    assert len(keys) == 4
    db.refresh(kept)
    assert kept.request_id is None


def test_a_document_too_old_is_not_offered(browser, home):
    home.give(None, "birth_certificate", on=date(2021, 6, 16))
    assert JOIN not in words(browser.get(home.pieces_of("claim.maternity")))


def test_somebody_elses_document_is_neither_offered_nor_joined(browser, home, db, people):
    mine = home.give(None, "birth_certificate")
    theirs = home.give(None, "birth_certificate", account=make_account(db, people["spouse"]))
    page = browser.get(home.pieces_of("claim.maternity"))
    form = form_with(page, "document")
    assert form["document"].value == str(mine.public_id)
    for other in (str(theirs.public_id), "nothing"):
        form["document"].force_value(other)
        assert form.submit(expect_errors=True).status_int == 404
