"""A way back in, given by two colleagues: script, four eyes, a code shown once, the second factor left on (C9, R15)."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from member_space.domain.permissions import Role
from member_space.interfaces import ICipher, IPasswordHasher
from member_space.models import Account, AssistedRecovery, Challenge, Event, Notification, Person, Reading, WebSession
from tests.factories.household import PASSWORD, make_account, make_contract, make_person
from tests.factories.office import make_colleague
from tests.functional.clock import clock_at
from tests.functional.helpers import sign_in
from tests.log_guard import Browser, note

NEW = "quatre loups verts"
ENOUGH = {"factor": ["called_back", "birth", "card", "address"]}
ENOUGH["contacts"] = ["document", "birth", "card", "address", "iban_end"]


@pytest.fixture(autouse=True)
def clock(app):
    with clock_at(app, 2026, 11, 20) as clock:
        yield clock


@pytest.fixture
def member(db, wsgi_app):
    person = make_person(db, "Nadia", last_name="Benali", email="nadia@example.org", mobile="+33612345678")
    contract = make_contract(db, person)
    contract.member_number = "00041234"
    hasher = wsgi_app.registry.getUtility(IPasswordHasher)
    secret = wsgi_app.registry.getUtility(ICipher).encrypt("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    account = make_account(db, person, hasher.hash(PASSWORD), mobile="+33612345678", totp_secret=secret)
    db.commit()
    return account


@pytest.fixture
def desks(db, wsgi_app):
    """The browsers of a handler and of two supervisors."""
    found = {}
    for name, role in (("Hugo", Role.HANDLER), ("Sonia", Role.SUPERVISOR), ("Samir", Role.SUPERVISOR)):
        account = make_colleague(db, role, f"{name} Roy")
        db.commit()
        browser = sign_in(Browser(wsgi_app), db, account)
        browser.get("/bureau")
        browser.get("/bureau/adherents")
        found[name] = browser
    return found


def send(browser, path, **fields):
    return browser.post(path, {"csrf_token": browser.cookies["csrf"], **fields}, expect_errors=True)


def ask(desk, member, wish="factor", checks=None):
    path = f"/bureau/adherents/{member.person_public_id}"
    form = next(form for form in desk.get(path).forms.values() if form.action == f"{path}/acces")
    form["wish"] = wish
    for box in form.fields["checks"]:
        box.checked = box._value in (ENOUGH[wish] if checks is None else checks)
    return form.submit(expect_errors=True)


@pytest.fixture(autouse=True)
def _public_id(db, member):
    member.person_public_id = db.get(Person, member.person_id).public_id


def path_of(db):
    last = db.scalars(select(AssistedRecovery.public_id).order_by(AssistedRecovery.id.desc())).first()
    return f"/bureau/acces/{last}"


def code_of(answer):
    assert answer.status_int == 200
    code = answer.html.select_one(".dictated b").get_text().replace(" ", "")
    note(code)
    return code


def given(db, desks, member, wish="factor"):
    """The code, after the whole way at the office."""
    ask(desks["Hugo"], member, wish)
    path = path_of(db)
    assert send(desks["Sonia"], f"{path}/decision", decision="oui").status_int == 303
    return code_of(send(desks["Hugo"], f"{path}/code"))


def events_of(db, member, *kinds):
    return db.execute(
        select(Event.kind, Event.actor_account_id)
        .where(Event.subject_person_id == member.person_id, Event.kind.in_(kinds))
        .order_by(Event.id)
    ).all()


def start_sign_in(browser):
    form = browser.get("/connexion").forms[0]
    form["email"], form["password"] = "nadia@example.org", PASSWORD
    return form.submit()


def test_after_the_password_the_code_stands_for_the_lost_factor(app, db, desks, member):
    code = given(db, desks, member)
    start_sign_in(app)
    page = app.get("/connexion/code", {"par": "handler"})
    form = next(form for form in page.forms.values() if "code" in form.fields)
    form["code"] = code
    answer = form.submit()
    assert answer.location == "http://localhost/securite?fait=acces-retrouve"
    assert "Ajoutez maintenant un nouveau moyen" in answer.follow()
    db.refresh(member)
    assert member.totp_secret
    assert member.mobile == "+33612345678"
    kinds = [
        kind
        for kind, _actor in events_of(
            db, member, "recovery:asked", "recovery:approved", "recovery:used", "account:signed_in"
        )
    ]
    assert kinds == ["recovery:asked", "recovery:approved", "recovery:used", "account:signed_in"]
    # The code is used up.
    app.reset()
    start_sign_in(app)
    form = next(form for form in app.get("/connexion/code", {"par": "handler"}).forms.values() if "code" in form.fields)
    form["code"] = code
    assert form.submit(expect_errors=True).status_int == 422


def test_the_code_alone_opens_nothing_while_the_password_is_known(app, db, desks, member):
    code = given(db, desks, member)
    form = next(form for form in app.get("/connexion/aide").forms.values() if "code" in form.fields)
    form["email"], form["code"] = "nadia@example.org", code
    answer = form.submit(expect_errors=True)
    assert answer.status_int == 422
    assert "ne vont pas ensemble" in answer
    assert db.scalar(select(func.count()).select_from(WebSession).where(WebSession.account_id == member.id)) == 0


def test_when_all_is_lost_a_new_password_and_in(app, db, desks, member, clock):
    code = given(db, desks, member, "contacts")
    form = next(form for form in app.get("/connexion/aide").forms.values() if "code" in form.fields)
    form["email"], form["code"] = "nadia@example.org", code
    page = form.submit().follow()
    form = next(form for form in page.forms.values() if "new_password" in form.fields)
    form["new_password"] = form["confirmation"] = "court"
    assert form.submit(expect_errors=True).status_int == 422
    form["new_password"] = form["confirmation"] = NEW
    answer = form.submit()
    assert answer.location == "http://localhost/securite?fait=acces-retrouve"
    assert app.get("/").status_int == 200
    session = db.scalars(select(WebSession).where(WebSession.account_id == member.id)).one()
    assert session.proved_at == clock.now()
    db.refresh(member)
    assert member.totp_secret
    assert len(events_of(db, member, "recovery:used")) == 1
    assert app.get("/connexion/aide/mot-de-passe", status=303).location == "http://localhost/connexion/aide"


@pytest.mark.parametrize("email", ["nadia@example.org", "personne@example.org"])
def test_guessing_is_counted_and_tells_nothing(app, db, desks, member, email):
    code = given(db, desks, member, "contacts")
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    form = next(form for form in app.get("/connexion/aide").forms.values() if "code" in form.fields)
    for _ in range(10):
        form["email"], form["code"] = email, wrong
        answer = form.submit(expect_errors=True)
        assert (answer.status_int, "ne vont pas ensemble" in answer) == (422, True)
    assert form.submit(expect_errors=True).status_int == 429
    # Five tries were enough to end the code, from anywhere.
    app.extra_environ["REMOTE_ADDR"] = "203.0.113.9"
    form["code"], form["email"] = code, "nadia@example.org"
    assert form.submit(expect_errors=True).status_int == (422 if email.startswith("nadia") else 303)


def test_the_code_lives_ten_minutes(app, db, desks, member, clock):
    code = given(db, desks, member, "contacts")
    clock.at += timedelta(minutes=10, seconds=1)
    form = next(form for form in app.get("/connexion/aide").forms.values() if "code" in form.fields)
    form["email"], form["code"] = "nadia@example.org", code
    assert form.submit(expect_errors=True).status_int == 422


def test_the_script_cannot_be_cut_short(db, desks, member):
    answer = ask(desks["Hugo"], member, checks=["birth", "card", "address"])
    assert answer.status_int == 422
    assert "Je l’ai rappelé au numéro du dossier" in answer.html.select_one(".error-summary").get_text()
    assert [box["value"] for box in answer.html.select("input[name=checks][checked]")] == ["birth", "card", "address"]
    answer = ask(desks["Hugo"], member, checks=["birth", "called_back", "card"])
    assert "Points encore à vérifier dans la liste" in answer.html.select_one(".error-summary").get_text()
    assert db.scalar(select(func.count()).select_from(AssistedRecovery)) == 0


def test_four_eyes(db, desks, member):
    """A supervisor who asked cannot agree to it; a handler cannot at all."""
    ask(desks["Sonia"], member)
    path = path_of(db)
    answer = send(desks["Sonia"], f"{path}/decision", decision="oui")
    assert answer.status_int == 422
    assert "un autre collègue doit décider" in answer
    assert send(desks["Hugo"], f"{path}/decision", decision="oui").status_int == 403
    assert db.scalar(select(AssistedRecovery.decided_at)) is None
    assert send(desks["Samir"], f"{path}/decision", decision="oui").status_int == 303
    assert "Un collègue a déjà décidé" in send(desks["Samir"], f"{path}/decision", decision="non")


def test_a_colleague_of_today_decides_nothing_yet(app, db, desks, member):
    """Else who opens the accounts of the office would be both pairs of eyes."""
    ask(desks["Hugo"], member)
    db.scalars(select(Account).where(Account.office_name.startswith("Sonia"))).one().created_at = datetime.now(UTC)
    db.commit()
    answer = send(desks["Sonia"], f"{path_of(db)}/decision", decision="oui")
    assert answer.status_int == 422
    assert "un collègue plus ancien doit décider" in answer
    assert send(desks["Samir"], f"{path_of(db)}/decision", decision="oui").status_int == 303


def test_only_who_asked_sees_the_code_and_once(db, desks, member):
    ask(desks["Hugo"], member)
    path = path_of(db)
    assert send(desks["Hugo"], f"{path}/code").status_int == 422
    send(desks["Sonia"], f"{path}/decision", decision="oui")
    assert "Seul le collègue" in send(desks["Sonia"], f"{path}/code")
    code = code_of(send(desks["Hugo"], f"{path}/code"))
    again = send(desks["Hugo"], f"{path}/code")
    assert again.status_int == 422
    assert code[:3] + " " + code[3:] not in desks["Hugo"].get(path)
    assert db.scalar(select(func.count()).select_from(Challenge)) == 1


def test_a_refusal_and_a_late_agreement_give_no_code(db, desks, member, clock):
    ask(desks["Hugo"], member)
    send(desks["Sonia"], f"{path_of(db)}/decision", decision="non")
    assert send(desks["Hugo"], f"{path_of(db)}/code").status_int == 422
    ask(desks["Hugo"], member)
    send(desks["Sonia"], f"{path_of(db)}/decision", decision="oui")
    for _ in range(7):
        clock.at += timedelta(minutes=10)
        desks["Hugo"].get("/bureau")
        desks["Sonia"].get("/bureau")
    assert "a expiré" in send(desks["Hugo"], f"{path_of(db)}/code")


def test_one_request_at_a_time(db, desks, member):
    ask(desks["Hugo"], member)
    assert "Une demande attend déjà" in ask(desks["Sonia"], member)


def test_the_member_is_told_at_once_where_he_was_known(db, desks, member):
    ask(desks["Hugo"], member, "contacts")
    assert db.scalar(select(func.count()).select_from(Notification)) == 0
    send(desks["Sonia"], f"{path_of(db)}/decision", decision="oui")
    rows = db.execute(select(Notification.kind, Notification.channel).order_by(Notification.id)).all()
    assert rows == [("recovery_granted", "email"), ("recovery_granted", "sms")]


@pytest.mark.parametrize("asked", ["nadia@example.org", " NADIA@example.org", "00041234", "0004 1234"])
def test_a_member_is_found_exactly_seen_little_and_will_know(db, desks, member, asked):
    page = send(desks["Hugo"], "/bureau/adherents", asked=asked)
    assert "Nadia Benali" in page
    assert "nadia@example.org" not in page.html.select_one("table").get_text()
    assert "06 12 34 56 78" not in page.text.replace("\u00a0", " ")
    reading = db.scalars(select(Reading)).one()
    assert (reading.subject_person_id, reading.what, reading.reason) == (member.person_id, "file", "assistance")
    assert len(events_of(db, member, "data:read")) == 1


@pytest.mark.parametrize("asked", ["nadia", "nadia@example", "0004123", "%", "Benali", "personne@example.org"])
def test_nobody_is_found_by_halves(db, desks, member, asked):
    page = send(desks["Hugo"], "/bureau/adherents", asked=asked)
    assert "Aucun compte" in page
    assert db.scalar(select(func.count()).select_from(Reading)) == 0


def test_a_person_without_an_account_has_no_page(db, desks):
    person = make_person(db)
    db.commit()
    desks["Hugo"].get(f"/bureau/adherents/{person.public_id}", status=404)
    desks["Hugo"].get("/bureau/adherents/pas-un-id", status=404)


def test_what_was_answered_is_never_kept(db, desks, member):
    ask(desks["Hugo"], member)
    assert json.dumps(db.scalar(select(AssistedRecovery.checks))) == json.dumps({"done": sorted(ENOUGH["factor"])})
