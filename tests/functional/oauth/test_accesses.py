"""« Mes accès »: what is open, ended at once; personal tokens, shown once; what was read through them, told."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from member_space.domain.permissions import Role
from member_space.domain.readings import What
from member_space.models import ApiClient, ApiGrant, ApiToken, Contract, Coverage
from member_space.services.api_access import note_use, read_access
from member_space.services.api_grant import MOST_TOKENS
from member_space.services.day_words import date_long
from member_space.services.password import set_password
from member_space.services.readings import note_access
from member_space.services.sessions import Lifetimes, open_session, read_session
from member_space.services.shut_out import shut_everybody_out
from member_space.services.tools import Origin
from tests.factories.api import make_client, make_grant, token_of
from tests.factories.household import make_account, make_contract, make_person, period
from tests.factories.office import make_colleague
from tests.functional.helpers import sign_in, tools_of
from tests.functional.messages import written
from tests.log_guard import note

PAGE, READINGS = "/mes-acces", "/mes-donnees/consultations"


def access_of(app, db, token):
    db.expire_all()
    return read_access(db, token, tools_of(app).now())


def ends_of(page):
    return [form for form in page.forms.values() if form.action.endswith("/retirer")]


def made(member, **values):
    form = member.get(f"{PAGE}/jeton").forms["jeton-nouveau"]
    form["name"] = values.pop("name", "Tableur")
    for name, ticked in values.items():
        for box in form.fields[name]:
            box.checked = box._value in ticked
    return form.submit(expect_errors=True)


def token_on(page) -> str:
    token = page.html.select_one("p.token code").get_text()
    note(token)
    return token


def test_an_application_is_shown_with_all_that_it_may(db, member, peer):
    peer.tokens()
    words = member.get(PAGE).html.main.get_text(" ", strip=True)
    for one in ("Hugo", "Lire vos remboursements", "Nadia Durand", "pas encore"):
        assert one in words


def test_it_ends_at_once(app, db, member, peer):
    tokens = peer.tokens()
    [form] = ends_of(member.get(PAGE))
    page = form.submit().follow()
    assert "cet accès est retiré" in page
    assert ends_of(page) == []
    assert "Accès terminés" in page
    assert access_of(app, db, tokens["access_token"]) is None
    peer.refresh(tokens["refresh_token"], 400)
    form.submit(status=303)  # a second press


def test_one_whose_application_was_closed_ended_on_that_day(app, db, member, peer):
    peer.tokens()
    now = tools_of(app).now()
    peer.client.closed_at = now - timedelta(days=2)
    db.commit()
    page = member.get(PAGE)
    assert ends_of(page) == []
    assert f". Fini le {date_long(peer.client.closed_at.date(), 'fr')}." in page.html.main.get_text()


def test_when_and_from_where_it_last_served_is_shown_to_the_minute(app, db, member, peer):
    access = access_of(app, db, peer.tokens()["access_token"])
    note_use(db, access, tools_of(app).now(), "192.0.2.7")
    db.commit()
    assert "192.0.2.7" in member.get(PAGE)
    note_use(db, access_of(app, db, token_of(db, db.scalars(select(ApiGrant)).one())), tools_of(app).now(), "192.0.2.8")
    assert "192.0.2.8" not in member.get(PAGE)


def test_nothing_yet_says_so(member):
    assert "Aucun accès" in member.get(PAGE)


def test_somebody_else_s_access_does_not_exist(app, db, member, child):
    other = make_person(db, "Ali")
    make_contract(db, other)
    grant = make_grant(db, make_account(db, other), make_client(db), [other])
    token = token_of(db, grant)
    db.commit()
    csrf = member.get(f"{PAGE}/jeton").forms["jeton-nouveau"]["csrf_token"].value
    for public_id in (grant.public_id, "00000000-0000-4000-8000-000000000007", "x"):
        member.post(f"{PAGE}/{public_id}/retirer", {"csrf_token": csrf}, status=404)
    assert access_of(app, db, token)


def test_a_token_of_ones_own_is_shown_once_and_opens_what_was_ticked(app, db, member, holder, child):
    page = made(member, name="Tableur de la maison", scopes=["cards:read"], persons=[str(child.public_id)])
    token = token_on(page)
    access = access_of(app, db, token)
    assert (access.scopes, access.persons, access.assistant) == ({"cards:read"}, {child.id}, None)
    listed = member.get(PAGE)
    assert "Tableur de la maison" in listed
    assert token not in listed
    [mail] = written(app, db, "access_given")
    assert mail.values["given"] == "token"
    ends_of(listed)[0].submit()
    assert access_of(app, db, token) is None


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"name": ""}, "Donnez un nom"),
        ({"name": "x" * 61}, "trop long"),
        ({"scopes": []}, "Cochez au moins une chose"),
        ({"persons": []}, "Cochez au moins une personne"),
    ],
)
def test_what_is_missing_is_said(db, member, holder, values, words):
    page = made(member, **{"scopes": ["cards:read"], "persons": [str(holder.public_id)]} | values)
    assert page.status_int == 422
    assert words in page
    assert db.scalars(select(ApiToken)).all() == []


def test_all_that_is_missing_is_said_at_once_in_the_order_of_the_page(member):
    page = made(member, name="", scopes=[], persons=[])
    said = [link.get_text() for link in page.html.select(".error-summary a")]
    assert [words.split()[0] for words in said] == ["Donnez", "Cochez", "Cochez"]
    assert not any("refusez" in words for words in said)  # nobody asked for anything


def test_ninety_days_at_most_and_ten_tokens(db, member, holder):
    ticks = {"scopes": ["cards:read"], "persons": [str(holder.public_id)]}
    form = member.get(f"{PAGE}/jeton").forms["jeton-nouveau"]
    form["days"].force_value("365")
    form["name"] = "Trop long"
    assert "Choisissez une durée" in form.submit(status=422)
    for _ in range(MOST_TOKENS):
        token_on(made(member, **ticks))
    assert made(member, **ticks).status_int == 422


def test_a_second_factor_is_asked_for_a_token(app, db, account):
    assert "/confirmer-identite" in sign_in(app, db, account).get(f"{PAGE}/jeton", status=303).location


def read_by(app, db, token, person):
    note_access(db, access_of(app, db, token), {person.id: None}, What.CARD, Origin("192.0.2.7"), tools_of(app).today())
    db.commit()


def test_what_an_assistant_reads_for_oneself_is_told(app, db, member, peer, holder):
    read_by(app, db, peer.tokens()["access_token"], holder)
    assert "Assistant Hugo, pour vous" in member.get(READINGS)
    assert "Assistant Hugo, pour vous" in member.get(f"{READINGS}.csv").text


def test_what_ones_own_token_reads_is_told(app, db, member, account, holder):
    read_by(app, db, token_of(db, make_grant(db, account, None, [holder])), holder)
    assert "Jeton personnel, pour vous" in member.get(READINGS)


def test_what_another_member_s_assistant_reads_is_told_with_his_name(app, db, member, holder, account):
    contract = db.scalars(select(Contract).where(Contract.holder_id == holder.id)).one()
    spouse = make_person(db, "Sami", last_name="Durand")

    db.add(Coverage(contract_id=contract.id, person_id=spouse.id, relation="spouse", period=period(), position=2))
    grant = make_grant(db, make_account(db, spouse), make_client(db, name="Zoé"), [holder])
    read_by(app, db, token_of(db, grant), holder)
    assert "Assistant Zoé, pour Sami Durand" in member.get(READINGS)


def test_it_was_not_me_ends_every_access(app, db, account, peer):
    token = peer.tokens()["access_token"]
    shut_everybody_out(db, tools_of(app), account)
    assert access_of(app, db, token) is None


def test_a_password_forgotten_ends_every_access_and_one_changed_none(app, db, account, peer):
    tools, token = tools_of(app), peer.tokens()["access_token"]
    lifetimes = Lifetimes.of(tools.settings)
    _id, session = open_session(db, account.id, tools.now(), lifetimes)
    identity = read_session(db, session, tools.now(), lifetimes)
    set_password(db, tools, account, "quatre mots sans lien aucun", Origin(), actor=identity)
    assert access_of(app, db, token)
    set_password(db, tools, account, "cinq autres mots encore plus longs", Origin())
    assert access_of(app, db, token) is None


@pytest.fixture
def administrator(app, db, cipher, account):
    colleague = make_colleague(db, Role.ADMINISTRATOR, totp_secret=cipher.encrypt("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"))
    db.commit()
    app.reset()
    return sign_in(app, db, colleague, proved=True)


def added(browser, **values):
    form = next(one for one in browser.get("/bureau/applications").forms.values() if "redirect_uris" in one.fields)
    known = {
        "name": "Comparateur",
        "purpose": "Comparer",
        "redirect_uris": "https://comparateur.example/retour",
    } | values
    for name, value in known.items():
        form[name] = value
    form.fields["scopes"][0].checked = True
    return form.submit(expect_errors=True)


def test_a_colleague_who_confirms_who_he_is_does_not_read_of_a_member_s_space(app, db, cipher):
    colleague = make_colleague(db, Role.ADMINISTRATOR, totp_secret=cipher.encrypt("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"))
    db.commit()
    page = sign_in(app, db, colleague).get("/bureau/webhooks").follow()
    assert "Avant cet acte sensible" in page
    assert "Votre espace" not in page


def test_the_office_adds_rotates_and_closes_an_application(app, db, administrator):
    page = added(administrator)
    secret = page.html.select("p.dictated")[1].get_text().removeprefix("client_secret ")
    note(secret)
    client = db.scalars(select(ApiClient)).one()
    assert secret not in administrator.get("/bureau/applications")
    path = f"/bureau/applications/{client.client_id}"
    forms = {form.action: form for form in administrator.get(path).forms.values()}
    again = forms[f"{path}/secret"].submit().html.select("p.dictated")[1].get_text().removeprefix("client_secret ")
    note(again)
    ask = {"grant_type": "client_credentials", "client_id": client.client_id}
    app.post("/oauth/token", ask | {"client_secret": secret}, status=401)
    assert app.post("/oauth/token", ask | {"client_secret": again}, status=400).json["error"] == "unauthorized_client"
    assert "est fermée" in forms[f"{path}/fermeture"].submit().follow()
    app.post("/oauth/token", ask | {"client_secret": again}, status=401)


@pytest.mark.parametrize(
    "uri", ["http://comparateur.example/retour", "https://a@b.example", "https://b.example/#x", "javascript:alert(1)"]
)
def test_an_address_that_would_lead_elsewhere_is_not_taken(db, administrator, uri):
    page = added(administrator, redirect_uris=uri)
    assert page.status_int == 422
    assert "Adresse de retour refusée" in page
    assert db.scalars(select(ApiClient)).all() == []
