"""So many questions a minute, a client and a member; what is left is told with each answer."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from member_space.services.api_access import read_access
from member_space.services.api_count import count_question
from tests.factories.api import bearer, client_token, make_client, make_grant, token_of

ME = "/api/v1/me"
NOON = datetime(2026, 11, 30, 12, 0, 15, tzinfo=UTC)


@pytest.fixture
def access(db, grant):
    return read_access(db, token_of(db, grant), datetime.now(UTC))


def left(quotas):
    return {one.name: one.left for one in quotas}


def test_each_question_leaves_one_less_until_the_minute_ends(db, access):
    assert left(count_question(db, access, 10, NOON)) == {"client": 599, "member": 9}
    assert left(count_question(db, access, 10, NOON + timedelta(seconds=44))) == {"client": 598, "member": 8}
    assert left(count_question(db, access, 10, NOON + timedelta(seconds=45))) == {"client": 599, "member": 9}


def test_the_limit_is_reached_and_never_goes_below(db, access):
    counted = [count_question(db, access, 2, NOON)[1] for _n in range(4)]
    assert [(one.left, one.is_over, one.resets_in) for one in counted] == [
        (1, False, 45),
        (0, False, 45),
        (0, True, 45),
        (0, True, 45),
    ]


def test_a_clock_that_is_late_opens_no_second_minute(db, access):
    count_question(db, access, 2, NOON)
    count_question(db, access, 2, NOON - timedelta(seconds=20))
    assert count_question(db, access, 2, NOON)[1].is_over


def test_all_the_assistants_of_a_member_share_his_limit(db, family, access):
    other = make_grant(db, family["account"], make_client(db), [family["holder"]])
    count_question(db, access, 5, NOON)
    second = read_access(db, token_of(db, other), datetime.now(UTC))
    assert left(count_question(db, second, 5, NOON)) == {"client": 599, "member": 3}


def test_a_client_in_its_own_name_and_a_personal_token_have_one_limit(db, family):
    alone = read_access(db, client_token(db, family["client"]), datetime.now(UTC))
    own = read_access(db, token_of(db, make_grant(db, family["account"], None, [])), datetime.now(UTC))
    assert left(count_question(db, alone, 5, NOON)) == {"client": 599}
    assert left(count_question(db, own, 5, NOON)) == {"member": 4}


def test_each_answer_tells_what_is_left(app, headers):
    response = app.get(ME, headers=headers)
    assert response.headers["RateLimit-Policy"] == '"client";q=600;w=60, "member";q=300;w=60'
    assert response.headers["RateLimit"].startswith('"client";r=599;t=')
    refused = app.get("/api/v1/nothing", headers=headers, status=404)
    assert refused.headers["RateLimit"].startswith('"client";r=598;t=')


def test_past_the_limit_nothing_is_read_and_the_answer_says_when_to_come_back(app, db, family):
    few = make_client(db, per_minute=1)
    headers = bearer(token_of(db, make_grant(db, family["account"], few, [family["holder"]])))
    db.commit()
    statuses = [app.get(ME, headers=headers, status="*") for _n in range(3)]
    over = statuses[-1]
    assert (over.status_int, over.content_type) == (429, "application/problem+json")
    assert 1 <= int(over.headers["Retry-After"]) <= 60
    assert '"client";r=0' in over.headers["RateLimit"]
    assert "member" not in over.json


def test_a_member_s_limit_is_a_setting(app, db, headers, wsgi_app):
    registry = wsgi_app.registry
    before = registry.member_space
    registry.member_space = replace(before, api_member_per_minute=1)
    try:
        assert 429 in [app.get(ME, headers=headers, status="*").status_int for _n in range(3)]
    finally:
        registry.member_space = before


def test_nobody_is_counted_without_a_token_that_is_good(app):
    assert "RateLimit" not in app.get(ME, headers=bearer("forged"), status=401).headers
    assert "RateLimit" not in app.get("/", status="*").headers
