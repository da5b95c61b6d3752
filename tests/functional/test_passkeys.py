"""Passkeys: made, used instead of the password, used to prove again, removed; replays and copies are refused."""

import pytest
from sqlalchemy import func, select

from member_space.models import Event, Notification, Passkey, WebSession
from tests.factories.authenticator import Authenticator
from tests.factories.household import make_account, make_contract, make_person
from tests.functional.clock import clock_at
from tests.functional.helpers import sign_in

LIST, MAKE, USE, DOOR, PROVE = (
    "/securite/cles",
    "/securite/cles/options",
    "/connexion/cle/options",
    "/connexion/cle",
    "/confirmer-identite/cle",
)


@pytest.fixture(autouse=True)
def clock(app):
    with clock_at(app, 2026, 11, 20) as clock:
        yield clock


@pytest.fixture
def account(db):
    person = make_person(db, "Nadia", email="nadia@example.org")
    make_contract(db, person)
    return make_account(db, person)


@pytest.fixture
def key(app):
    return Authenticator(app.app.registry.member_space.site_url)


def nobody_is_in(db):
    return db.scalar(select(func.count()).select_from(WebSession)) == 0


def token_of(page):
    return page.html.find("input", {"name": "csrf_token"})["value"]


def make(app, key, name="Mon téléphone", status=303):
    token = token_of(app.get(LIST))
    options = app.post(MAKE, {"csrf_token": token}).json
    return app.post(LIST, {"csrf_token": token, "credential": key.create(options), "nom": name}, status=status)


def leave(app):
    app.post("/deconnexion", {"csrf_token": token_of(app.get("/"))})


def use(app, key, **values):
    """Sign in with the key; the answer, and what was sent, to be sent again."""
    token = token_of(app.get("/connexion"))
    options = app.post(USE, {"csrf_token": token}).json
    fields = {"csrf_token": token, "credential": key.get(options)} | values
    return app.post(DOOR, fields), fields


@pytest.fixture
def made(app, db, account, key):
    """The account has this key, and nobody is signed in."""
    make(sign_in(app, db, account, proved=True), key)
    leave(app)
    return key


def test_a_key_is_made_named_listed_and_told(app, db, account, key):
    sign_in(app, db, account, proved=True)
    page = make(app, key).follow()
    assert "Votre clé d’accès est ajoutée" in page
    assert "Mon téléphone" in page
    row = db.scalars(select(Passkey)).one()
    assert (row.account_id, row.credential_id, row.sign_count) == (account.id, key.credential_id, 1)
    told = db.scalars(select(Notification).where(Notification.kind == "factor_changed")).one()
    assert (told.values["factor"], told.values["action"]) == ("passkey", "added")
    assert told.values["link"].startswith("/ce-n-est-pas-moi/")
    assert db.scalar(select(func.count()).where(Event.kind == "factor:added")) == 1


def test_it_opens_the_door_from_a_new_browser_without_password_nor_code(app, db, account, made, clock):
    answer, _sent = use(app, made, next="/remboursements")
    assert answer.location == "http://localhost/remboursements"
    session = db.scalars(select(WebSession)).one()
    assert (session.account_id, session.proved_at) == (account.id, clock.now())
    assert app.get("/").status_int == 200


def test_the_same_answer_sent_again_is_refused(app, db, made):
    _answer, sent = use(app, made)
    leave(app)
    sent["csrf_token"] = token_of(app.get("/connexion"))
    replayed = app.post(DOOR, sent)
    assert replayed.location.endswith("/connexion?fait=cle-refusee")
    assert nobody_is_in(db)


def test_a_challenge_serves_once_even_with_its_cookie(app, db, made):
    token = token_of(app.get("/connexion"))
    options = app.post(USE, {"csrf_token": token}).json
    cookie = app.cookies["proof-passkey"]
    app.post(DOOR, {"csrf_token": token, "credential": made.get(options)}, status=303)
    leave(app)
    app.set_cookie("proof-passkey", cookie)
    # Signed anew, so that only the challenge is old.
    fields = {"csrf_token": token_of(app.get("/connexion")), "credential": made.get(options)}
    assert app.post(DOOR, fields).location.endswith("cle-refusee")
    assert nobody_is_in(db)


def test_a_counter_that_goes_back_is_a_copy(app, db, made):
    made.count = 9
    assert use(app, made)[0].location == "http://localhost/"
    leave(app)
    made.count = 5
    assert use(app, made)[0].location.endswith("cle-refusee")
    made.count = 10
    assert use(app, made)[0].location == "http://localhost/"


def test_a_key_shared_between_devices_counts_nothing_and_works(app, db, account, key):
    key.count = 0
    make(sign_in(app, db, account, proved=True), key)
    for _ in range(2):
        leave(app)
        assert use(app, key)[0].location == "http://localhost/"


@pytest.mark.parametrize("wrong", ["origin", "unverified", "unknown", "signature", "handle"])
def test_what_does_not_fit_is_refused_without_saying_why(app, db, account, made, wrong):
    if wrong == "origin":
        made.origin = "https://mutuelle-horizon.evil.example"
    if wrong == "unverified":
        made.verified = False
    if wrong == "unknown":
        made.credential_id = b"a key that nobody registered"
    if wrong == "signature":
        made.key = Authenticator("").key
    if wrong == "handle":
        made.user_handle = b"somebody else's"
    answer, _sent = use(app, made)
    assert answer.location.endswith("/connexion?fait=cle-refusee")
    assert "n’a pas pu vous reconnaître" in answer.follow()
    assert nobody_is_in(db)


@pytest.mark.parametrize("sent", ["", "{", "[]", "null", '{"id": 1}', '{"id": "é", "rawId": "!", "response": {}}'])
def test_what_is_no_answer_of_a_key_is_refused(app, db, account, made, sent):
    token = token_of(app.get("/connexion"))
    app.post(USE, {"csrf_token": token})
    assert app.post(DOOR, {"csrf_token": token, "credential": sent}).location.endswith("cle-refusee")
    sign_in(app, db, account, proved=True)
    token = token_of(app.get(LIST))
    app.post(MAKE, {"csrf_token": token})
    refused = app.post(LIST, {"csrf_token": token, "credential": sent, "nom": "Ma clé"}, status=422)
    assert "La clé n’a pas été enregistrée" in refused
    assert refused.html.find("input", {"name": "nom"})["value"] == "Ma clé"


def test_a_request_to_sign_in_cannot_make_a_key_nor_the_other_way(app, db, account, key):
    sign_in(app, db, account, proved=True)
    token = token_of(app.get(LIST))
    asked = app.post(USE, {"csrf_token": token}).json
    forged = {"challenge": asked["challenge"], "user": {"id": "eA"}, "rp": {"id": asked["rpId"]}}
    app.post(LIST, {"csrf_token": token, "credential": key.create(forged)}, status=422)
    assert db.scalar(select(func.count()).select_from(Passkey)) == 0


def test_a_key_without_its_owner_verified_is_not_kept(app, db, account, key):
    key.verified = False
    make(sign_in(app, db, account, proved=True), key, status=422)
    assert db.scalar(select(func.count()).select_from(Passkey)) == 0


def test_the_same_key_twice_is_kept_once(app, db, account, key):
    sign_in(app, db, account, proved=True)
    make(app, key)
    make(app, key, status=422)
    assert db.scalar(select(func.count()).select_from(Passkey)) == 1


def test_making_and_removing_ask_a_fresh_proof(app, db, account, key, made):
    public_id = db.scalars(select(Passkey.public_id)).one()
    sign_in(app, db, account)
    for path in (LIST, f"{LIST}/{public_id}"):
        assert "/confirmer-identite?next=" in app.get(path, status=303).location
    page = app.get("/confirmer-identite", {"next": f"{LIST}/{public_id}"})
    assert "Utiliser ma clé d’accès" in page
    token = token_of(page)
    options = app.post(USE, {"csrf_token": token}).json
    fields = {"csrf_token": token, "credential": made.get(options), "next": f"{LIST}/{public_id}"}
    answer = app.post(PROVE, fields)
    assert answer.location == f"http://localhost{LIST}/{public_id}"
    page = answer.follow()
    assert "Mon téléphone" in page
    answer = next(form for form in page.forms.values() if form.action.startswith(LIST)).submit()
    assert "est retirée" in answer.follow()
    assert db.scalar(select(func.count()).select_from(Passkey)) == 0
    told = db.scalars(select(Notification).where(Notification.kind == "factor_changed").order_by(Notification.id)).all()
    assert told[-1].values["action"] == "removed"


def test_another_ones_key_proves_nothing_here(app, db, account, made):
    other = make_account(db, make_person(db, "Paul", email="paul@example.org"))
    sign_in(app, db, other)
    token = token_of(app.get("/confirmer-identite"))
    options = app.post(USE, {"csrf_token": token}).json
    answer = app.post(PROVE, {"csrf_token": token, "credential": made.get(options), "next": "/securite/cles"})
    assert "cle-refusee" in answer.location
    assert db.scalars(select(WebSession.proved_at).where(WebSession.account_id == other.id)).one() is None


def test_another_ones_key_is_not_found(app, db, account, made):
    public_id = db.scalars(select(Passkey.public_id)).one()
    other = make_account(db, make_person(db, "Paul", email="paul@example.org"))
    sign_in(app, db, other, proved=True)
    app.get(f"{LIST}/{public_id}", status=404)


def test_what_a_browser_is_asked_to_sign_is_the_same_for_everybody(app, made):
    token = token_of(app.get("/connexion"))
    first, second = (app.post(USE, {"csrf_token": token}).json for _ in range(2))
    assert first.pop("challenge") != second.pop("challenge")
    assert first == second
    assert first["userVerification"] == "required"
    assert first["allowCredentials"] == []
    assert set(first) == {"rpId", "timeout", "allowCredentials", "userVerification"}
