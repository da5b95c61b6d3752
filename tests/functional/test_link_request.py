"""Télétransmission on and off: asked in two steps, told to the fund by a 408, ended by its 929 (C39, S-HCR-29)."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from member_space.domain.permissions import Role
from member_space.interfaces import ICipher, IStorage
from member_space.models import Coverage, Movement, Request, RequestTransition
from member_space.services.noemie_export import write_408
from member_space.services.noemie_import import import_929
from tests.factories.household import make_account, make_contract, make_person, make_teletransmission
from tests.factories.noemie import NIR, entry, logical, make_929
from tests.factories.office import make_colleague
from tests.functional.helpers import sign_in, tools_of
from tests.functional.journeys import form_with, only_request, send, words
from tests.log_guard import Browser

TODAY = datetime.now(ZoneInfo("Europe/Paris")).date()
START = "/demarches/teletransmission"


@pytest.fixture
def family(db, cipher):
    holder = make_person(db, "Camille", last_name="Morel")
    spouse = make_person(db, "Sami", date(1983, 1, 30), last_name="Morel")
    child = make_person(db, "Zoé", date(2015, 5, 5), last_name="Morel")
    contract = make_contract(db, holder, (spouse, "spouse"), (child, "child"))
    links = {}
    for person, desired in ((holder, "off"), (spouse, "on"), (child, "on")):
        coverage = db.scalars(select(Coverage).filter_by(contract_id=contract.id, person_id=person.id)).one()
        links[person.first_name] = make_teletransmission(db, cipher, coverage, person, NIR, desired=desired)
    db.commit()
    return holder, links, child


@pytest.fixture
def browser(app, db, family):
    return sign_in(app, db, make_account(db, family[0]))


def switch(browser, person):
    """The first step; the page that tells the consequence."""
    forms = browser.get(START).forms.values()
    form = next(form for form in forms if "etat" in form.fields and form["personne"].value == str(person))
    return form.submit().follow()


def answered(app, session_factory, folder, coded, movement="C", number=1):
    """Our 408 leaves, and the fund answers."""
    tools = tools_of(app)
    assert write_408(session_factory, tools.cipher, tools.settings.noemie, folder / "out", TODAY)
    told = entry(NIR, coded, movement=movement, beneficiary_first_name="CAMILLE")
    path = make_929(folder, logical(told, created_on=TODAY, identification=f"{number:06}"), name=f"929-{number}.txt")
    find = app.app.registry.getUtility
    return import_929(session_factory, find(ICipher), find(IStorage), path, production=False)


def test_the_adult_decides_for_himself_and_the_holder_for_minors(browser):
    said = words(browser.get(START))
    assert "Camille Morel" in said
    assert "Zoé Morel" in said
    assert "Sami" not in said


def test_asked_again_it_is_the_same_draft(db, browser, family):
    switch(browser, family[0].public_id)
    switch(browser, family[0].public_id)
    assert only_request(db).state == "draft"


def test_switched_on_it_waits_for_the_fund_and_its_answer_ends_it(app, db, session_factory, browser, family, tmp_path):
    page = switch(browser, family[0].public_id)
    assert "vous n’aurez plus rien à envoyer" in words(page)
    page = send(page).follow()
    row = only_request(db)
    link = family[1]["Camille"]
    db.refresh(link)
    assert (row.state, link.desired) == ("on_hold", "on")
    assert row.wake_at is not None
    assert "votre caisse" in words(page)
    movement = db.query(Movement).filter_by(teletransmission_id=link.id).one()
    assert (movement.kind, movement.sent_at) == ("C", None)
    answered(app, session_factory, tmp_path, "33C")
    row = only_request(db)
    assert (row.state, row.outcome) == ("closed", "accepted")
    acts = db.scalars(select(RequestTransition.act).order_by(RequestTransition.version)).all()
    assert acts == ["send", "await", "settle"]
    assert "Acceptée" in words(browser.get(f"/demandes/{row.public_id}"))


def test_the_office_reads_what_the_fund_was_asked_and_answered(
    app, wsgi_app, db, session_factory, browser, family, tmp_path
):
    send(switch(browser, family[0].public_id))
    colleague = make_colleague(db, Role.HANDLER)
    db.commit()
    desk = sign_in(Browser(wsgi_app), db, colleague)
    path = f"/bureau/demandes/{only_request(db).public_id}"
    assert "Transmise à la caisse" in words(desk.get(path))
    answered(app, session_factory, tmp_path, "33C")
    assert "Close sans intervention du bureau" in words(desk.get(path))


def test_a_message_does_not_wake_what_waits_for_the_fund(app, db, session_factory, browser, family, tmp_path):
    """Awake, the answer of the fund would no longer end it."""
    page = send(switch(browser, family[0].public_id)).follow()
    form = form_with(page, "texte")
    form["texte"] = "Est-ce bientôt fait ?"
    form.submit(status=303)
    assert only_request(db).state == "on_hold"
    answered(app, session_factory, tmp_path, "33C")
    row = only_request(db)
    assert (row.state, row.outcome) == ("closed", "accepted")


def test_refused_by_the_fund_it_says_so(app, db, session_factory, browser, family, tmp_path):
    send(switch(browser, family[0].public_id))
    answered(app, session_factory, tmp_path, "18R")
    row = only_request(db)
    assert (row.state, row.outcome) == ("closed", "refused")


def test_an_answer_to_nothing_of_ours_does_not_end_it(app, db, session_factory, browser, family, tmp_path):
    send(switch(browser, family[0].public_id))
    told = entry(NIR, "38I", beneficiary_first_name="CAMILLE")
    path = make_929(tmp_path, logical(told, created_on=TODAY))
    find = app.app.registry.getUtility
    import_929(session_factory, find(ICipher), find(IStorage), path, production=False)
    assert only_request(db).state == "on_hold"


def test_what_no_fund_was_told_of_is_off_at_once(db, browser, family):
    page = switch(browser, family[2].public_id)
    assert "chaque décompte de la Sécurité sociale" in words(page)
    send(page)
    row = only_request(db)
    assert (row.state, row.outcome) == ("closed", "accepted")
    db.refresh(family[1]["Zoé"])
    assert family[1]["Zoé"].desired == "off"


def test_somebody_else_s_link_is_not_switched(db, browser, family):
    form = form_with(browser.get(START), "etat")
    form["personne"].force_value("00000000-0000-4000-8000-000000000001")
    answer = form.submit(expect_errors=True)
    assert answer.status_int == 422
    assert "voici son état" in words(answer)
    assert db.query(Request).count() == 0


@pytest.mark.parametrize("change", ["switched meanwhile", "grown up"])
def test_what_may_no_longer_be_switched_is_not_when_the_draft_is_sent(db, browser, family, change):
    page = switch(browser, family[2].public_id)
    link = family[1]["Zoé"]
    if change == "grown up":
        family[2].birth_date = date(TODAY.year - 30, 1, 1)
    else:
        link.desired = "off"
    db.commit()
    answer = send(page)
    assert answer.status_int == 422
    assert "rien n’est envoyé" in words(answer)
    row = only_request(db)
    assert row.state == "draft"
    db.refresh(link)
    assert link.desired == ("on" if change == "grown up" else "off")
    again = browser.get(f"/demandes/{row.public_id}/verifier")
    assert "Camille Morel" in words(again.click("Recommencer"))
