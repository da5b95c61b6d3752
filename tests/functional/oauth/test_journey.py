"""An application asks, the member agrees, tokens are given, renewed, exchanged, looked at and taken back."""

import pytest
from sqlalchemy import select

from member_space.domain.oauth import ACCESS_TOKEN, TOKEN_EXCHANGE
from member_space.models import ApiGrant, ApiToken, Event
from member_space.services.api_access import read_access
from tests.factories.oauth import BACK, make_peer
from tests.functional.helpers import tools_of
from tests.functional.messages import written

SITE = "http://localhost:6543"


def access_of(app, db, token):
    db.expire_all()
    return read_access(db, token, tools_of(app).now())


def kinds(db):
    return db.scalars(select(Event.kind).where(Event.kind.startswith("api_access")).order_by(Event.id)).all()


def test_the_page_says_who_asks_for_what_and_ticks_no_more_than_is_asked(peer, child, holder):
    page = peer.browser.get(peer.url(scope="reimbursements:read messages:write"))
    form = page.forms["consent"]
    assert "Autoriser Hugo" in page.html.h1.get_text()
    assert "assistant.example" in page
    ticked = {name: [box._value for box in form.fields[name] if box.checked] for name in ("scopes", "persons")}
    assert ticked == {"scopes": ["reimbursements:read"], "persons": [str(holder.public_id)]}
    assert len(form.fields["scopes"]) == 2
    assert form["days"].value == "1"


def test_a_code_comes_back_with_the_state_and_who_gave_it(peer):
    back = peer.consented()
    assert back.keys() == {"code", "state", "iss"}
    assert (back["state"], back["iss"]) == (peer.state, SITE)


def test_the_code_gives_tokens_that_open_what_was_ticked(app, db, peer, holder, child):
    answer = peer.redeem(peer.consented(ticks={"scopes": ["cards:read"]})["code"], 200)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.json["token_type"] == "Bearer"
    assert answer.json["expires_in"] == 900
    assert answer.json["scope"] == "cards:read"
    access = access_of(app, db, answer.json["access_token"])
    assert (access.scopes, access.persons, access.person_id) == ({"cards:read"}, {holder.id}, holder.id)


def test_nothing_of_a_token_is_kept_as_it_is(db, peer):
    tokens = peer.tokens()
    kept = str(db.execute(select(ApiToken.__table__)).all())
    assert tokens["access_token"] not in kept
    assert tokens["refresh_token"] not in kept


def test_the_proof_of_the_agreement_is_the_page_as_it_was_answered(db, peer):
    peer.consented(ticks={"scopes": ["cards:read"]})
    grant = db.scalars(select(ApiGrant)).one()
    assert "Autoriser Hugo" in grant.wording
    assert "[x] Voir votre carte de tiers payant" in grant.wording
    assert "[ ] Lire vos remboursements" in grant.wording
    assert "[x] Nadia Durand (vous)" in grant.wording
    assert "[ ] Tom Durand" in grant.wording
    assert "[x] 1 jour" in grant.wording
    assert (grant.expires_at - grant.granted_at).days == 1


def test_the_member_is_told_by_mail_and_the_journal_knows(app, db, peer, account):
    peer.consented()
    [mail] = written(app, db, "access_given")
    assert mail.values["given"] == "client"
    assert kinds(db) == ["api_access:granted"]


def test_the_second_agreement_replaces_the_first(app, db, peer):
    first = peer.tokens()
    second = peer.tokens()
    assert access_of(app, db, first["access_token"]) is None
    assert access_of(app, db, second["access_token"])


def test_a_refusal_comes_back_and_gives_nothing(db, peer):
    from tests.factories.oauth import back_of

    page = peer.browser.get(peer.url()).forms["consent"].submit("decision", value="non")
    assert back_of(page) == {"error": "access_denied", "state": peer.state, "iss": SITE}
    assert db.scalars(select(ApiGrant)).all() == []


@pytest.mark.parametrize("empty", ["scopes", "persons"])
def test_who_ticks_nothing_is_told(peer, empty):
    form = peer.browser.get(peer.url()).forms["consent"]
    for box in form.fields[empty]:
        box.checked = False
    form["days"] = "30"
    page = form.submit("decision", value="oui", status=422)
    assert "Cochez au moins" in page
    assert page.forms["consent"]["days"].value == "30"


def test_who_is_not_signed_in_comes_back_to_the_question(app, peer):
    app.reset()
    door = app.get(peer.url(), status=303)
    assert "/connexion?next=%2Foauth%2Fauthorize" in door.location


def test_a_second_factor_is_asked_first(app, db, account, peer):
    from tests.functional.helpers import sign_in

    app.reset()
    sign_in(app, db, account)
    assert "/confirmer-identite" in app.get(peer.url(), status=303).location


def test_a_refresh_token_gives_another_pair_and_dies(app, db, peer):
    first = peer.tokens()
    second = peer.refresh(first["refresh_token"], 200).json
    assert second["refresh_token"] != first["refresh_token"]
    assert access_of(app, db, second["access_token"]).scopes == {"reimbursements:read", "cards:read"}


def test_a_narrower_token_narrows_no_other(app, db, peer):
    narrow = peer.refresh(peer.tokens()["refresh_token"], 200, scope="cards:read").json
    assert access_of(app, db, narrow["access_token"]).scopes == {"cards:read"}
    assert access_of(app, db, peer.refresh(narrow["refresh_token"], 200).json["access_token"]).scopes == {
        "reimbursements:read",
        "cards:read",
    }


def test_nothing_outlives_the_agreement(db, peer):
    peer.tokens()
    grant = db.scalars(select(ApiGrant)).one()
    ends = db.scalars(select(ApiToken.expires_at).where(ApiToken.kind == "refresh")).one()
    assert ends == grant.expires_at


def test_a_public_client_has_no_secret(app, db, member):
    peer = make_peer(db, member, confidential=False)
    assert access_of(app, db, peer.tokens()["access_token"])


def test_a_client_in_its_own_name_gets_what_is_nobodys(app, db, peer):
    answer = peer.post("/oauth/token", 200, grant_type="client_credentials").json
    assert set(answer["scope"].split()) == {"directory:read", "public:read"}
    assert "refresh_token" not in answer
    assert access_of(app, db, answer["access_token"]).account_id is None
    peer.post("/oauth/token", 400, grant_type="client_credentials", scope="cards:read")


def exchanged(assistant, token, status=None, **values):
    given = {"subject_token": token, "subject_token_type": ACCESS_TOKEN} | values
    return assistant.post("/oauth/token", status, grant_type=TOKEN_EXCHANGE, **given)


def test_an_assistant_exchanges_a_token_and_acts_under_its_own_name(app, db, member, peer):
    assistant = make_peer(db, member, name="Zoé")
    answer = exchanged(assistant, peer.tokens()["access_token"], 200, scope="cards:read").json
    assert answer["issued_token_type"] == ACCESS_TOKEN
    assert "refresh_token" not in answer
    access = access_of(app, db, answer["access_token"])
    assert (access.assistant, access.scopes) == ("Zoé", {"cards:read"})
    claims = assistant.post("/oauth/introspect", 200, token=answer["access_token"]).json
    assert claims["act"] == {"sub": assistant.client.client_id}
    assert claims["client_id"] == peer.client.client_id
    event = db.scalars(select(Event).where(Event.kind == "api_access:exchanged")).one()
    assert event.details["assistant"] == "Zoé"


def test_an_actor_token_is_of_who_exchanges(db, member, peer):
    assistant, other = make_peer(db, member, name="Zoé"), make_peer(db, member)
    token = peer.tokens()["access_token"]
    own = assistant.post("/oauth/token", 200, grant_type="client_credentials").json["access_token"]
    theirs = other.post("/oauth/token", 200, grant_type="client_credentials").json["access_token"]
    exchanged(assistant, token, 200, actor_token=own, actor_token_type=ACCESS_TOKEN)
    assert exchanged(assistant, token, 400, actor_token=theirs, actor_token_type=ACCESS_TOKEN).json == {
        "error": "invalid_request",
        "error_description": "actor_token is not one of this client.",
    }


def test_what_is_looked_at_tells_of_ones_own_tokens_only(db, member, peer, account):
    token = peer.tokens()["access_token"]
    claims = peer.post("/oauth/introspect", 200, token=token).json
    assert claims["active"] is True
    assert (claims["sub"], claims["scope"]) == (str(account.public_id), "cards:read reimbursements:read")
    assert "act" not in claims
    assert make_peer(db, member).post("/oauth/introspect", 200, token=token).json == {"active": False}
    assert peer.post("/oauth/introspect", 200, token="nobody-s").json == {"active": False}


def test_an_access_token_that_is_revoked_ends_alone(app, db, peer):
    tokens = peer.tokens()
    peer.post("/oauth/revoke", 200, token=tokens["access_token"])
    assert access_of(app, db, tokens["access_token"]) is None
    peer.refresh(tokens["refresh_token"], 200)


def test_a_refresh_token_that_is_revoked_ends_all(app, db, peer):
    tokens = peer.tokens()
    peer.post("/oauth/revoke", 200, token=tokens["refresh_token"])
    assert access_of(app, db, tokens["access_token"]) is None
    assert kinds(db)[-1] == "api_access:revoked"


def test_a_token_of_another_client_is_not_revoked(app, db, member, peer):
    token = peer.tokens()["access_token"]
    make_peer(db, member).post("/oauth/revoke", 200, token=token)
    assert access_of(app, db, token)


def test_the_server_describes_itself(app):
    found = app.get("/.well-known/oauth-authorization-server").json
    assert found["issuer"] == SITE
    assert found["code_challenge_methods_supported"] == ["S256"]
    assert found["token_endpoint"] == f"{SITE}/oauth/token"
    assert found["authorization_response_iss_parameter_supported"] is True
    resource = app.get("/.well-known/oauth-protected-resource").json
    assert resource["authorization_servers"] == [SITE]
    assert BACK not in str(found)
