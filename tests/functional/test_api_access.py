"""What a token opens: only while it lives, and only beneath /api/; a cookie opens nothing there."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from member_space.domain.api_scope import Scope
from member_space.domain.permissions import Permission
from member_space.domain.readings import What
from member_space.models import Reading
from member_space.services.api_access import narrowed, read_access
from member_space.services.household import load_household
from member_space.services.readings import note_access
from member_space.services.tools import INSIDE
from tests.factories.api import bearer, client_token, make_client, make_grant, token_of
from tests.factories.household import make_account, make_contract, make_person

NOW = datetime.now(UTC)


@pytest.fixture
def family(db):
    holder, child = make_person(db, "Nadia"), make_person(db, "Tom", NOW.date() - timedelta(days=3000))
    make_contract(db, holder, (child, "child"))
    return {"holder": holder, "child": child, "account": make_account(db, holder), "client": make_client(db)}


@pytest.fixture
def grant(db, family):
    return make_grant(db, family["account"], family["client"], [family["holder"]])


def test_an_access_is_of_the_member_as_far_as_his_scopes(db, family, grant):
    access = read_access(db, token_of(db, grant, [Scope.CARDS_READ]), NOW)
    assert (access.person_id, access.assistant) == (family["holder"].id, family["client"].name)
    assert access.permissions == {Permission.VIEW_CARD}


def test_a_client_in_its_own_name_is_nobody(db, family):
    access = read_access(db, client_token(db, family["client"]), NOW)
    assert (access.person_id, access.persons) == (None, frozenset())
    assert access.permissions == {Permission.VIEW_DIRECTORY, Permission.READ_PUBLIC}


@pytest.mark.parametrize(
    "end",
    [
        lambda family, grant: setattr(grant, "revoked_at", NOW),
        lambda family, grant: setattr(grant, "expires_at", NOW - timedelta(seconds=1)),
        lambda family, grant: setattr(family["client"], "closed_at", NOW),
        lambda family, grant: setattr(family["account"], "closed_at", NOW),
    ],
    ids=["taken back", "over", "application closed", "account closed"],
)
def test_a_token_ends_with_what_gave_it(db, family, grant, end):
    token = token_of(db, grant)
    assert read_access(db, token, NOW)
    end(family, grant)
    db.flush()
    assert read_access(db, token, NOW) is None


@pytest.mark.parametrize("values", [{"expires_at": NOW}, {"revoked_at": NOW}, {"kind": "refresh"}])
def test_a_token_that_is_over_or_of_another_kind_opens_nothing(db, grant, values):
    assert read_access(db, token_of(db, grant, **values), NOW) is None


def test_only_the_persons_ticked_are_seen(db, family, grant):
    access = read_access(db, token_of(db, grant), NOW)
    household = narrowed(load_household(db, family["holder"].id, NOW.date()), access)
    assert [member.person_id for member in household.members] == [family["holder"].id]


def test_a_reading_through_a_token_is_told_once_a_day(db, family, grant):
    access = read_access(db, token_of(db, grant), NOW)
    for day in (NOW.date(), NOW.date(), NOW.date() + timedelta(days=1)):
        note_access(db, access, {family["holder"].id: None}, What.CARD, INSIDE, day)
    rows = db.scalars(select(Reading).where(Reading.token_id == access.token_id)).all()
    assert [row.assistant for row in rows] == [family["client"].name] * 2


def test_a_token_opens_no_page(app, db, grant):
    app.get("/remboursements", headers=bearer(token_of(db, grant)), status=303)


def test_the_log_names_the_account_whose_token_asks(app, db, family, grant):
    with capture_logs() as lines:
        app.get("/api/v1/me", headers=bearer(token_of(db, grant)))
    assert [line["account_id"] for line in lines if line["event"] == "request"] == [family["account"].id]
