"""What was typed is found again: after the session ended, in another tab, at a second factor (C17, R13)."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from member_space.interfaces import ICipher
from member_space.models import Draft, WebSession
from member_space.services.draft import LONGEST, form_of, seal
from tests.factories.household import make_account, make_contract, make_person
from tests.functional.clock import clock_at
from tests.functional.helpers import sign_in, tools_of

PAGE = "/mes-informations/adresse"
SCRIPT = {"Accept": "application/json"}
TYPED = {"ligne1": "12 rue de l’Église, étage n° 2", "ligne2": "", "code_postal": "", "ville": "Saint-Étienne"}


@pytest.fixture(autouse=True)
def clock(app):
    with clock_at(app, 2026, 11, 20) as clock:
        yield clock


@pytest.fixture
def account(db):
    return member(db, "Hélène")


def member(db, name):
    person = make_person(db, name, address_line1="1 rue Ancienne", postcode="75001", city="Paris")
    make_contract(db, person)
    return make_account(db, person)


def address_form(page):
    return next(form for form in page.forms.values() if "ligne1" in form.fields)


def fill(page, typed=TYPED):
    form = address_form(page)
    for name, text in typed.items():
        form[name] = text
    return form


def shown(page):
    return {name: address_form(page)[name].value for name in TYPED}


def draft_of(app, db, account):
    """What is kept for the account, decrypted."""
    sealed = db.scalar(select(Draft.values).where(Draft.account_id == account.id, Draft.form == PAGE))
    return app.app.registry.getUtility(ICipher).decrypt(sealed) if sealed else None


def end_sessions(db):
    db.query(WebSession).delete()
    db.commit()


def save(app, form, **headers):
    """What static/draft.js sends."""
    token = headers.pop("token", form["csrf_token"].value)
    values = {name: form[name].value or "" for name in ("draft", "draft_at", *TYPED)}
    return app.post("/brouillons", values, headers=SCRIPT | {"X-CSRF-Token": token}, expect_errors=True)


def test_sent_after_the_session_ended_the_text_comes_back_at_the_same_field(app, db, account):
    """Without any script: sign-in in between, then the same page, the same text, the focus where it stopped."""
    form = fill(sign_in(app, db, account).get(PAGE))
    end_sessions(db)
    door = form.submit()
    assert door.status_int == 303
    page = door.follow()
    assert "Votre texte est gardé" in page.html.select_one("[role=status]").get_text()
    assert page.html.find("input", {"name": "next"})["value"] == PAGE
    sign_in(app, db, account)
    back = app.get(PAGE)
    assert shown(back) == TYPED
    assert back.html.select_one("[autofocus]")["name"] == "ville"
    assert "Nous avons retrouvé votre saisie" in back.html.main.get_text()


def test_at_the_field_that_the_script_named(app, db, account):
    form = fill(sign_in(app, db, account).get(PAGE))
    form["draft_at"] = "ligne1"
    assert save(app, form).json == {"kept": True, "left": 900}
    assert app.get(PAGE).html.select_one("[autofocus]")["name"] == "ligne1"


def test_once_sent_the_draft_is_gone(app, db, account):
    form = fill(sign_in(app, db, account).get(PAGE), TYPED | {"code_postal": "42000"})
    save(app, form)
    assert draft_of(app, db, account)
    assert form.submit().status_int == 303
    assert draft_of(app, db, account) is None
    assert "Nous avons retrouvé" not in app.get(PAGE)


def test_what_is_refused_stays_a_draft(app, db, account):
    form = fill(sign_in(app, db, account).get(PAGE))
    save(app, form)
    page = form.submit(expect_errors=True)
    assert page.status_int == 422
    assert shown(page) == TYPED
    assert draft_of(app, db, account)


def test_a_draft_can_be_erased(app, db, account):
    save(app, fill(sign_in(app, db, account).get(PAGE)))
    erase = next(form for form in app.get(PAGE).forms.values() if form.action == "/brouillons/effacer")
    answer = erase.submit()
    assert answer.location == f"http://localhost{PAGE}"
    assert shown(answer.follow())["ligne1"] == "1 rue Ancienne"
    assert db.query(Draft).count() == 0


def test_the_script_is_told_that_the_session_is_over_and_its_text_is_kept(app, db, account):
    form = fill(sign_in(app, db, account).get(PAGE))
    end_sessions(db)
    answer = save(app, form)
    assert (answer.status_int, answer.content_type) == (401, "application/json")
    assert "Saint-" in draft_of(app, db, account)


def test_signed_in_again_in_another_tab_the_old_form_loses_nothing(app, db, account):
    """The cookie of forms outlives the session, and signing in draws a new one: the old form is of no session."""
    form = fill(sign_in(app, db, account).get(PAGE))
    before = form["csrf_token"].value
    end_sessions(db)
    app.reset()
    sign_in(app, db, account)
    app.set_cookie("csrf", "the one of the new session")
    answer = form.submit()
    assert (answer.status_int, answer.location) == (303, f"http://localhost{PAGE}")
    assert shown(answer.follow()) == TYPED
    assert save(app, form, token=before).status_int == 401


def test_what_is_kept_is_encrypted_and_only_of_the_form_s_fields(app, db, account):
    form = fill(sign_in(app, db, account).get(PAGE))
    values = {name: form[name].value or "" for name in ("csrf_token", "draft", *TYPED)}
    app.post("/brouillons", values | {"password": "un secret entre nous", "iban": "FR76"}, headers=SCRIPT)
    sealed = db.scalar(select(Draft.values))
    assert "Église".encode() not in sealed
    assert "secret" not in draft_of(app, db, account)
    assert "FR76" not in draft_of(app, db, account)


@pytest.mark.parametrize(
    "name", ["password", "new_password", "code", "iban", "nir", "mot_de_passe", "csrf_token", "bic"]
)
def test_a_form_cannot_ask_to_keep_a_secret(name):
    with pytest.raises(ValueError, match=name):
        form_of(1, "/x", ("ligne1", name))


def test_a_post_code_is_no_code():
    assert form_of(1, "/x", ("code_postal",)).names == ("code_postal",)


def test_nobody_writes_in_somebody_else_s_drafts(app, db, account):
    """Signed in as another, a token of this account keeps nothing; neither does a forged, an altered or an old one."""
    form = fill(sign_in(app, db, account).get(PAGE))
    token = form["draft"].value
    sign_in(app, db, member(db, "Autre"))
    assert save(app, form).status_int == 422
    end_sessions(db)
    for forged in ("x", token[:-6] + "AAAA==", token[::-1], "é", "A" * 4000):
        form["draft"] = forged
        assert save(app, form).status_int == 401
        assert form.submit().status_int == 303
    assert db.query(Draft).count() == 0


def test_a_token_lives_a_day(app, db, account, clock):
    form = fill(sign_in(app, db, account).get(PAGE))
    end_sessions(db)
    clock.at += timedelta(days=1, seconds=1)
    form.submit()
    assert db.query(Draft).count() == 0
    clock.at -= timedelta(seconds=2)
    form.submit()
    assert db.query(Draft).count() == 1


def test_what_is_too_long_says_so_and_leaves_the_former(app, db, account):
    form = fill(sign_in(app, db, account).get(PAGE))
    save(app, form)
    form["ligne2"] = "x" * (LONGEST + 1)
    answer = save(app, form)
    assert (answer.status_int, answer.json["kept"]) == (422, False)
    assert shown(app.get(PAGE)) == TYPED
    end_sessions(db)
    assert "texte-garde" not in form.submit().location


def test_emptied_there_is_no_draft_left(app, db, account):
    form = fill(sign_in(app, db, account).get(PAGE))
    save(app, form)
    for name in TYPED:
        form[name] = "  "
    assert save(app, form).status_int == 200
    assert db.query(Draft).count() == 0


def test_a_closed_account_keeps_nothing(app, db, account):
    form = fill(sign_in(app, db, account).get(PAGE))
    account.closed_at = tools_of(app).now()
    db.commit()
    form.submit()
    assert db.query(Draft).count() == 0


def test_a_second_factor_asked_in_between_loses_nothing(app, db, account):
    """The e-mail's form is for a fresh proof only: its text waits, and the way back leads to its page."""
    tools = tools_of(app)
    sign_in(app, db, account)
    app.set_cookie("csrf", "known")
    token = seal(tools, form_of(account.id, "/mes-informations", ("email",)))
    answer = app.post("/mes-informations/email", {"csrf_token": "known", "draft": token, "email": "helene@example.org"})
    assert answer.location == "http://localhost/confirmer-identite?next=%2Fmes-informations"
    assert db.scalar(select(Draft.form)) == "/mes-informations"


def test_a_session_is_prolonged_by_the_button_only_while_it_lives(app, db, account, clock):
    page = sign_in(app, db, account).get(PAGE)
    dialog = page.html.select_one("[data-idle]")
    assert (dialog["data-left"], dialog["role"]) == ("900", "alertdialog")
    headers = SCRIPT | {"X-CSRF-Token": dialog["data-token"]}
    clock.at += timedelta(minutes=14, seconds=59)
    assert app.post("/session/prolonger", headers=headers).json == {"left": 900}
    clock.at += timedelta(minutes=14, seconds=59)
    assert app.get(PAGE).status_int == 200
    clock.at += timedelta(minutes=15)
    assert app.post("/session/prolonger", headers=headers, status=401).json == {}


def test_nothing_prolongs_a_session_beyond_its_day(app, db, account, clock):
    page = sign_in(app, db, account).get(PAGE)
    token = page.html.select_one("[data-idle]")["data-token"]
    for _ in range(51):
        clock.at += timedelta(minutes=14)
        app.post("/session/prolonger", headers=SCRIPT | {"X-CSRF-Token": token})
    assert app.get(PAGE).html.select_one("[data-idle]")["data-left"] == "360"
    clock.at += timedelta(minutes=6)
    assert app.get(PAGE).status_int == 303


def test_a_clock_set_back_ends_nothing(app, db, account, clock):
    """The machine's clock corrected by some minutes between two pages."""
    sign_in(app, db, account).get(PAGE)
    clock.at -= timedelta(minutes=10)
    page = app.get(PAGE)
    assert int(page.html.select_one("[data-idle]")["data-left"]) >= 900


def test_signed_in_already_the_door_leads_on_to_where_one_was_going(app, db, account):
    sign_in(app, db, account)
    assert app.get(f"/connexion?next={PAGE}").location == f"http://localhost{PAGE}"
    assert app.get("/connexion?next=//ailleurs.example").location == "http://localhost/"
