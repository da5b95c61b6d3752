"""What the law has the office keep: put and lifted by a supervisor, obeyed by the night, told to the member (C127)."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from member_space import models as m
from member_space.domain.legal_hold import HoldGround
from member_space.domain.permissions import Role
from member_space.services.attachment_sweep import sweep
from member_space.services.document import remove
from member_space.services.legal_hold import Target, find_hold, lift_hold, put_hold
from tests.factories.office import make_colleague, office_identity_of
from tests.factories.request import answer, make_request
from tests.functional.clock import clock_at
from tests.functional.erasing import DAY, each_day, ended_with, said
from tests.functional.helpers import HERE, sign_in

GROUNDS = ("litige", "juge", "autorité", "contrôle est en cours", "fraude", *HoldGround)


@pytest.fixture(autouse=True)
def clock(app):
    with clock_at(app, 2016, 6, 16, 11) as clock:
        yield clock


@pytest.fixture
def hugo(db):
    return make_colleague(db, Role.HANDLER)


@pytest.fixture
def who(db):
    """The supervisor who holds."""
    return office_identity_of(make_colleague(db, Role.SUPERVISOR))


@pytest.fixture
def left(db, tools, hugo, clock):
    return ended_with(db, tools, hugo, clock)


class TestALegalHold:
    def test_keeps_beyond_the_day_and_says_so_without_why(self, app, db, tools, clock, left, who):
        row, account = left
        assert put_hold(db, tools, who, Target(account.person_id), HoldGround.FRAUD, HERE)
        db.commit()
        told, gone = each_day(db, tools, clock, date(2016, 8, 1))
        assert (told, gone) == ([], None)
        browser = sign_in(app, db, account)
        documents, page = said(browser, "/documents"), said(browser, f"/demandes/{row.public_id}")
        assert documents.count("Gardé au-delà de son terme : une obligation légale nous l’impose") == 2
        assert "Effacé le" not in documents
        assert "Cette demande est gardée au-delà de son terme" in page
        for word in GROUNDS:
            assert word not in documents + page

    def test_lifted_gives_thirty_days_and_tells_again(self, db, tools, clock, left, who):
        put_hold(db, tools, who, Target(left[1].person_id), HoldGround.AUDIT, HERE)
        clock.at = datetime(2016, 9, 1, 9, tzinfo=UTC)
        hold = db.scalars(select(m.LegalHold)).one()
        lift_hold(db, tools, who, hold, HERE)
        lift_hold(db, tools, who, hold, HERE)
        db.commit()
        told, gone = each_day(db, tools, clock, date(2016, 10, 5))
        assert told == [date(2016, 9, 2), date(2016, 9, 24)]
        assert gone == date(2016, 10, 1)
        kinds = db.scalars(select(m.Event.kind).where(m.Event.kind.like("legal_hold:%")).order_by(m.Event.id)).all()
        assert kinds == ["legal_hold:put", "legal_hold:lifted"]

    def test_of_one_request_keeps_that_one_alone(self, db, tools, clock, left, who):
        row, account = left
        other = make_request(db, tools, account, db.get(m.Contract, row.contract_id))
        clock.at -= 1000 * DAY
        answer(db, tools, other, make_colleague(db, Role.HANDLER))
        clock.at += 1000 * DAY
        put_hold(db, tools, who, Target(account.person_id, row.id), HoldGround.LITIGATION, HERE)
        db.commit()
        each_day(db, tools, clock, date(2016, 7, 22))
        assert db.scalars(select(m.Request.id)).all() == [row.id]
        assert db.scalars(select(m.Attachment.request_id)).all() == [row.id]

    def test_keeps_the_bin_and_gives_it_thirty_days_once_lifted(self, app, db, tools, clock, left, who):
        document = db.scalars(select(m.Attachment).where(m.Attachment.request_id.is_(None))).one()
        put_hold(db, tools, who, Target(left[1].person_id), HoldGround.AUTHORITY, HERE)
        remove(db, tools, document)
        clock.at += 31 * DAY
        sweep(db, tools)
        db.commit()
        browser = sign_in(app, db, left[1])
        assert "une obligation légale" in browser.get("/documents").html.select_one("#corbeille").get_text()
        lift_hold(db, tools, who, db.scalars(select(m.LegalHold)).one(), HERE)
        db.commit()
        assert "Effacé le 17 août 2016" in browser.get("/documents").html.select_one("#corbeille").get_text()
        clock.at += 29 * DAY
        sweep(db, tools)
        assert db.get(m.Attachment, document.id)
        clock.at += 2 * DAY
        sweep(db, tools)
        db.commit()
        db.expire_all()
        assert document not in db

    def test_of_somebody_else_changes_nothing(self, db, tools, clock, left, who, hugo):
        _row, other = ended_with(db, tools, hugo, clock, end=None)
        put_hold(db, tools, who, Target(other.person_id), HoldGround.FRAUD, HERE)
        db.commit()
        each_day(db, tools, clock, date(2016, 7, 20))
        assert db.scalars(select(m.Request.author_person_id)).all() == [other.person_id]


LIST = "/bureau/conservations"


def fill(page, **values):
    form = next(form for form in page.forms.values() if form.action == LIST)
    for name, value in values.items():
        form[name] = value
    return form


class TestAtTheOffice:
    @pytest.fixture
    def desk(self, app, db, who):
        return sign_in(app, db, db.get(m.Account, who.account_id))

    def test_put_by_the_number_of_a_request_and_lifted(self, db, desk, left):
        page = fill(desk.get(LIST), asked=left[0].number.lower(), scope="request", ground="audit").submit(status=303)
        page = page.follow()
        assert "C’est conservé" in page
        row = page.html.select_one("main tbody tr").get_text(" ")
        assert f"Demande {left[0].number}" in row
        assert "Un contrôle est en cours" in row
        hold = db.scalars(select(m.LegalHold)).one()
        assert (hold.person_id, hold.request_id) == (left[1].person_id, left[0].id)
        again = fill(page, asked=left[0].number, scope="request", ground="fraud").submit(status=303).follow()
        assert "C’était déjà conservé" in again
        form = next(form for form in again.forms.values() if form.action.endswith("/lever"))
        assert "L’obligation est levée" in form.submit(status=303).follow()
        db.expire_all()
        assert find_hold(db, hold.public_id).lifted_by == hold.put_by

    def test_put_on_the_file_of_an_address_or_of_an_author(self, db, desk, left):
        fill(desk.get(LIST), asked=f" {left[1].email.upper()} ", scope="file", ground="fraud").submit(status=303)
        hold = db.scalars(select(m.LegalHold)).one()
        assert (hold.person_id, hold.request_id) == (left[1].person_id, None)
        fill(desk.get(LIST), asked=left[0].number, scope="file", ground="fraud").submit(status=303)
        assert db.scalars(select(m.LegalHold)).one()
        assert left[1].email not in desk.get(LIST)

    @pytest.mark.parametrize(
        ("typed", "told"),
        [
            ({"asked": ""}, "Écrivez un numéro de demande"),
            ({"asked": "000001-A"}, "Aucune demande ni aucun compte"),
            ({"asked": "nobody@example.org", "scope": "file"}, "Aucune demande ni aucun compte"),
            ({"asked": "nobody@example.org"}, "Une adresse désigne tout un dossier"),
            ({"asked": "x" * 400}, "Écrivez un numéro de demande"),
            ({"ground": ""}, "Choisissez l’obligation"),
        ],
    )
    def test_what_is_wrong_is_told_and_kept(self, db, desk, left, typed, told):
        values = {"asked": left[0].number, "scope": "request", "ground": "audit"} | typed
        page = fill(desk.get(LIST), **values).submit(status=422)
        assert told in page.html.select_one(".error-summary").get_text()
        assert fill(page)["asked"].value == values["asked"]
        assert db.scalars(select(m.LegalHold)).all() == []

    @pytest.mark.parametrize("role", [Role.HANDLER, Role.AUDITOR, Role.ADMINISTRATOR])
    def test_nobody_else_puts_one(self, app, db, role):
        browser = sign_in(app, db, make_colleague(db, role))
        browser.get(LIST, status=403)
