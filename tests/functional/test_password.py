"""Changing one's password: what it asks, what it ends, and that nothing else is reachable while it must be changed."""

import json

import pytest
from sqlalchemy import func, select

from member_space.interfaces import ICipher, IPasswordHasher
from member_space.models import Account, Event, Notification, SignInFailure, WebSession
from member_space.services.device import trust_device
from member_space.services.sessions import hash_token
from tests.factories.household import PASSWORD, make_account, make_contract, make_person
from tests.functional.helpers import HERE, sign_in, tools_of

PAGE = "/mes-informations/mot-de-passe"
NEW = "quatre loups verts"


@pytest.fixture
def hasher(wsgi_app):
    return wsgi_app.registry.getUtility(IPasswordHasher)


@pytest.fixture
def account(db, hasher):
    person = make_person(db, "Nadia", last_name="Benali", email="nadia@example.org")
    make_contract(db, person)
    account = make_account(db, person, hasher.hash(PASSWORD))
    db.commit()
    return account


def change(browser, current=PASSWORD, new=NEW, again=None):
    form = next(form for form in browser.get(PAGE).forms.values() if form.action == PAGE)
    form["current_password"], form["new_password"], form["confirmation"] = current, new, new if again is None else again
    return form.submit(expect_errors=True)


def problems(answer):
    assert answer.status_int == 422
    return [item.get_text() for item in answer.html.select(".error-summary li")]


def test_the_new_password_replaces_the_old_one_and_ends_the_other_sessions(app, db, account, hasher):
    sign_in(app, db, account)
    elsewhere = app.cookies["session"].strip('"')
    sign_in(app, db, account)
    here = app.cookies["session"].strip('"')
    answer = change(app)
    assert (answer.status_int, answer.location) == (303, "http://localhost/mes-informations?fait=mot-de-passe")
    assert "Votre mot de passe est changé" in answer.follow().html.select_one("[role=status]").get_text()
    db.refresh(account)
    assert hasher.verify(account.password_hash, NEW)
    assert account.password_changed_at is not None
    assert db.scalars(select(WebSession.token_hash)).all() == [hash_token(here)]
    app.set_cookie("session", elsewhere)
    assert app.get("/", status=303).location == "http://localhost/connexion"


def test_the_member_is_told_by_mail_with_a_way_to_object(app, db, account, wsgi_app):
    change(sign_in(app, db, account))
    notice = db.scalars(select(Notification).where(Notification.kind == "password_changed")).one()
    assert (notice.channel, notice.account_id) == ("email", account.id)
    assert notice.values["link"].startswith("/ce-n-est-pas-moi/")
    secret = json.loads(wsgi_app.registry.getUtility(ICipher).decrypt(notice.secret))
    assert set(secret) == {"code"}
    event = db.scalars(select(Event).where(Event.kind == "password:changed")).one()
    assert (event.actor_account_id, event.subject_person_id) == (account.id, account.person_id)


@pytest.mark.parametrize(
    ("new", "again", "words"),
    [
        ("", None, ["Écrivez le nouveau mot de passe.", "Écrivez le mot de passe une seconde fois."]),
        (NEW, NEW + "!", ["Les deux mots de passe ne sont pas les mêmes. Écrivez-les à nouveau."]),
        ("court", None, ["Il est trop court : il faut 12 caractères ou plus."]),
        ("x" * 129, None, ["Il est trop long : 128 caractères au plus."]),
        (PASSWORD, None, ["C’est votre mot de passe actuel. Choisissez-en un autre."]),
    ],
)
def test_a_refused_password_says_what_to_repair(app, db, account, new, again, words):
    before = account.password_hash
    assert problems(change(sign_in(app, db, account), new=new, again=again)) == words
    db.refresh(account)
    assert account.password_hash == before


def test_known_personal_and_weak_ones_are_explained(app, db, account):
    browser = sign_in(app, db, account)
    assert "listes de mots de passe volés" in problems(change(browser, new="password1234"))[0]
    assert "votre nom" in problems(change(browser, new="Nadia Benali 1985"))[0]
    words = problems(change(browser, new="abcabcabcabcabc!"))[0]
    assert words.startswith("Faible")
    assert "répète" in words


def test_nothing_typed_comes_back(app, db, account):
    answer = change(sign_in(app, db, account), new="un secret trop", again="autre chose")
    assert "un secret trop" not in answer
    assert "autre chose" not in answer


def test_spaces_accents_and_signs_are_kept_as_typed(app, db, account, hasher):
    odd = "  *'> éléphant 🐘 מים  "
    assert change(sign_in(app, db, account), new=odd).status_int == 303
    db.refresh(account)
    assert hasher.verify(account.password_hash, odd)
    assert not hasher.verify(account.password_hash, odd.strip())


def test_a_wrong_current_password_is_counted_like_a_wrong_sign_in(app, db, account):
    browser = sign_in(app, db, account)
    for _ in range(10):
        assert problems(change(browser, current="faux")) == [
            "Ce n’est pas votre mot de passe actuel. Vérifiez les majuscules et les chiffres."
        ]
    answer = change(browser)
    assert answer.status_int == 429
    assert db.scalar(select(func.count()).select_from(SignInFailure)) == 10


def test_a_known_device_keeps_its_own_quota(app, db, account):
    """Ten wrong tries to sign in from this network do not keep who is signed in on a trusted browser (C13)."""
    tools = tools_of(app)
    index = tools.cipher.blind_index(account.email)
    db.add_all(SignInFailure(email_index=index, network="unknown", failed_at=tools.now()) for _ in range(10))
    device, _token = trust_device(db, tools, account, HERE)
    assert change(sign_in(app, db, account)).status_int == 429
    assert change(sign_in(app, db, account, device_id=device.id)).status_int == 303


def test_the_rule_is_told_beforehand_and_managers_are_welcome(app, db, account):
    page = sign_in(app, db, account).get(PAGE)
    field = page.html.find(id="new_password")
    assert field["autocomplete"] == "new-password"
    assert "onpaste" not in page
    described = page.html.find(id=field["aria-describedby"]).get_text()
    assert described.startswith("12 caractères ou plus")
    assert page.html.find(id="current_password")["autocomplete"] == "current-password"


def test_without_a_password_the_page_sends_a_code_instead(app, db, account):
    account.password_hash = None
    db.commit()
    page = sign_in(app, db, account).get(PAGE)
    assert not [form for form in page.forms.values() if form.action == PAGE]
    assert page.html.select_one('main a[href="/mot-de-passe-oublie"]')


def test_who_must_change_gets_no_other_page_first(app, db, account):
    account.must_change_password = True
    db.commit()
    browser = sign_in(app, db, account)
    for path in ("/", "/remboursements", "/mes-informations", "/situation/confidentialite"):
        assert browser.get(path, status=303).location == f"http://localhost{PAGE}"
    page = browser.get(PAGE)
    assert "choisissez un nouveau mot de passe" in page
    assert browser.post(
        "/mes-informations/consentements",
        {"csrf_token": browser.cookies["csrf"], "finalite": "sms_contact", "reponse": "oui"},
        status=303,
    ).location.endswith(PAGE)
    # An address that is not there says so, and leaving stays possible.
    browser.get("/contrats/pas-un-contrat", status=404)
    assert change(browser).status_int == 303
    assert browser.get("/").status_int == 200
    db.refresh(account)
    assert account.must_change_password is False


def test_leaving_stays_possible_when_the_password_must_change(app, db, account):
    account.must_change_password = True
    db.commit()
    browser = sign_in(app, db, account)
    browser.get(PAGE)
    answer = browser.post("/deconnexion", {"csrf_token": browser.cookies["csrf"]}, status=303)
    assert answer.location == "http://localhost/connexion?fait=deconnexion"


def test_nobody_signed_in_is_sent_to_the_door(app):
    assert app.get(PAGE, status=303).location.startswith("http://localhost/connexion")


def test_each_policy_is_kept_by_the_page(engine, session_factory, db, account, hasher):
    """`password.policy = hcr|bl|strong`: the help says the rule, and the form keeps it."""
    from member_space.config import make_app
    from tests.conftest import TEST_INI
    from tests.log_guard import Browser

    for policy, help_words, refused, taken in (
        ("hcr", "8 caractères ou plus", "bonjourx", "Bonjourx!"),
        ("bl", "avec une majuscule, une minuscule, un chiffre", "Loups verts dansent", "4 Loups verts"),
    ):
        app = make_app(TEST_INI | {"password.policy": policy}, engine)
        app.registry.session_factory = session_factory
        app.registry.registerUtility(hasher, IPasswordHasher)
        account.password_hash = hasher.hash(PASSWORD)
        db.commit()
        browser = sign_in(Browser(app), db, account)
        assert help_words in browser.get(PAGE)
        assert "Il manque" in problems(change(browser, new=refused))[0]
        assert change(browser, new=taken).status_int == 303
        db.refresh(account)
    assert db.scalar(select(Account.password_changed_at)) is not None
