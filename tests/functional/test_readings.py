"""« Qui a consulté mon dossier »: each reading by somebody else, once a session, in words (C157)."""

from datetime import date

import pytest
from sqlalchemy import func, select

from member_space.domain.permissions import Role
from member_space.domain.readings import What
from member_space.models import Account, Event, Reading
from member_space.services.reading_list import TEAMS, WHAT, WHO
from member_space.services.readings import note_reading
from member_space.services.sessions import Lifetimes, OfficeIdentity, open_session, read_session
from tests.factories.household import make_account, make_contract, make_person
from tests.factories.office import make_colleague
from tests.factories.statement import line_values, make_statement
from tests.functional.clock import clock_at
from tests.functional.helpers import HERE, sign_in, tools_of

PAGE = "/mes-donnees/consultations"


@pytest.fixture(autouse=True)
def clock(app):
    with clock_at(app, 2026, 11, 21) as clock:
        yield clock


@pytest.fixture
def family(db):
    holder = make_person(db, "Hélène", last_name="Morel")
    spouse = make_person(db, "Sami", last_name="Morel")
    child = make_person(db, "Zoé", date(2015, 5, 5), last_name="Morel")
    contract = make_contract(db, holder, (spouse, "spouse"), (child, "child"))
    statement = make_statement(db, contract, [line_values(spouse, contract)])
    accounts = {"holder": make_account(db, holder), "spouse": make_account(db, spouse)}
    return {"holder": holder, "spouse": spouse, "child": child, "statement": statement, **accounts} | {
        "people": (holder, spouse, child), "contract": contract, "accounts": accounts
    }  # fmt: skip


def read(db) -> list[tuple[int, str]]:
    return list(db.execute(select(Reading.subject_person_id, Reading.what).order_by(Reading.id)).tuples())


def rows(page) -> list[list[str]]:
    return [[cell.get_text(" ", strip=True) for cell in row.select("th, td")] for row in page.html.select("tbody tr")]


def test_every_word_is_there():
    assert set(WHAT) == set(What)
    assert set(WHO) == set(Role)
    assert set(TEAMS) == set(Role) - {Role.MEMBER}


def test_a_page_is_one_reading_a_session_of_each_person_it_shows(app, db, family):
    _holder, spouse, _child = family["people"]
    browser = sign_in(app, db, family["accounts"]["holder"])
    for _ in range(3):
        browser.get("/remboursements")
    assert read(db) == [(spouse.id, "reimbursements")]  # no care of the child: he was not read
    sign_in(app, db, family["accounts"]["holder"]).get("/remboursements")
    assert read(db) == [(spouse.id, "reimbursements")] * 2


def test_each_row_is_a_fact_of_the_household_s_chain(app, db, family):
    _holder, spouse, child = family["people"]
    browser = sign_in(app, db, family["accounts"]["holder"])
    browser.get("/beneficiaires")
    browser.get("/beneficiaires")
    facts = db.scalars(select(Event).where(Event.kind == "data:read").order_by(Event.subject_person_id)).all()
    assert [fact.subject_person_id for fact in facts] == [spouse.id, child.id]
    assert {fact.contract_id for fact in facts} == {family["contract"].id}
    assert {fact.actor_account_id for fact in facts} == {family["accounts"]["holder"].id}
    assert facts[0].details == {"what": "beneficiary", "role": "member"}


def test_one_s_own_data_and_a_head_are_no_reading(app, db, family):
    sign_in(app, db, family["accounts"]["spouse"]).get("/remboursements")
    sign_in(app, db, family["accounts"]["holder"]).head("/remboursements")
    assert read(db) == []


def test_a_list_beside_a_refusal_is_read_too(app, db, family):
    sign_in(app, db, family["accounts"]["holder"]).get("/remboursements?du=avant-hier", status=422)
    assert read(db) == [(family["people"][1].id, "reimbursements")]


def test_the_person_reads_who_and_what_and_when(app, db, family):
    sign_in(app, db, family["accounts"]["holder"]).get("/remboursements")
    page = sign_in(app, db, family["accounts"]["spouse"]).get(PAGE)
    ((_when, who, what, whose),) = rows(page)
    assert (who, what, whose) == ("Hélène Morel", "la liste des remboursements", "vous")
    assert "Personne d’autre" in sign_in(app, db, family["accounts"]["holder"]).get(PAGE)


def test_the_office_is_told_by_its_role_and_its_reason_never_by_name(app, db, family):
    colleague = Account(email="m.bernard@office.example", role="handler", office_name="Martine Bernard")
    db.add(colleague)
    db.flush()
    tools = tools_of(app)
    _id, token = open_session(db, colleague.id, tools.now(), Lifetimes.of(tools.settings))
    identity = read_session(db, token, tools.now(), Lifetimes.of(tools.settings))
    assert isinstance(identity, OfficeIdentity)
    _holder, spouse, child = family["people"]
    subjects = {spouse.id: family["contract"].id, child.id: family["contract"].id}
    note_reading(db, identity, subjects, What.FILE, HERE, "Réponse à un message")
    page = sign_in(app, db, family["accounts"]["spouse"]).get(PAGE)
    assert [row[1:] for row in rows(page)] == [
        ["un gestionnaire · Gestion des demandes Réponse à un message", "le dossier", "vous"]
    ]
    assert "Bernard" not in page.text
    # The holder exercises the rights of the minors; not those of the other adult.
    theirs = sign_in(app, db, family["accounts"]["holder"]).get(PAGE)
    assert [row[3] for row in rows(theirs)] == ["Zoé Morel"]
    fact = db.scalars(select(Event).where(Event.kind == "data:read", Event.subject_person_id == child.id)).one()
    assert fact.details == {"what": "file", "role": "handler", "reason": "Réponse à un message"}


def test_a_reading_keeps_the_role_and_the_team_of_its_day(app, db, family):
    """A colleague who moves leaves what was read where it was; what he reads afterwards is under the new team."""
    colleague = make_colleague(db, Role.HANDLER, team="Prestations hospitalières")
    _holder, spouse, _child = family["people"]
    tools = tools_of(app)

    def reads(what):
        _id, token = open_session(db, colleague.id, tools.now(), Lifetimes.of(tools.settings))
        identity = read_session(db, token, tools.now(), Lifetimes.of(tools.settings))
        note_reading(db, identity, {spouse.id: family["contract"].id}, what, HERE, "Réponse à un message")

    reads(What.FILE)
    colleague.team, colleague.role = "Contrôle médical", "supervisor"
    db.flush()
    reads(What.REQUEST)
    browser = sign_in(app, db, family["accounts"]["spouse"])
    assert [row[1] for row in rows(browser.get(PAGE))] == [
        "un responsable de gestion · Contrôle médical Réponse à un message",
        "un gestionnaire · Prestations hospitalières Réponse à un message",
    ]
    lines = browser.get(PAGE + ".csv").body.decode("utf-8-sig").splitlines()
    assert [line.split(";")[1:4] for line in lines[1:]] == [
        ["un responsable de gestion", "Contrôle médical", "Réponse à un message"],
        ["un gestionnaire", "Prestations hospitalières", "Réponse à un message"],
    ]
    facts = db.scalars(select(Event).where(Event.kind == "data:read").order_by(Event.id)).all()
    assert [fact.details["team"] for fact in facts] == ["Prestations hospitalières", "Contrôle médical"]


def test_what_was_read_before_the_role_was_kept_has_the_one_of_today(app, db, family):
    colleague = make_colleague(db, Role.AUDITOR)
    _holder, spouse, _child = family["people"]
    db.add(Reading(session_id=1, account_id=colleague.id, subject_person_id=spouse.id, what="journal"))
    db.flush()
    page = sign_in(app, db, family["accounts"]["spouse"]).get(PAGE)
    assert [row[1] for row in rows(page)] == ["un auditeur · Contrôle interne"]


def test_the_list_goes_by_pages_and_whole_in_a_file(app, db, family):
    _holder, spouse, _child = family["people"]
    db.add_all(
        Reading(session_id=n, account_id=family["accounts"]["holder"].id, subject_person_id=spouse.id, what="home")
        for n in range(45)
    )
    db.flush()
    browser = sign_in(app, db, family["accounts"]["spouse"])
    first = browser.get(PAGE)
    second = first.click("Plus anciens")
    third = second.click("Plus anciens")
    assert [len(rows(page)) for page in (first, second, third)] == [20, 20, 5]
    assert "Plus anciens" not in third
    assert third.click("Plus récents").html.select("tbody")[0].get_text() == second.html.select("tbody")[0].get_text()
    for wrong in ("?avant=x", "?apres=" + "9" * 40, "?avant=-1"):
        assert len(rows(browser.get(PAGE + wrong))) == 20
    answer = browser.get(PAGE + ".csv")
    assert answer.content_type == "text/csv"
    lines = answer.body.decode("utf-8-sig").splitlines()
    assert len(lines) == 46
    assert lines[0] == "Quand;Qui;Équipe;Pourquoi;Dossier de;Ce qui a été lu"
    assert lines[1].endswith(";Hélène Morel;;;Sami Morel;la page d’accueil : derniers remboursements, tiers payant")


def test_a_reading_lives_and_dies_with_the_page(app, db, family):
    """A page that breaks wrote nothing, as it showed nothing."""
    browser = sign_in(app, db, family["accounts"]["holder"])
    browser.get("/remboursements/decomptes/00000000-0000-4000-8000-000000000007", status=404)
    assert db.scalar(select(func.count()).select_from(Reading)) == 0
