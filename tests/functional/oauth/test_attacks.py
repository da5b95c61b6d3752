"""What somebody else may try: other addresses, other clients' codes, codes and tokens twice, more than was allowed."""

from base64 import b64encode
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from sqlalchemy import select

from member_space.domain.oauth import ACCESS_TOKEN, TOKEN_EXCHANGE
from member_space.models import ApiClient, ApiCode, ApiGrant, ApiToken, Event
from member_space.services.api_access import read_access
from member_space.services.oauth_validator import WRONG_SECRETS
from tests.factories.api import make_grant, token_of
from tests.factories.oauth import BACK, make_peer
from tests.functional.clock import clock_at
from tests.functional.helpers import tools_of


def error_at_home(answer):
    """The error that goes back to the application, at its own address."""
    assert answer.status_int == 303
    assert answer.location.startswith(BACK + "?")
    found = {name: values[0] for name, values in parse_qs(urlsplit(answer.location).query).items()}
    assert found["iss"] == "http://localhost:6543"
    return found["error"], found.get("state")


def opens(app, db, token):
    db.expire_all()
    return read_access(db, token, tools_of(app).now()) is not None


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/retour",
        BACK + "/",
        BACK + "/..",
        BACK + "/suite",
        BACK + "?next=https://evil.example",
        BACK + "#fragment",
        BACK + "%0d%0aSet-Cookie:a=b",
        BACK + ".evil.example",
        BACK.replace("https", "http"),
        BACK.replace("https", "HTTPS"),
        BACK.replace("assistant", "ASSISTANT"),
        BACK.replace("retour", "Retour"),
        BACK.replace("/retour", "//retour"),
        BACK.replace("assistant.example", "assistant.example@evil.example"),
        BACK.replace("assistant.example", "evil.example#@assistant.example"),
        BACK.replace("assistant.example", "evil.example\\@assistant.example"),
        BACK.replace("assistant.example", "assistant.example:443"),
        "//assistant.example/retour",
        "javascript:alert(1)",
        "",
        None,
    ],
)
def test_nobody_is_sent_to_another_address(peer, elsewhere):
    answer = peer.browser.get(peer.url(redirect_uri=elsewhere), expect_errors=True)
    assert answer.status_int == 400
    assert "pas connue" in answer
    assert answer.location is None


@pytest.mark.parametrize("client_id", ["nobody", "00000000-0000-4000-8000-000000000009", "", None])
def test_an_unknown_client_has_no_address_at_all(peer, client_id):
    assert peer.browser.get(peer.url(client_id=client_id), status=400).location is None


def test_a_client_that_was_closed_is_unknown(db, peer):
    peer.client.closed_at = peer.client.created_at
    db.commit()
    peer.browser.get(peer.url(), status=400)


@pytest.mark.parametrize("name", ["client_id", "redirect_uri", "scope", "state", "response_type"])
def test_a_parameter_twice_is_refused(peer, name):
    answer = peer.browser.get(f"{peer.url()}&{name}=autre", status=400)
    assert answer.location is None


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code token"}, "unauthorized_client"),
        ({"response_type": "none"}, "unauthorized_client"),
        ({"response_type": None}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "s256"}, "invalid_request"),
        ({"code_challenge": "court"}, "invalid_request"),
        ({"code_challenge": "é" * 43}, "invalid_request"),
        ({"scope": None}, "invalid_scope"),
        ({"scope": "admin"}, "invalid_scope"),
        ({"scope": "cards:read bank:write"}, "invalid_scope"),
    ],
)
def test_what_is_asked_wrongly_goes_back_with_its_error(peer, values, error):
    answer = peer.browser.get(peer.url(**values), expect_errors=True)
    assert error_at_home(answer) == (error, peer.state)


def test_words_of_the_library_s_own_do_nothing(peer):
    asked = urlencode(
        {"scopes": "x", "client": "x", "user": "1", "extra_credentials": "x", "response_mode": "fragment"}
    )
    page = peer.browser.get(f"{peer.url()}&{asked}", status=200)
    assert (
        "#" not in page.forms["consent"].submit("decision", value="non").html.select_one("main a.btn-primary")["href"]
    )
    answer = peer.post(
        "/oauth/token", 400, grant_type="refresh_token", refresh_token="x", extra_credentials="x", client="x"
    )
    assert answer.json == {"error": "invalid_grant"}


def test_more_than_was_asked_is_not_given(db, peer, child):
    """By a form of one's own: neither a scope that was not asked, nor a person whom one does not see."""
    form = peer.browser.get(peer.url(scope="cards:read")).forms["consent"]
    fields = [(name, value) for name, value in form.submit_fields("decision", submit_value="oui")]
    fields += [("scopes", "reimbursements:read"), ("persons", "00000000-0000-4000-8000-000000000007")]
    peer.browser.post(form.action, fields)
    grant = db.scalars(select(ApiGrant)).one()
    assert grant.scopes == ["cards:read"]
    assert len(grant.person_ids) == 1


def test_another_site_cannot_agree_for_the_member(db, peer):
    """CSRF: without the token of forms, or from another origin."""
    fields = {"scopes": "cards:read", "persons": "x", "days": "1", "decision": "oui"}
    peer.browser.post(peer.url(), fields, status=400)
    form = peer.browser.get(peer.url()).forms["consent"]
    sent = form.submit_fields("decision", submit_value="oui")
    elsewhere = {"Origin": "https://evil.example"}
    peer.browser.post(form.action, sent, headers=elsewhere, extra_environ={"wsgi.url_scheme": "https"}, status=400)
    assert db.scalars(select(ApiGrant)).all() == []


def test_no_site_frames_the_question(peer):
    answer = peer.browser.get(peer.url())
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    gone = answer.forms["consent"].submit("decision", value="oui")
    assert gone.headers["Cache-Control"] == "no-store"
    assert gone.headers["Referrer-Policy"] == "same-origin"


def test_a_code_that_comes_twice_ends_what_it_gave(app, db, peer):
    code = peer.consented()["code"]
    tokens = peer.redeem(code, 200).json
    assert peer.redeem(code, 400).json == {"error": "invalid_grant"}
    assert not opens(app, db, tokens["access_token"])
    peer.refresh(tokens["refresh_token"], 400)
    assert db.scalars(select(Event).where(Event.kind == "api_access:stolen")).one()


def test_a_code_of_another_client_gives_nothing_and_stays_good(db, member, peer):
    code, thief = peer.consented()["code"], make_peer(db, member)
    thief.verifier = peer.verifier
    assert thief.redeem(code, 400).json == {"error": "invalid_grant"}
    peer.redeem(code, 200)


@pytest.mark.parametrize(
    "values",
    [
        {"code_verifier": None},
        {"code_verifier": "un-autre-verificateur-que-celui-du-depart-0000"},
        {"code_verifier": "é"},
        {"redirect_uri": BACK + "/"},
        {"redirect_uri": None},
        {"code": "nobody-s"},
    ],
)
def test_a_code_without_its_own_verifier_and_address_is_refused(peer, values):
    code = values.pop("code", None) or peer.consented()["code"]
    assert peer.redeem(code, 400, **values).json["error"] in ("invalid_grant", "invalid_request")


def test_the_challenge_itself_is_no_verifier(db, peer):
    """PKCE is not downgraded: « plain » would take it."""
    code = peer.consented()["code"]
    peer.redeem(code, 400, code_verifier=db.scalars(select(ApiCode.challenge)).one(), code_challenge_method="plain")


def test_a_code_is_good_for_a_minute(app, db, peer):
    code = peer.consented()["code"]
    db.scalars(select(ApiCode)).one().expires_at -= timedelta(seconds=60)
    db.commit()
    peer.redeem(code, 400)


def test_a_refresh_token_that_comes_twice_ends_its_grant(app, db, peer):
    first = peer.tokens()
    second = peer.refresh(first["refresh_token"], 200).json
    assert peer.refresh(first["refresh_token"], 400).json == {"error": "invalid_grant"}
    assert not opens(app, db, second["access_token"])
    peer.refresh(second["refresh_token"], 400)
    assert db.scalars(select(Event).where(Event.kind == "api_access:stolen")).one()


def test_a_stolen_refresh_token_is_of_no_use_to_another_client(db, member, peer):
    tokens, thief = peer.tokens(), make_peer(db, member)
    thief.refresh(tokens["refresh_token"], 400)
    peer.refresh(tokens["refresh_token"], 200)


def test_no_kind_of_token_passes_for_the_other(app, db, peer):
    tokens = peer.tokens()
    peer.refresh(tokens["access_token"], 400)
    assert not opens(app, db, tokens["refresh_token"])


def test_a_token_is_not_widened(peer):
    tokens = peer.tokens(scope="cards:read")
    assert peer.refresh(tokens["refresh_token"], 400, scope="cards:read reimbursements:read").json == {
        "error": "invalid_scope"
    }
    peer.refresh(tokens["refresh_token"], 200)


def test_what_the_office_takes_from_a_client_is_in_no_new_token(db, peer):
    tokens = peer.tokens()
    peer.client.scopes = ["cards:read"]
    db.commit()
    assert peer.refresh(tokens["refresh_token"], 200).json["scope"] == "cards:read"


def test_the_end_of_the_agreement_ends_the_refresh_token(app, db, peer):
    tokens = peer.tokens()
    db.scalars(select(ApiGrant)).one().expires_at = tools_of(app).now()
    db.commit()
    peer.refresh(tokens["refresh_token"], 400)


def test_an_account_that_was_closed_gives_no_more(db, peer, account):
    tokens = peer.tokens()
    account.closed_at = account.created_at
    db.commit()
    peer.refresh(tokens["refresh_token"], 400)


@pytest.mark.parametrize(
    "header",
    [
        "Basic",
        "Basic !!!",
        "Basic " + b64encode(b"sans deux points").decode(),
        "Basic " + b64encode(b"\xff\xfe:x").decode(),
        "Basic " + b64encode(b"nobody:x").decode(),
        "Bearer x",
        "Digest x",
    ],
)
def test_who_does_not_prove_who_he_is_gets_a_401(app, peer, header):
    for path in ("/oauth/token", "/oauth/revoke", "/oauth/introspect"):
        fields = {"grant_type": "client_credentials", "token": "x"}
        answer = app.post(path, fields, headers={"Authorization": header}, status=401)
        assert answer.json["error"] == "invalid_client"
        assert answer.headers["WWW-Authenticate"].startswith("Basic")
        assert answer.headers["Cache-Control"] == "no-store"


def test_a_confidential_client_does_not_pass_for_a_public_one(app, peer):
    fields = {"grant_type": "authorization_code", "client_id": peer.client.client_id, "code": peer.consented()["code"]}
    app.post("/oauth/token", fields | {"code_verifier": peer.verifier, "redirect_uri": BACK}, status=401)


def test_a_public_client_has_no_member_s_leave_to_do_without(db, member):
    public = make_peer(db, member, confidential=False)
    public.post("/oauth/token", 401, grant_type="client_credentials")
    public.post("/oauth/introspect", 401, token="x")
    public.client.grant_types = ["authorization_code", TOKEN_EXCHANGE]
    db.commit()
    token = public.tokens()["access_token"]
    public.post("/oauth/token", 401, grant_type=TOKEN_EXCHANGE, subject_token=token, subject_token_type=ACCESS_TOKEN)


def test_two_ways_of_proof_are_one_too_many(peer):
    answer = peer.post("/oauth/token", 400, grant_type="client_credentials", client_secret=peer.secret)
    assert answer.json["error"] == "invalid_request"
    other = peer.post("/oauth/token", 400, grant_type="client_credentials", client_id="another")
    assert other.json["error"] == "invalid_request"


def test_a_secret_in_the_address_is_refused(app, peer):
    answer = app.post("/oauth/token?client_secret=x", {"grant_type": "client_credentials"}, status=400)
    assert answer.json["error"] == "invalid_request"


def test_wrong_secrets_are_counted(app, peer):
    wrong = {"grant_type": "client_credentials", "client_id": peer.client.client_id, "client_secret": "faux"}
    for _ in range(WRONG_SECRETS):
        app.post("/oauth/token", wrong, status=401)
    assert app.post("/oauth/token", wrong, status=429).headers["Retry-After"]


@pytest.mark.parametrize(
    "grant_type", ["password", "implicit", "", None, "urn:ietf:params:oauth:grant-type:device_code"]
)
def test_other_ways_to_ask_do_not_exist(peer, grant_type):
    answer = peer.post("/oauth/token", 400, grant_type=grant_type, username="x", password="x")
    assert answer.json["error"] == "unsupported_grant_type"


def exchange(peer, token, status, **values):
    given = {"subject_token": token, "subject_token_type": ACCESS_TOKEN} | values
    return peer.post("/oauth/token", status, grant_type=TOKEN_EXCHANGE, **given).json


def test_what_is_not_a_member_s_token_is_not_exchanged(app, db, peer, account, holder):
    own = peer.post("/oauth/token", 200, grant_type="client_credentials").json["access_token"]
    personal = token_of(db, make_grant(db, account, None, [holder]))
    db.commit()
    tokens = peer.tokens()
    once = exchange(peer, tokens["access_token"], 200)["access_token"]
    for token in (own, personal, tokens["refresh_token"], once, "nobody-s"):
        assert exchange(peer, token, 400)["error"] == "invalid_request"
    for wrong in (
        {"subject_token_type": "urn:ietf:params:oauth:token-type:jwt"},
        {"subject_token": None},
        {"requested_token_type": "urn:ietf:params:oauth:token-type:refresh_token"},
        {"actor_token": own},
        {"actor_token_type": ACCESS_TOKEN},
    ):
        assert exchange(peer, tokens["access_token"], 400, **wrong)["error"] == "invalid_request"


def test_an_exchange_never_widens_nor_prolongs(app, db, member, peer):
    assistant = make_peer(db, member, scopes=["cards:read", "contracts:read"])
    token = peer.tokens()["access_token"]
    for scope in ("contracts:read", "reimbursements:read", "cards:read contracts:read", "admin"):
        assert exchange(assistant, token, 400, scope=scope)["error"] == "invalid_scope"
    row = db.scalars(select(ApiToken).where(ApiToken.kind == "access")).one()
    row.expires_at = tools_of(app).now() + timedelta(seconds=90)
    db.commit()
    given = exchange(assistant, token, 200)
    assert given["scope"] == "cards:read"
    assert given["expires_in"] <= 90


def test_an_assistant_that_the_office_did_not_let_exchange_cannot(db, member, peer):
    assistant = make_peer(db, member, grant_types=["client_credentials"])
    assert exchange(assistant, peer.tokens()["access_token"], 400)["error"] == "unauthorized_client"


def test_a_closed_assistant_s_tokens_end_with_it(app, db, member, peer):
    assistant = make_peer(db, member)
    token = exchange(assistant, peer.tokens()["access_token"], 200)["access_token"]
    assert opens(app, db, token)
    db.get(ApiClient, assistant.client.id).closed_at = tools_of(app).now()
    db.commit()
    assert not opens(app, db, token)
    assistant.post("/oauth/token", 401, grant_type="client_credentials")


def test_a_token_of_yesterday_opens_nothing(app, db, peer):
    token = peer.tokens()["access_token"]
    tomorrow = tools_of(app).now() + timedelta(days=1)
    with clock_at(app, tomorrow.year, tomorrow.month, tomorrow.day):
        assert not opens(app, db, token)


def test_a_colleague_has_nothing_to_allow(app, db, cipher, peer):
    from member_space.domain.permissions import Role
    from tests.factories.office import make_colleague
    from tests.functional.helpers import sign_in

    colleague = make_colleague(db, Role.ADMINISTRATOR, totp_secret=cipher.encrypt("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"))
    app.reset()
    sign_in(app, db, colleague, proved=True)
    assert app.get(peer.url(), status=303).location.endswith("/bureau")
