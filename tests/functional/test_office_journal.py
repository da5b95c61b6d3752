"""The journal read by an auditor: filters, pages, words; nobody of the members is named, and nobody else gets in."""

from datetime import timedelta

import pytest
from sqlalchemy import event as listened
from sqlalchemy import func, select

from member_space.domain.events import EventKind
from member_space.domain.permissions import Role
from member_space.interfaces import IStorage
from member_space.models import Event, Person
from member_space.services.audit import anchor
from member_space.services.journal import PAGE as LINES
from member_space.views.office.journal_words import KINDS, details_in_words
from tests.factories.household import make_account, make_contract, make_person
from tests.factories.office import make_colleague
from tests.functional.clock import at_paris, clock_at
from tests.functional.helpers import sign_in, tools_of

PAGE = "/bureau/journal"


@pytest.fixture(autouse=True)
def clock(app):
    with clock_at(app, 2026, 11, 20) as clock:
        yield clock


@pytest.fixture
def auditor(db):
    account = make_colleague(db, Role.AUDITOR, "Alix Durand")
    db.commit()
    return account


@pytest.fixture
def member(db):
    person = make_person(db, "Hélène", last_name="Quetzalbert", email="helene@example.org", mobile="+33698001122")
    make_contract(db, person)
    account = make_account(db, person)
    db.commit()
    return account


def happened(db, kind, at, **values):
    db.add(Event(kind=kind.value, at=at, **{"details": {}} | values))
    db.flush()


def rows(page) -> list[list[str]]:
    """The cells of each fact, but those of this test's own reading."""
    found = [[cell.get_text(" ", strip=True) for cell in row.select("th, td")] for row in page.html.select("tbody tr")]
    return [row for row in found if row[1] != "Journal lu"]


def test_every_kind_of_fact_has_words_of_its_own():
    assert set(KINDS) == set(EventKind)
    assert len(set(KINDS.values())) == len(KINDS)


def test_a_detail_is_shown_in_words_or_not_at_all():
    told = [f"{label}: {words}" for label, words in details_in_words({"what": "email", "granted": False, "role": "x"})]
    assert told == ["Quoi: l’adresse e-mail", "Accord: non"]
    assert details_in_words({"session_id": 7, "file": "A.csv", "what": ["email"], "reason": "Hélène"}) == []


def test_who_what_on_whom_and_from_which_network(app, db, auditor, member):
    hugo = make_colleague(db, Role.HANDLER, "Hugo Petit")
    at = at_paris(2026, 3, 12, 14, 5)
    person = member.person_id
    by_him, by_hugo = ({"actor_account_id": one.id, "subject_person_id": person} for one in (member, hugo))
    role = {"account_id": hugo.id, "role": "supervisor", "before": "handler"}
    for n, (kind, values) in enumerate(
        [
            (EventKind.PERSONAL_DATA_CHANGED, by_him | {"ip": "192.0.2.77", "details": {"what": "email"}}),
            (EventKind.RECOVERY_ASKED, by_hugo | {"ip": "2001:db8:1:2::9", "details": {"wish": "factor"}}),
            (EventKind.ACCOUNT_SIGN_IN_FAILED, {"subject_person_id": person, "ip": "198.51.100.4"}),
            (EventKind.ACCOUNT_ROLE_CHANGED, {"actor_account_id": auditor.id, "ip": "192.0.2.1", "details": role}),
            (EventKind.RETENTION_APPLIED, {"details": {"sessions": 4}}),
        ]
    ):
        happened(db, kind, at + timedelta(minutes=n), **values)
    page = sign_in(app, db, auditor).get(PAGE)
    whom = f"adhérent N°\xa0{str(db.get(Person, person).public_id)[:8]}"
    who = f"un adhérent, compte N°\xa0{str(member.public_id)[:8]}"
    assert [row[0] for row in rows(page)] == [f"12 mars 2026, 14\xa0h\xa00{n}" for n in (9, 8, 7, 6, 5)]
    role_words = "Rôle changé Rôle d’avant\xa0: Conseiller · Rôle\xa0: Responsable"
    asked_words = "Code d’accès demandé pour un adhérent A perdu\xa0: Son téléphone ou son application"
    assert [row[1:] for row in rows(page)] == [
        ["Données arrivées à leur terme effacées", "une tâche ou une commande", "–", "–"],
        [role_words, "Alix Durand", "Hugo Petit", "192.0.2.0/24"],
        ["Connexion refusée", "quelqu’un qui n’était pas connecté", whom, "198.51.100.0/24"],
        [asked_words, "Hugo Petit", whom, "2001:db8:1::/56"],
        ["Coordonnées changées Quoi\xa0: l’adresse e-mail", who, whom, "192.0.2.0/24"],
    ]
    for hidden in ("Hélène", "Quetzalbert", "helene@example.org", "98001122", "192.0.2.77"):
        assert hidden not in page.text


def test_by_kind_and_by_day_of_paris(app, db, auditor):
    # Half past midnight in Paris is still the day before in UTC.
    for at in (at_paris(2026, 3, 11, 23, 59), at_paris(2026, 3, 12, 0, 30), at_paris(2026, 3, 13, 0, 0)):
        happened(db, EventKind.REFERENCE_LOADED, at)
        happened(db, EventKind.HOUSEHOLDS_IMPORTED, at)
    browser = sign_in(app, db, auditor)
    day = browser.get(PAGE + "?jour=12/03/2026")
    assert [row[:2] for row in rows(day)] == [
        ["12 mars 2026, 0\xa0h\xa030", "Foyers importés"],
        ["12 mars 2026, 0\xa0h\xa030", "Référentiels chargés"],
    ]
    form = day.forms[next(n for n, form in day.forms.items() if "fait" in form.fields)]
    form["fait"] = "reference:loaded"
    assert [row[1] for row in rows(form.submit())] == ["Référentiels chargés"]
    kind = browser.get(PAGE + "?fait=reference:loaded")
    assert {row[1] for row in rows(kind)} == {"Référentiels chargés"}
    assert "Aucun fait ne correspond" in browser.get(PAGE + "?jour=01/01/2020")


def test_a_filter_that_cannot_be_read_is_told_beside_the_list(app, db, auditor):
    happened(db, EventKind.REFERENCE_LOADED, at_paris(2026, 3, 12))
    page = sign_in(app, db, auditor).get(PAGE + "?jour=avant-hier&fait=rien&avant=x", status=422)
    assert page.html.find(id="jour")["value"] == "avant-hier"
    assert "Ce type de fait n’existe pas" in page
    assert "lien vers une page de la liste n’est pas complet" in page
    assert rows(page)


def test_it_goes_by_pages_whatever_came_meanwhile(app, db, auditor):
    for n in range(2 * LINES + 5):
        happened(db, EventKind.REFERENCE_LOADED, at_paris(2026, 3, 12) + timedelta(minutes=n // 3))
    browser = sign_in(app, db, auditor)
    first = browser.get(PAGE + "?fait=reference:loaded")
    happened(db, EventKind.REFERENCE_LOADED, at_paris(2026, 3, 13))
    second = first.click("Plus anciens")
    third = second.click("Plus anciens")
    assert [len(rows(page)) for page in (first, second, third)] == [LINES, LINES, 5]
    assert "Plus anciens" not in third
    assert rows(third.click("Plus récents")) == rows(second)
    assert rows(second.click("Plus récents")) == rows(first)
    # A place that is no row leads to the first page.
    assert len(rows(browser.get(PAGE + "?fait=reference:loaded&avant=2026-03-12_" + "9" * 18))) == LINES


def test_a_page_asks_as_much_of_the_database_for_one_fact_as_for_fifty(app, db, auditor, member, engine):
    browser = sign_in(app, db, auditor)
    browser.get(PAGE)
    statements = []
    listener = lambda *found: statements.append(found[2])  # noqa: E731 - added and removed by its name
    asked = []
    listened.listen(engine, "before_cursor_execute", listener)
    try:
        for more in (1, 60):
            for _ in range(more):
                happened(db, EventKind.CODE_SENT, at_paris(2026, 3, 12), actor_account_id=member.id,
                         subject_person_id=member.person_id, details={"account": auditor.id})  # fmt: skip
            statements.clear()
            browser.get(PAGE + "?fait=code:sent")
            asked.append(len(statements))
    finally:
        listened.remove(engine, "before_cursor_execute", listener)
    assert asked[0] == asked[1] > 0


def test_reading_it_is_one_fact_a_session(app, db, auditor):
    def noted():
        kind = EventKind.JOURNAL_READ.value
        return db.scalar(select(func.count()).where(Event.kind == kind, Event.actor_account_id == auditor.id))

    browser = sign_in(app, db, auditor)
    for _ in range(3):
        browser.get(PAGE)
    assert noted() == 1
    assert "Journal lu" in browser.get(PAGE)
    sign_in(app, db, auditor).get(PAGE)
    assert noted() == 2


def test_the_last_anchor_is_told_and_its_absence_too(app, db, auditor, clock):
    storage, kept = tools_of(app).find(IStorage), "anchors/2026-11-20.jsonl"
    browser = sign_in(app, db, auditor)
    assert "Aucune ancre depuis 7 jours" in browser.get(PAGE)
    try:
        anchor(db, tools_of(app))
        clock.at += timedelta(minutes=1)
        page = browser.get(PAGE)
        assert "Dernière ancre\xa0: 20 novembre 2026" in page
        assert "member-space audit verify" in page
        clock.at = at_paris(2026, 11, 28)
        assert "Aucune ancre depuis 7 jours" in sign_in(app, db, auditor).get(PAGE)
    finally:
        storage.delete(kept)


def test_the_auditor_s_home_and_menu_lead_there(app, db, auditor):
    page = sign_in(app, db, auditor).get("/bureau").click("Lire le journal")
    assert page.request.path == PAGE
    assert page.html.select_one(".desk-nav [aria-current]").get_text(strip=True) == "Journal"


@pytest.mark.parametrize("role", [Role.HANDLER, Role.SUPERVISOR, Role.ADMINISTRATOR])
def test_no_other_role_reads_it(app, db, role):
    colleague = make_colleague(db, role)
    db.commit()
    browser = sign_in(app, db, colleague)
    browser.get(PAGE, status=403)
    assert PAGE not in browser.get("/bureau").text


def test_a_member_finds_nothing_and_nobody_signs_in_first(app, db, member):
    assert app.get(PAGE).location.startswith("http://localhost/connexion")
    sign_in(app, db, member).get(PAGE, status=404)
