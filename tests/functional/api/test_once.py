"""The same question with the same key: the same answer, and nothing written twice."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select, update

from member_space.models import ApiAnswer, Request
from member_space.views.api.document import operations, read_document
from tests.factories.api import bearer, make_grant, token_of

MESSAGES = "/api/v1/messages"
A_MESSAGE = {"topic": "message.delay", "text": "Où est mon remboursement ?"}


@pytest.fixture
def post(app, headers):
    def send(key, body, *, status=201, path=MESSAGES, **more):
        return app.post_json(path, body, headers=headers | {"Idempotency-Key": key} | more, status=status)

    return send


def sent(db):
    return db.scalar(select(func.count()).select_from(Request))


def test_the_second_time_the_answer_is_the_first_one(post, db):
    key = str(uuid4())
    first = post(key, A_MESSAGE)
    again = post(key, dict(reversed(A_MESSAGE.items())))
    assert (again.status_int, again.body, again.content_type) == (201, first.body, first.content_type)
    assert (first.headers.get("Idempotent-Replayed"), again.headers["Idempotent-Replayed"]) == (None, "true")
    assert sent(db) == 1


def test_another_question_with_the_key_is_refused(post, db):
    key = str(uuid4())
    post(key, A_MESSAGE)
    assert post(key, A_MESSAGE | {"text": "Autre chose"}, status=422).json["type"].endswith("#idempotency-key-reused")
    post(key, {"topic": "message.delay", "question": "?", "transcript": []}, path="/api/v1/handover", status=422)
    assert sent(db) == 1


def test_what_was_refused_is_not_kept(post, db):
    key = str(uuid4())
    post(key, A_MESSAGE | {"topic": "message.nothing"}, status=422)
    post(key, A_MESSAGE)
    assert sent(db) == 1


def test_a_key_is_of_what_a_member_allowed(app, post, db, family):
    key = str(uuid4())
    first = post(key, A_MESSAGE).json
    other = make_grant(db, family["account"], family["client"], [family["holder"]])
    headers = bearer(token_of(db, other)) | {"Idempotency-Key": key}
    db.commit()
    second = app.post_json(MESSAGES, A_MESSAGE, headers=headers, status=201).json
    assert second["request"]["id"] != first["request"]["id"]


def test_after_a_day_a_key_is_new(post, db):
    key = str(uuid4())
    first = post(key, A_MESSAGE).json
    db.execute(update(ApiAnswer).values(answered_at=ApiAnswer.answered_at - timedelta(days=1, seconds=1)))
    db.commit()
    assert post(key, A_MESSAGE).json["request"]["id"] != first["request"]["id"]
    assert db.scalar(select(func.count()).select_from(ApiAnswer)) == 1


def test_what_is_kept_tells_nothing(post, db):
    key = str(uuid4())
    answer = post(key, A_MESSAGE)
    row = db.scalars(select(ApiAnswer)).one()
    kept = row.key_hash + row.question + row.body
    for told in (key, A_MESSAGE["text"], answer.json["request"]["id"]):
        assert told.encode() not in kept


@pytest.mark.parametrize("key", ["", "short", "a" * 256, "with space", "clé-avec-accent"])
def test_a_key_that_is_none_is_refused(post, db, key):
    post(key.encode().decode("latin-1"), A_MESSAGE, status=422)
    assert sent(db) == 0


def test_what_writes_needs_a_key(app, headers, db):
    response = app.post_json(MESSAGES, A_MESSAGE, headers=headers, status=422)
    assert response.json["errors"][0]["parameter"] == "Idempotency-Key"
    assert sent(db) == 0


def test_every_question_that_is_posted_may_have_a_key():
    for path, method, operation in operations(read_document()):
        if method == "post":
            names = [one["$ref"].rpartition("/")[2] for one in operation["parameters"] if "$ref" in one]
            assert {"IdempotencyKey", "OptionalIdempotencyKey"} & set(names), path
