"""What cannot be read at the endpoints of machines, and addresses longer than most."""

import secrets
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from sqlalchemy import delete, func, select

from member_space.domain.oauth import ACCESS_TOKEN, TOKEN_EXCHANGE
from member_space.models import Event, SignInFailure
from member_space.services import oauth_validator
from member_space.services.api_access import read_access
from tests.factories.oauth import make_peer
from tests.functional.helpers import sign_in, tools_of

MACHINES = ("/oauth/token", "/oauth/revoke", "/oauth/introspect")
FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize("path", MACHINES)
@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"grant_type=%ff", FORM, 400),
        (b"grant_type=\xff", FORM, 400),
        (b"grant_type=a%00b", FORM, 400),
        (b"&" * 300, FORM, 400),
        (b'{"grant_type":"client_credentials"}', "application/json", 400),
        (b"a=" + b"b" * 10_000_000, FORM, 413),
    ],
)
def test_an_unreadable_body_is_answered_as_to_a_machine(app, path, body, kind, status):
    """RFC 6749, 5.2: JSON, and never kept."""
    answer = app.post(path, body, content_type=kind, status=status)
    assert (answer.content_type, answer.json) == ("application/json", {"error": "invalid_request"})
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", MACHINES)
def test_another_method_or_an_unreadable_query_too(app, path):
    answer = app.get(path, status=405)
    assert (answer.json, answer.headers["Allow"]) == ({"error": "invalid_request"}, "POST")
    assert app.post(path + "?token=%ff", {}, status=400).json == {"error": "invalid_request"}


def test_a_token_taken_back_takes_what_was_exchanged_for_it(app, db, member, peer):
    """Of its own: the other's token is the other's to end, and ends alone."""
    assistant = make_peer(db, member)
    token = peer.tokens()["access_token"]
    asked = {"grant_type": TOKEN_EXCHANGE, "subject_token": token, "subject_token_type": ACCESS_TOKEN}
    first, second = (assistant.post("/oauth/token", 200, **asked).json["access_token"] for _n in range(2))
    assistant.post("/oauth/revoke", 200, token=first)
    assert [opens(app, db, one) for one in (token, first, second)] == [True, False, True]
    peer.post("/oauth/revoke", 200, token=token)
    assert [opens(app, db, one) for one in (token, first, second)] == [False] * 3


def opens(app, db, token):
    db.expire_all()
    return read_access(db, token, tools_of(app).now()) is not None


def long_address(peer):
    """As long as an application makes it whose state is a signed token of its own."""
    return peer.url(state=secrets.token_urlsafe(1350))


def next_of(answer):
    return dict(parse_qsl(urlsplit(answer.location).query))["next"]


def test_a_long_question_is_still_there_after_the_doors(app, db, peer, account):
    """Sign-in, then the second factor: each leads back to the whole of it."""
    address = long_address(peer)
    app.reset()
    door = app.get(address, status=303)
    assert urlsplit(door.location).path == "/connexion"
    assert unquote(next_of(door)) == unquote(address)
    assert app.get(door.location, status=200).html.select_one("input[name=next]")["value"] == next_of(door)
    sign_in(app, db, account)
    second = app.get(address, status=303)
    assert urlsplit(second.location).path == "/confirmer-identite"
    assert next_of(second) == address
    assert address.rpartition("state=")[2][:50] in app.get(second.location, status=200).text


def test_what_was_ticked_for_a_long_question_is_kept(app, db, peer, account):
    """An index of PostgreSQL holds 2,704 bytes a row."""
    address = peer.url(state=secrets.token_urlsafe(2500))
    form = peer.browser.get(address).forms["consent"]
    fields = [*form.submit_fields(), ("days", "30")]
    sign_in(app, db, account)
    again = app.post(form.action, fields, status="*")
    assert again.status_int < 500


def test_what_a_scope_tells_of_care_is_said_before_it_is_given(peer):
    """The guarantees come with what is used of each allowance: sessions of psychology, glasses."""
    page = peer.browser.get(peer.url(scope="contracts:read"))
    assert "ce qui est déjà utilisé de chaque forfait" in page.html.select_one("form#consent").get_text()


@pytest.mark.parametrize("state", ["a" * 3500, "=" * 2000, "%7B" * 1100])
def test_a_question_too_long_for_a_door_still_finds_it_open(app, db, peer, account, state):
    """It is asked again once signed in; written into the door's address, it would be no address."""
    address = peer.url(state=None) + "&state=" + state
    for signed_in in (False, True):
        app.reset()
        if signed_in:
            sign_in(app, db, account)
        app.get(app.get(address, status=303).location, status=200)


def test_tokens_are_given_by_the_hundred_and_no_more(app, db, member, peer, monkeypatch):
    """Each exchange is a fact of the journal that the member reads. Another member's, or another client's, go on."""
    monkeypatch.setattr(oauth_validator, "TOKENS_GIVEN", 3)
    assistant = make_peer(db, member)
    tokens = peer.tokens()
    asked = {"subject_token": tokens["access_token"], "subject_token_type": ACCESS_TOKEN}
    for status in (200, 200, 200, 429, 429):
        answer = assistant.post("/oauth/token", status, grant_type=TOKEN_EXCHANGE, **asked)
    assert answer.json == {"error": "temporarily_unavailable"}
    assert 1 <= int(answer.headers["Retry-After"]) <= 900
    exchanged = select(func.count()).select_from(Event).where(Event.kind == "api_access:exchanged")
    assert db.scalar(exchanged) == 3
    for status in (200, 200, 200, 429):
        assistant.post("/oauth/token", status, grant_type="client_credentials")
    # What was refused used nothing up: the same refresh token is good once the quarter of an hour is over.
    for status in (200, 200, 429):
        answer = peer.refresh(tokens["refresh_token"], status)
        tokens = answer.json if status == 200 else tokens
    db.execute(delete(SignInFailure))
    db.commit()
    peer.refresh(tokens["refresh_token"], 200)
