"""« Ce qui est demandé »: the desk reads what the member filled in, of each kind of form, and no more."""

from base64 import b64encode
from datetime import date

import pytest
from sqlalchemy import select

from member_space.domain.nir import key_of
from member_space.models import Coverage, Event, Reading, StatementLine
from tests.factories.household import make_account, make_contract, make_person, make_teletransmission
from tests.factories.request import make_request
from tests.factories.statement import line_values, make_statement
from tests.functional.helpers import sign_in
from tests.functional.office.desk import form_of, page
from tests.log_guard import Browser

NIR = "2150575056123"
WHOLE = NIR + key_of(NIR)


@pytest.fixture
def people(db):
    holder = make_person(db, "Hélène", last_name="Morel")
    spouse = make_person(db, "Sami", last_name="Morel")
    child = make_person(db, "Zoé", date(2015, 5, 5), last_name="Morel")
    contract = make_contract(db, holder, (spouse, "spouse"), (child, "child"))
    db.commit()
    return {"holder": holder, "spouse": spouse, "child": child, "contract": contract}


@pytest.fixture
def account(db, people):
    return make_account(db, people["holder"])


@pytest.fixture
def ask(db, tools, account, people):
    """One that was sent with these fields."""

    def sent(kind, topic, person=None, **facts):
        person_id = people[person].id if person else None
        row = make_request(db, tools, account, people["contract"], kind, topic, person_id=person_id, **facts)
        db.commit()
        return row

    return sent


def card(answer):
    found = answer.html.select_one(".wanted")
    return " ".join(found.get_text(" ").split()).replace("\u202f", " ") if found else ""


def test_a_guarantee_of_payment_says_where_when_and_how(desk, ask):
    details = {
        "establishment": "Hôpital Lariboisière, Paris",
        "finess": "750712184",
        "entry_date": "2026-07-01",
        "days": 4,
        "dmt": "137",
        "room": True,
    }
    said = card(desk.get(page(ask("quote", "quote.hospital", "child", details=details))))
    for part in (
        "Personne concernée Zoé Morel",
        "Établissement Hôpital Lariboisière, Paris",
        "Numéro FINESS 750712184",
        "Date d’entrée 1er juillet 2026",
        "Nombre de jours prévus 4",
        "Code DMT 137",
        "Chambre particulière oui",
    ):
        assert part in said


def test_a_claim_says_that_another_insurer_paid(desk, ask):
    row = ask(
        "claim",
        "claim.optics",
        "spouse",
        care_date=date(2026, 3, 12),
        amount=32_000,
        details={"other_insurer": True},
    )
    said = card(desk.get(page(row)))
    for part in ("Sami Morel", "Date du soin 12 mars 2026", "Montant payé 320,00 €", "Autre mutuelle a déjà payé"):
        assert part in said


def test_who_leaves_when_and_why(desk, ask):
    details = {"leaves_on": "2026-07-01", "reason": "own_cover"}
    said = card(desk.get(page(ask("change", "change.remove", "spouse", details=details))))
    for part in ("Sami Morel", "À partir du 1er juillet 2026", "Cette personne a sa propre mutuelle"):
        assert part in said


def test_a_teletransmission_says_with_which_fund(desk, db, cipher, ask, people):
    coverage = db.scalars(select(Coverage).filter_by(person_id=people["child"].id)).one()
    link = make_teletransmission(db, cipher, coverage, people["child"], NIR, fund_name="CPAM de Lille")
    details = {"link_id": link.id, "wanted": "off"}
    said = card(desk.get(page(ask("change", "change.link_off", "child", details=details))))
    assert "Zoé Morel" in said
    assert "à arrêter avec CPAM de Lille" in said


def test_a_message_of_nobody_in_particular_has_no_card(desk, ask):
    assert card(desk.get(page(ask("message", "message.amount")))) == ""


def test_the_member_s_words_are_not_markup(desk, ask):
    details = {"establishment": "<script>alert(1)</script>", "entry_date": "2026-07-01"}
    answer = desk.get(page(ask("quote", "quote.hospital", "child", details=details)))
    assert "<script>alert(1)" in card(answer)
    assert "<script>alert(1)" not in answer.text


# The person to add


@pytest.fixture
def birth(ask, tools):
    details = {
        "first_name": "Lou",
        "last_name": "Morel",
        "birth_date": "2026-06-02",
        "relation": "child",
        "effective_on": "2026-06-02",
        "nir": b64encode(tools.cipher.encrypt(WHOLE)).decode(),
    }
    return ask("change", "change.birth", details=details)


def test_who_joins_is_named_and_his_number_stays_sealed(desk, birth):
    answer = desk.get(page(birth))
    said = card(answer)
    for part in (
        "Personne à ajouter Lou Morel",
        "Date de naissance 2 juin 2026",
        "Mon enfant",
        "À partir du 2 juin 2026",
        "donné, gardé chiffré",
    ):
        assert part in said
    assert NIR not in answer.text.replace(" ", "")
    assert birth.details["nir"] not in answer.text


def shown(answer):
    return answer.html.select_one("#numero .nir").text


def test_the_number_is_shown_once_when_it_is_asked_for_and_its_member_reads_who(desk, db, birth, claire, account):
    answer = form_of(desk.get(page(birth)), "numero#numero").submit()
    assert shown(answer).replace(" ", "") == WHOLE
    assert answer.headers["Cache-Control"] == "no-store"
    assert WHOLE not in desk.get(page(birth)).text.replace(" ", "")
    [event] = db.scalars(select(Event).where(Event.kind == "nir:revealed")).all()
    assert (event.actor_account_id, event.subject_person_id) == (claire.id, account.person_id)
    assert event.details == {"number": birth.number, "reason": "traitement d’une demande"}
    told = select(Reading.subject_person_id, Reading.reason).where(Reading.what == "nir")
    assert [tuple(one) for one in db.execute(told)] == [(account.person_id, "traitement d’une demande")]


def test_nothing_is_revealed_where_nothing_was_given(desk, db, sent):
    token = desk.cookies["csrf"]
    answer = desk.post(page(sent) + "/numero", {"csrf_token": token})
    assert not answer.html.select("#numero")
    assert db.scalars(select(Event).where(Event.kind == "nir:revealed")).all() == []


def test_nobody_but_who_handles_requests_reveals_it(wsgi_app, db, app, birth, account):
    browser = sign_in(Browser(wsgi_app), db, account)
    browser.get("/")
    answer = browser.post(page(birth) + "/numero", {"csrf_token": browser.cookies["csrf"]}, expect_errors=True)
    assert answer.status_int == 404
    assert db.scalars(select(Event).where(Event.kind == "nir:revealed")).all() == []


# What it is about


@pytest.fixture
def statement(db, people):
    """A line of the child, and one of the spouse, who did not open his care."""
    own = line_values(people["child"], people["contract"], our_share=0, member_share=1100, zero_reason="not_covered")
    closed = line_values(people["spouse"], people["contract"], label="Soin secret", practitioner="Clinique secrète")
    made = make_statement(db, people["contract"], [own, closed])
    db.commit()
    return made


def line_of(db, person):
    return db.scalars(select(StatementLine).filter_by(person_id=person.id)).one()


def test_care_that_is_not_recognised_is_shown_with_its_amounts(desk, db, ask, people, statement):
    line = line_of(db, people["child"])
    row = ask("claim", "claim.unknown_care", "child", statement_line_id=line.id, care_date=line.care_date)
    answer = desk.get(page(row))
    said = card(answer)
    for part in (
        "Consultation médecin généraliste , 12 mars 2026, Zoé Morel",
        "Dr Anne Lemaire",
        "Frais réels 30,00 €",
        "Base 30,00 €",
        f"À propos du décompte {statement.reference}",
    ):
        assert part in said
    marked = [one.text for one in answer.html.select(".side-panel li") if "dont il parle" in one.text]
    assert len(marked) == 1
    assert "Zoé" in marked[0]


def test_of_another_adult_s_line_the_amounts_alone_are_shown_and_it_is_noted(desk, db, ask, people, statement):
    line = line_of(db, people["spouse"])
    row = ask("message", "message.amount", statement_id=statement.id, statement_line_id=line.id)
    answer = desk.get(page(row))
    said = card(answer)
    for part in ("soin confidentiel", "Sami Morel", "Frais réels 30,00 €"):
        assert part in said
    assert "Base" not in said
    assert "secret" not in answer.text
    assert people["spouse"].id in db.scalars(select(Reading.subject_person_id)).all()


def test_a_message_about_a_statement_names_it(desk, ask, statement):
    said = card(desk.get(page(ask("message", "message.amount", statement_id=statement.id))))
    assert f"À propos du décompte {statement.reference}" in said


def test_a_contested_decision_and_its_complaint_lead_to_each_other(desk, ask, people):
    claim = ask("claim", "claim.dental", "child", care_date=date(2026, 3, 12), amount=10_000)
    complaint = ask("complaint", "complaint.decision", linked_id=claim.id)
    answer = desk.get(page(complaint))
    assert f"Suite de la demande {claim.number}" in card(answer)
    back = desk.get(answer.html.select_one(".wanted .ties a")["href"])
    assert f"Continuée dans la demande {complaint.number}" in card(back)
    assert back.html.select_one(".wanted .ties a")["href"].endswith(page(complaint))
