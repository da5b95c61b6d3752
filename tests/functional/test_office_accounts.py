"""The accounts of the office: opened by an administrator or a command, activated by hand, kept by somebody else."""

import re

import pyotp
import pytest
from sqlalchemy import func, select

from member_space.domain.permissions import GRANTS, Permission, Role
from member_space.domain.request import Act, Side
from member_space.models import Account, Challenge, Event, OidcLink, Passkey, RecoveryCode, WebSession
from member_space.security.route_facts import permission_of
from member_space.services import request as requests
from member_space.services.recovery_code import draw_codes, take_recovery_code
from member_space.services.request import Actor
from member_space.services.request_desk import log_of_request
from tests.factories.household import make_account, make_contract, make_person
from tests.factories.office import make_colleague
from tests.factories.request import make_request, take
from tests.functional.clock import clock_at
from tests.functional.helpers import HERE, sign_in, tools_of
from tests.log_guard import Browser, note

HELD = {
    "in_review": ([], None),
    "to_do": ([Act.ASK_PIECE, Act.PROVIDE], None),
    "waiting_member": ([Act.ASK_PIECE], Act.PROVIDE),
    "on_hold": ([Act.HOLD], Act.WAKE),
    "closed": ([Act.ANSWER], Act.REOPEN),
}
"""A request that a colleague has, by its state: what brought it there, and what brings it back to the list."""
PAGE = "/bureau/comptes"
NEW = "quatre loups verts"
LINK = re.compile(r"/bureau/activation/[0-9a-f-]{36}")


@pytest.fixture(autouse=True)
def clock(app):
    with clock_at(app, 2026, 11, 20) as clock:
        yield clock


@pytest.fixture
def admin(db):
    account = make_colleague(db, Role.ADMINISTRATOR, "Agnès Roy")
    db.commit()
    return account


def create(browser, name="Hugo Petit", email="hugo@example.org", role="handler", team=""):
    form = next(form for form in browser.get(PAGE).forms.values() if form.action == PAGE)
    form["name"], form["email"], form["role"], form["team"] = name, email, role, team
    return form.submit(expect_errors=True)


def shown(answer):
    """(link, code) as the administrator reads them."""
    code = answer.html.select_one(".dictated b").get_text().replace(" ", "")
    note(code)
    return LINK.search(answer.html.select_one(".dictated").get_text())[0], code


def post(browser, path):
    return browser.post(path, {"csrf_token": browser.cookies["csrf"]}, expect_errors=True)


def page_of(db, account):
    db.refresh(account)
    return f"{PAGE}/{account.public_id}"


def test_from_the_creation_to_the_desk(app, db, admin, wsgi_app, clock):
    """An administrator opens; the colleague gives the code, chooses a password, enrols an application, is at work."""
    answer = create(sign_in(app, db, admin, proved=True))
    link, code = shown(answer)
    account = db.scalars(select(Account).where(Account.email == "hugo@example.org")).one()
    assert (account.role, account.office_name, account.person_id, account.password_hash) == (
        "handler",
        "Hugo Petit",
        None,
        None,
    )
    # Shown once.
    assert code[:5] not in app.get(PAGE)
    hugo = Browser(wsgi_app)
    for _ in range(2):
        hugo.get(link, status=200)
    form = next(form for form in hugo.get(link).forms.values() if form.action == link)
    form["code"] = code.lower()
    page = form.submit().follow()
    form = next(form for form in page.forms.values() if "new_password" in form.fields)
    form["new_password"] = form["confirmation"] = NEW
    answer = form.submit()
    assert answer.location == "http://localhost/connexion?fait=compte-pret"
    form = answer.follow().forms[0]
    form["email"], form["password"] = "hugo@example.org", NEW
    page = form.submit().follow()
    assert "session" not in hugo.cookies
    secret = re.search(r"[A-Z2-7]{32}", re.sub(r"\s", "", page.html.get_text()))[0]
    note(secret)
    form = next(form for form in page.forms.values() if "code" in form.fields)
    form["code"] = pyotp.TOTP(secret).at(clock.now())
    home = form.submit().follow()
    while home.status_int == 303:
        home = home.follow()
    assert home.request.path == "/bureau"
    assert "Bonjour Hugo Petit. Votre rôle : Conseiller." in home
    db.refresh(account)
    assert account.totp_secret
    assert account.mobile is None
    # The code was given; the link opens nothing more.
    again = Browser(wsgi_app)
    form = next(form for form in again.get(link).forms.values() if form.action == link)
    form["code"] = code
    assert form.submit(expect_errors=True).status_int == 422


def test_a_taken_or_wrong_address_is_told_and_nothing_is_lost(app, db, admin):
    browser = sign_in(app, db, admin, proved=True)
    answer = create(browser, email=admin.email)
    assert answer.status_int == 422
    assert "sert déjà à un autre compte" in answer
    assert answer.html.find(id="name")["value"] == "Hugo Petit"
    assert "adresse e-mail non valable" in create(browser, email="hugo@").text.lower()
    assert "Choisissez un des quatre rôles" in create(browser, role="")
    assert db.scalar(select(func.count()).select_from(Account)) == 1


def test_the_forged_role_of_a_member_is_refused(app, db, admin):
    browser = sign_in(app, db, admin, proved=True)
    browser.get(PAGE)
    fields = {"csrf_token": browser.cookies["csrf"], "name": "X Y", "email": "x@example.org", "role": "member"}
    assert browser.post(PAGE, fields, expect_errors=True).status_int == 422


def test_another_role_counts_at_once(app, db, admin, wsgi_app):
    hugo = make_colleague(db, Role.HANDLER, "Hugo Petit")
    db.commit()
    theirs = sign_in(Browser(wsgi_app), db, hugo)
    assert theirs.get("/bureau/adherents").status_int == 200
    browser = sign_in(app, db, admin, proved=True)
    form = next(form for form in browser.get(page_of(db, hugo)).forms.values() if form.action.endswith("/role"))
    form["role"] = "auditor"
    assert "Le rôle est changé" in form.submit().follow()
    assert theirs.get("/bureau/adherents", status=303).location.startswith("http://localhost/connexion")
    assert sign_in(theirs, db, hugo).get("/bureau/adherents", expect_errors=True).status_int == 403
    event = db.scalars(select(Event).where(Event.kind == "account:role_changed")).one()
    assert (event.actor_account_id, event.details["before"], event.details["role"]) == (admin.id, "handler", "auditor")


def test_a_team_is_given_with_the_account_and_changed_afterwards(app, db, admin, wsgi_app):
    browser = sign_in(app, db, admin, proved=True)
    answer = create(browser, team="x" * 101)
    assert answer.status_int == 422
    assert "100 caractères au plus" in answer
    assert answer.html.find(id="team")["value"] == "x" * 101
    shown(create(browser, team="  Prestations   hospitalières "))
    hugo = db.scalars(select(Account).where(Account.office_name == "Hugo Petit")).one()
    assert hugo.team == "Prestations hospitalières"
    assert "Prestations hospitalières" in browser.get(PAGE).html.select_one("tbody").get_text()
    theirs = sign_in(Browser(wsgi_app), db, hugo)

    def change(team):
        page = browser.get(page_of(db, hugo))
        form = next(form for form in page.forms.values() if form.action.endswith("/equipe"))
        form["team"] = team
        return form.submit(expect_errors=True)

    assert "L’équipe est changée" in change("").follow()
    assert theirs.get("/bureau", expect_errors=True).status_int in (303, 403)
    assert "Gestion des demandes" in browser.get(page_of(db, hugo)).html.select_one("#compte").get_text()
    assert hugo.team is None
    answer = change("x" * 101)
    assert answer.status_int == 422
    assert "x" * 101 in answer
    change("")  # the same again
    event = db.scalars(select(Event).where(Event.kind == "account:team_changed")).one()
    assert (event.actor_account_id, event.details["account_id"]) == (admin.id, hugo.id)
    values = {"csrf_token": browser.cookies["csrf"], "team": "Direction"}
    own = browser.post(f"{page_of(db, admin)}/equipe", values, expect_errors=True)
    assert own.status_int == 422
    assert "personne ne change son propre compte" in own.text.lower()


def test_a_closed_account_opens_nothing_and_stays_closed(app, db, admin, wsgi_app):
    hugo = make_colleague(db, Role.HANDLER)
    db.commit()
    theirs = sign_in(Browser(wsgi_app), db, hugo)
    browser = sign_in(app, db, admin, proved=True)
    browser.get(page_of(db, hugo))
    assert post(browser, page_of(db, hugo) + "/fermeture").location.endswith("fait=compte-ferme")
    theirs.get("/bureau", status=303)
    assert db.scalar(select(func.count()).select_from(WebSession).where(WebSession.account_id == hugo.id)) == 0
    answer = post(browser, page_of(db, hugo) + "/activation")
    assert answer.status_int == 422
    assert "Ce compte est fermé." in answer


@pytest.mark.parametrize("act", ["fermeture", "role"])
def test_the_requests_of_a_colleague_who_leaves_are_anybodys_again(app, db, admin, act):
    """Whatever their state, then and when they come back to the list."""
    tools, hugo = tools_of(app), make_colleague(db, Role.HANDLER)
    person = make_person(db)
    account, contract = make_account(db, person), make_contract(db, person)
    rows = {state: take(db, tools, make_request(db, tools, account, contract), hugo) for state in HELD}
    for state, (moves, _back) in HELD.items():
        for one in moves:
            requests.move(db, tools, rows[state], one, Actor(Side.OFFICE, hugo.id))
    db.commit()
    read = {state: row.version for state, row in rows.items() if state != "closed"}
    browser = sign_in(app, db, admin, proved=True)
    browser.get(page_of(db, hugo))
    if act == "role":
        browser.post(
            page_of(db, hugo) + "/role", {"csrf_token": browser.cookies["csrf"], "role": "auditor"}, status=303
        )
    else:
        assert post(browser, page_of(db, hugo) + "/fermeture").location.endswith("fait=compte-ferme")
    db.expire_all()
    assert rows["in_review"].state == "to_do"
    # Whoever has its page open is told: each version is in the log.
    assert {state: rows[state].version for state in read} == {state: version + 1 for state, version in read.items()}
    for state, version in read.items():
        last = log_of_request(db, rows[state].id)[-1]
        assert (last.version, last.act, last.who) == (version + 1, "release", admin.office_name)
        assert (last.before, last.after) == (state, rows[state].state)
    held = {state: row.handler_id for state, row in rows.items()}
    # Of one that ended, who answered stays known.
    assert held == dict.fromkeys(HELD) | {"closed": hugo.id}
    for state, (_moves, back) in HELD.items():
        if back:
            requests.move(db, tools, rows[state], back, Actor(Side.OFFICE, admin.id))
    assert {(row.state, row.handler_id) for row in rows.values()} == {("to_do", None)}


def test_a_new_activation_takes_everything_away(app, db, admin):
    hugo = make_colleague(db, Role.HANDLER)
    db.commit()
    browser = sign_in(app, db, admin, proved=True)
    browser.get(page_of(db, hugo))
    first = shown(post(browser, page_of(db, hugo) + "/activation"))
    link, code = shown(post(browser, page_of(db, hugo) + "/activation"))
    db.refresh(hugo)
    assert (hugo.password_hash, hugo.totp_secret) == (None, None)
    app.reset()
    for path, given, status in ((*first, 422), (link, code, 303)):
        form = next(form for form in app.get(path).forms.values() if form.action == path)
        form["code"] = given
        assert form.submit(expect_errors=True).status_int == status


@pytest.mark.parametrize("act", ["activation", "fermeture"])
def test_no_factor_is_left_when_an_account_is_taken_away(app, db, admin, act):
    """A telephone lost, or an account in other hands: an old sheet of codes must open nothing afterwards."""
    hugo = make_colleague(db, Role.HANDLER, mobile="+33612345678")
    sheet = draw_codes(db, tools_of(app), hugo, HERE)
    db.add(Passkey(account_id=hugo.id, credential_id=b"1", public_key=b"none", sign_count=0, name="Clé"))
    db.add(OidcLink(account_id=hugo.id, issuer="https://idp.example", subject_index=b"s" * 32))
    db.commit()
    browser = sign_in(app, db, admin, proved=True)
    browser.get(page_of(db, hugo))
    post(browser, f"{page_of(db, hugo)}/{act}")
    db.refresh(hugo)
    assert (hugo.password_hash, hugo.totp_secret, hugo.mobile) == (None, None, None)
    left = [db.scalar(select(func.count()).select_from(one)) for one in (Passkey, RecoveryCode, OidcLink)]
    # The administrator's own are none of it.
    assert left == [0, 0, 0]
    assert not take_recovery_code(db, tools_of(app), hugo, sheet[0])


def test_a_forgotten_password_is_no_way_around_the_activation(app, db, admin):
    """A mailbox alone never opens an account of the office that was not activated."""
    make_colleague(db, Role.HANDLER, email="hugo@example.org", password_hash=None, totp_secret=None)
    db.commit()
    form = next(form for form in app.get("/mot-de-passe-oublie").forms.values() if "email" in form.fields)
    form["email"] = "hugo@example.org"
    form.submit()
    assert db.scalars(select(Challenge.account_id)).all() == [None]


@pytest.mark.parametrize("act", ["role", "fermeture", "activation"])
def test_nobody_changes_his_own_account(app, db, admin, act):
    browser = sign_in(app, db, admin, proved=True)
    assert "C’est votre compte" in browser.get(page_of(db, admin))
    fields = {"csrf_token": browser.cookies["csrf"], "role": "supervisor"}
    answer = browser.post(f"{page_of(db, admin)}/{act}", fields, expect_errors=True)
    assert answer.status_int == 422
    assert "Personne ne change son propre compte" in answer
    db.refresh(admin)
    assert (admin.role, admin.closed_at) == ("administrator", None)
    assert admin.totp_secret


def test_a_member_s_account_is_not_one_of_the_office(app, db, admin):
    member = make_account(db, make_person(db))
    db.commit()
    sign_in(app, db, admin, proved=True).get(f"{PAGE}/{member.public_id}", status=404)


def test_accounts_are_kept_under_a_fresh_second_factor(app, db, admin):
    answer = sign_in(app, db, admin).get(PAGE, status=303)
    assert answer.location.startswith("http://localhost/confirmer-identite")


def test_the_list_goes_on_by_pages(app, db, admin):
    for n in range(60):
        make_colleague(db, Role.HANDLER, f"Zoé {n:03d}")
    db.commit()
    browser = sign_in(app, db, admin, proved=True)
    first = browser.get(PAGE)
    second = browser.get(first.html.select_one("a[rel=next]")["href"])
    names = [row.th.get_text(strip=True) for page in (first, second) for row in page.html.select("tbody tr")]
    assert len(names) == len(set(names)) == 61
    assert names[-1] == "Agnès Roy"
    for odd in ("x", "-1", "9" * 30, "²"):
        assert browser.get(PAGE, {"avant": odd}).status_int == 200


def test_without_a_second_factor_the_office_is_closed(app, db):
    account = make_colleague(db, Role.SUPERVISOR, totp_secret=None)
    db.commit()
    assert sign_in(app, db, account).get("/bureau", status=303).location == "http://localhost/securite"


def test_each_stays_at_home(app, db, admin):
    """A member at the office finds nothing; a colleague on a member's page is at the office; never a breakdown."""
    person = make_person(db)
    make_contract(db, person)
    member = make_account(db, person)
    db.commit()
    browser = sign_in(app, db, member)
    for path in ("/bureau", "/bureau/adherents", "/bureau/acces", PAGE):
        browser.get(path, status=404)
    browser = sign_in(app, db, admin)
    for path in ("/", "/remboursements", "/mes-informations", "/contrats", "/mes-donnees"):
        assert browser.get(path, status=303).location == "http://localhost/bureau"
    for path in ("/aide", "/mes-informations/mot-de-passe", "/securite", "/je-ne-recois-rien"):
        assert browser.get(path).status_int == 200


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.MEMBER])
def test_every_page_of_the_office_asks_what_the_matrix_grants(app, db, role, wsgi_app):
    """Each GET page is answered to exactly the roles that GRANTS gives its permission to."""
    account = make_colleague(db, role)
    db.commit()
    browser = sign_in(app, db, account, proved=True)
    views = wsgi_app.registry.introspector.get_category("views")
    seen = 0
    for entry in views:
        view = entry["introspectable"]
        name, methods = view["route_name"] or "", view["request_methods"] or ()
        if not name.startswith("office_") or name.startswith("office_activation"):
            continue
        permission = permission_of(entry)
        assert permission in Permission
        assert any(permission in GRANTS[one] for one in Role if one is not Role.MEMBER), name
        assert permission not in GRANTS[Role.MEMBER], name
        if "GET" in methods and name in ("office_home", "office_members", "office_recoveries", "office_accounts"):
            status = browser.get(_PATHS[name], expect_errors=True).status_int
            assert status == (200 if permission in GRANTS[role] else 403), name
            seen += 1
    assert seen == 4


_PATHS = {
    "office_home": "/bureau",
    "office_members": "/bureau/adherents",
    "office_recoveries": "/bureau/acces",
    "office_accounts": PAGE,
}


def test_a_colleagues_menu_leads_to_his_password_and_his_second_factor(app, db, admin):
    page = sign_in(app, db, admin, proved=True).get("/mes-informations/mot-de-passe")
    sheets = [link["href"] for link in page.html.select("link[rel=stylesheet]")]
    assert any("desk.css" in sheet for sheet in sheets)
    assert page.html.select_one("script[src*='password.js']")
    menu = [link["href"] for link in page.html.select(".menu-panel a")]
    assert menu == ["/securite", "/mes-informations/mot-de-passe"]
    assert app.get(menu[0]).status_int == 200
