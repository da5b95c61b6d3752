"""Who is told of what: an access that holds, its scope, the persons ticked, and what the member himself may see."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from member_space.domain.api_scope import Scope
from member_space.domain.notices import NoticeKind
from member_space.domain.webhook import News
from member_space.models import ApiGrant, CardVersion, Coverage, WebhookDelivery
from member_space.services.api_end import end_grants
from member_space.services.request import tell
from member_space.services.webhook_news import tell_cards, tell_links, tell_statements
from tests.factories.api import make_client, make_grant
from tests.factories.household import make_account, make_contract, make_person, make_teletransmission
from tests.factories.request import make_draft
from tests.factories.statement import line_values, make_statement
from tests.factories.webhook import make_target
from tests.functional.helpers import tools_of
from tests.guards.papers import make_card

NOW = datetime.now(UTC)


@pytest.fixture
def family(db, cipher):
    """A holder, a spouse with an account of her own, a child; an application that the holder lets read him alone."""
    holder, spouse = make_person(db, "Nadia"), make_person(db, "Karim")
    child = make_person(db, "Tom", NOW.date() - timedelta(days=3000))
    contract = make_contract(db, holder, (spouse, "spouse"), (child, "child"))
    client = make_client(db)
    return {
        "holder": holder,
        "spouse": spouse,
        "child": child,
        "contract": contract,
        "account": make_account(db, holder),
        "spouse_account": make_account(db, spouse),
        "client": client,
        "target": make_target(db, cipher, client),
    }


def told(db):
    return [(row.news, dict(row.ids)) for row in db.scalars(select(WebhookDelivery).order_by(WebhookDelivery.id))]


def issue(db, family, *persons):
    for person in persons:
        make_statement(db, family["contract"], [line_values(person, family["contract"])])
    tell_statements(db, 0, date(2026, 1, 1), NOW)
    return told(db)


def test_an_event_holds_ids_and_nothing_else(db, family):
    grant = make_grant(db, family["account"], family["client"], [family["holder"]])
    [(news, ids)] = issue(db, family, family["holder"])
    assert news == "reimbursement.issued"
    assert set(ids) == {"statement", "consent"}
    assert ids["consent"] == str(grant.public_id)


def test_only_of_the_persons_ticked(db, family):
    make_grant(db, family["account"], family["client"], [family["child"]])
    assert issue(db, family, family["holder"], family["spouse"]) == []
    assert len(issue(db, family, family["child"])) == 1


def test_a_beneficiary_is_told_of_his_own_alone_whatever_was_ticked(db, family):
    everybody = [family["holder"], family["spouse"], family["child"]]
    make_grant(db, family["spouse_account"], family["client"], everybody)
    assert issue(db, family, family["holder"], family["child"]) == []
    assert len(issue(db, family, family["spouse"])) == 1


@pytest.mark.parametrize(
    "end",
    [
        lambda family, grant: setattr(grant, "revoked_at", NOW),
        lambda family, grant: setattr(grant, "expires_at", NOW),
        lambda family, grant: setattr(grant, "scopes", [Scope.CARDS_READ.value]),
        lambda family, grant: setattr(family["account"], "closed_at", NOW),
        lambda family, grant: setattr(family["client"], "closed_at", NOW),
        lambda family, grant: setattr(family["target"], "closed_at", NOW),
        lambda family, grant: setattr(family["target"], "news", [News.CARD_ISSUED.value]),
    ],
    ids=["taken back", "over", "other scope", "account closed", "application closed", "target closed", "not wanted"],
)
def test_nothing_where_something_of_it_ended(db, family, end):
    end(family, make_grant(db, family["account"], family["client"], [family["holder"]]))
    db.flush()
    assert issue(db, family, family["holder"]) == []


def test_two_accesses_of_one_member_are_told_once(db, family):
    for _ in range(2):
        make_grant(db, family["account"], family["client"], [family["holder"]])
    assert len(issue(db, family, family["holder"])) == 1


def test_a_link_and_a_card(db, cipher, family):
    make_grant(db, family["account"], family["client"], [family["child"]])
    child = family["child"]
    coverage = db.scalar(select(Coverage).where(Coverage.person_id == child.id))
    link = make_teletransmission(db, cipher, coverage, child, "2160375001234")
    tell_links(db, [link.id], NOW)
    assert [(news, ids["person"]) for news, ids in told(db)] == [("teletransmission.changed", str(child.public_id))]


@pytest.mark.parametrize(
    ("kind", "notice", "news"),
    [
        ("claim", NoticeKind.REQUEST_ANSWERED, ["request.answered"]),
        ("message", NoticeKind.REQUEST_ANSWERED, ["message.received"]),
        ("quote", NoticeKind.REQUEST_DECIDED, ["request.decided"]),
        ("claim", NoticeKind.REQUEST_PIECE_ASKED, ["request.piece_asked"]),
        ("claim", NoticeKind.REQUEST_RECEIVED, []),
    ],
)
def test_what_its_member_is_told_of_a_request(app, db, family, kind, notice, news):
    make_grant(db, family["account"], family["client"], [family["holder"]])
    topic = {"message": "message.amount"}.get(kind, f"{kind}.other")
    request = make_draft(db, tools_of(app), family["account"], family["contract"], kind, topic)
    tell(db, tools_of(app), request, notice)
    assert [one for one, _ids in told(db)] == news


def test_an_access_taken_back_is_told_to_its_application(app, db, family):
    grant = make_grant(db, family["account"], family["client"], [family["holder"]])
    assert end_grants(db, tools_of(app), ApiGrant.id == grant.id)
    assert told(db) == [("consent.revoked", {"consent": str(grant.public_id)})]


def test_a_card_is_told_of_to_whom_it_names(db, cipher, family):
    make_grant(db, family["account"], family["client"], [family["child"]])
    public_id = make_card(db, cipher, family["contract"])
    card = db.scalar(select(CardVersion).where(CardVersion.public_id == public_id))
    tell_cards(db, [card.id], [family["holder"].id], NOW)
    assert told(db) == []
    tell_cards(db, [card.id], list(card.person_ids), NOW)
    assert [(news, ids["card"]) for news, ids in told(db)] == [("card.issued", public_id)]
