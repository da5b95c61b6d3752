"""Certificates: two clicks for the member, one code for whoever is handed the paper (C34)."""

import io
import re
import uuid
from datetime import date

import pypdf
import pytest
from sqlalchemy import select, text

from member_space.domain.check_code import with_check
from member_space.domain.events import EventKind
from member_space.interfaces import ICipher
from member_space.models import Account, Certificate, Coverage, Event
from member_space.services.certificate import code_index, revoke
from member_space.services.certificate_check import TRIES
from tests.factories.household import make_account, make_contract, make_person, period
from tests.functional.clock import at_paris, clock_at, counted_statements
from tests.functional.helpers import sign_in, tools_of
from tests.log_guard import note

CHECK = "/verifier"


@pytest.fixture(autouse=True)
def clock(app):
    with clock_at(app, 2026, 6, 15) as clock:
        yield clock


@pytest.fixture
def family(db):
    """Hélène holds the contract, Sami and Zoé are covered by it."""
    holder, spouse = make_person(db, "Hélène", last_name="Morel"), make_person(db, "Sami", last_name="Le-Gall")
    child = make_person(db, "Zoé", date(2015, 5, 5), last_name="Morel")
    return make_contract(db, holder, (spouse, "spouse"), (child, "child")), holder, spouse, child


@pytest.fixture
def browser(app, db, family):
    return sign_in(app, db, make_account(db, family[1]))


def page_of(family) -> str:
    return f"/contrats/{family[0].public_id}/attestations"


def asked(browser, family, kind="adhesion"):
    """The file that the button gives."""
    form = browser.get(page_of(family)).forms[next(iter(forms_of(browser, family, kind)))]
    return form.submit("kind", value=kind).follow()


def forms_of(browser, family, kind):
    page = browser.get(page_of(family))
    return [name for name, form in page.forms.items() if any(b._value == kind for b in form.fields.get("kind", []))]


def words_of(answer) -> str:
    return " ".join(" ".join(one.extract_text() for one in pypdf.PdfReader(io.BytesIO(answer.body)).pages).split())


def code_on(answer) -> str:
    found = re.search(r"\b(?:[A-HJ-NP-Z2-9]{4}-){3}[A-HJ-NP-Z2-9]{4}\b", words_of(answer))
    assert found
    note(found[0]), note(found[0].replace("-", ""))
    return found[0]


def checked(browser, code, status=200):
    page = browser.get(CHECK)
    form = page.forms[next(name for name, one in page.forms.items() if "code" in one.fields)]
    form["code"] = code
    return form.submit(status=status)


def ends_on(db, family, last_day):
    """The contract ends, with everybody's cover."""
    span = period(end=date.fromordinal(last_day.toordinal() + 1))
    for row in db.scalars(select(Coverage).where(Coverage.contract_id == family[0].id)):
        row.period = span
    db.flush()
    family[0].period = span
    db.flush()


def test_two_clicks_from_the_contract_to_the_paper(browser, family):
    page = browser.get(f"/contrats/{family[0].public_id}").click("Attestations")
    assert page.html.h1.get_text() == "Attestations"
    answer = asked(browser, family)
    assert answer.content_type == "application/pdf"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="attestation-adhesion-20260615.pdf"'
    words = words_of(answer)
    for said in ("Attestation d’adhésion", family[0].number, "Hélène Morel", "Sami Le-Gall", "Zoé Morel", "05/05/2015"):
        assert said in words
    assert "/verifier" in words
    assert pypdf.PdfReader(io.BytesIO(answer.body)).trailer["/Root"]["/MarkInfo"]["/Marked"]


def test_asked_twice_it_is_the_same_paper_and_one_fact(browser, db, family):
    assert asked(browser, family).body == asked(browser, family).body
    assert len(db.scalars(select(Certificate)).all()) == 1
    (fact,) = db.scalars(select(Event).where(Event.kind == EventKind.CERTIFICATE_ISSUED)).all()
    assert fact.contract_id == family[0].id
    assert fact.details["kind"] == "adhesion"


def test_another_day_is_another_paper_and_the_first_is_still_there(browser, db, family, clock):
    first = asked(browser, family)
    clock.at = at_paris(2026, 6, 16)
    sign_in(browser, db, db.scalars(select(Account)).one())
    second = asked(browser, family)
    assert code_on(first) != code_on(second)
    again = browser.get(page_of(family)).click("Télécharger de nouveau", index=1)
    assert again.body == first.body


def test_only_what_is_so_is_offered(browser, db, family):
    page = browser.get(page_of(family))
    assert [bool(page.html.select_one(f"#{kind} button")) for kind in ("adhesion", "radiation", "portability")] == [
        True,
        False,
        False,
    ]
    ends_on(db, family, date(2026, 5, 31))
    page = browser.get(page_of(family))
    assert not page.html.select_one("#adhesion button")
    assert page.html.select_one("#radiation button")
    words = words_of(asked(browser, family, "radiation"))
    assert "ne sont plus couvertes" in words
    assert "31/05/2026" in words


def test_portability_only_when_the_contract_says_so(browser, db, family):
    ends_on(db, family, date(2027, 3, 31))
    family[0].portability = period(date(2026, 4, 1), date(2027, 4, 1))
    db.flush()
    words = words_of(asked(browser, family, "portability"))
    assert "du 01/04/2026 au 31/03/2027" in words
    assert "L. 911-8" in words


@pytest.mark.parametrize("kind", ["radiation", "portability"])
def test_what_is_not_so_is_refused_in_words(browser, db, family, kind):
    page = browser.get(page_of(family))
    token = page.forms[forms_of(browser, family, "adhesion")[0]]["csrf_token"].value
    answer = browser.post(page_of(family), {"csrf_token": token, "kind": kind}, status=422)
    assert answer.html.title.get_text().startswith("Erreur")
    assert db.scalars(select(Certificate)).all() == []


@pytest.mark.parametrize("kind", ["", "autre"])
def test_a_kind_that_is_none_is_refused(browser, family, kind):
    token = browser.get(page_of(family)).forms[forms_of(browser, family, "adhesion")[0]]["csrf_token"].value
    answer = browser.post(page_of(family), {"csrf_token": token, "kind": kind}, status=422)
    assert "Choisissez l’attestation" in answer.text


def test_a_spouse_is_certified_alone(app, db, family):
    browser = sign_in(app, db, make_account(db, family[2]))
    words = words_of(asked(browser, family))
    assert "Sami Le-Gall" in words
    assert "Zoé" not in words


def test_a_certificate_of_somebody_else_does_not_exist(browser, app, db, family):
    mine = asked(browser, family).request.path
    sign_in(app, db, make_account(db, family[2]))
    app.get(mine, status=404)
    app.get(f"/attestations/{uuid.uuid4()}.pdf", status=404)


def test_whoever_is_handed_the_paper_checks_its_code(browser, app, family):
    code = code_on(asked(browser, family))
    app.reset()
    answer = checked(app, code.lower().replace("-", " "))
    words = answer.html.main.get_text(" ", strip=True)
    assert "Authentique\N{NO-BREAK SPACE}: nous l’avons émise le 15 juin 2026" in words
    assert [dt.get_text() for dt in answer.html.select("dt")] == ["H. M.", "S. L.-G.", "Z. M."]
    assert words.count("Droits ouverts") == 3
    for hidden in ("Hélène", "Morel", "Sami", "Zoé", family[0].number, family[0].member_number, "2015"):
        assert hidden not in words
    assert code.replace("-", "") not in answer.request.url


def test_the_end_of_the_contract_since_is_told(browser, app, db, family, clock):
    code = code_on(asked(browser, family))
    ends_on(db, family, date(2026, 6, 30))
    app.reset()
    assert "Droits ouverts" in checked(app, code).text
    clock.at = at_paris(2026, 7, 1)
    words = checked(app, code).html.main.get_text(" ", strip=True)
    assert "N’est plus à jour" in words
    assert "Depuis, le contrat a pris fin le 30 juin 2026." in words


def test_a_radiation_says_when_the_cover_began_again(browser, app, db, family):
    ends_on(db, family, date(2026, 5, 31))
    code = code_on(asked(browser, family, "radiation"))
    app.reset()
    assert "Couverture terminée le 31 mai 2026" in checked(app, code).text
    family[0].period = period()
    db.flush()
    for row in db.scalars(select(Coverage).where(Coverage.contract_id == family[0].id)):
        row.period = period()
    db.flush()
    assert "Depuis, la personne est de nouveau couverte" in checked(app, code).text


def test_one_that_was_withdrawn_says_so_and_is_given_anew(browser, app, db, family):
    code = code_on(asked(browser, family))
    assert revoke(db, tools_of(app), family[0].number) == 1
    assert revoke(db, tools_of(app), family[0].number) == 0
    assert "puis retirée" in checked(app, code).text
    assert code_on(asked(browser, family)) != code
    assert "Retirée" in browser.get(page_of(family)).text
    assert len(db.scalars(select(Event).where(Event.kind == EventKind.CERTIFICATE_REVOKED)).all()) == 1


def test_a_code_that_was_never_given_costs_the_same_and_is_answered_in_the_same_form(browser, app, family, engine):
    known, unknown = code_on(asked(browser, family)), with_check("ABCDEFGHJKLMNP")
    app.reset()
    costs, forms = [], []
    for code in (known, unknown):
        with counted_statements(engine) as run:
            answer = checked(app, code)
        costs.append([" ".join(one.split())[:60] for one in run])
        forms.append((answer.status_int, answer.html.title.get_text(), answer.html.h1.get_text()))
    assert costs[0] == costs[1]
    assert forms[0] == forms[1]
    assert "Aucune de nos attestations" in answer.text


@pytest.mark.parametrize("typed", ["", "ABCD", "0" * 16, "ABCDEFGHJKLMNPQR", "<script>", "é" * 400])
def test_a_mistyped_code_is_told_and_kept(app, typed):
    answer = checked(app, typed, status=422)
    assert answer.html.select_one("#code")["aria-invalid"] == "true"
    assert answer.html.title.get_text().startswith("Erreur")


def test_checks_of_one_network_are_counted(app):
    code = with_check("ABCDEFGHJKLMNP")
    for _ in range(TRIES):
        checked(app, code)
    assert checked(app, code, status=429).headers["Retry-After"]


def test_the_code_is_kept_only_encrypted(browser, app, db, family):
    code = code_on(asked(browser, family)).replace("-", "")
    row = db.scalars(select(Certificate)).one()
    assert row.code_index == code_index(tools_of(app), code)
    assert app.app.registry.getUtility(ICipher).decrypt(row.code) == code
    assert code not in db.scalar(text("select string_agg(e::text, '') from event e"))


def test_the_page_costs_the_same_whatever_was_issued(browser, db, family, engine, clock):
    def cost():
        with counted_statements(engine) as run:
            browser.get(page_of(family))
        return len(run)

    asked(browser, family)
    first = cost()
    for day in (16, 17, 18):
        clock.at = at_paris(2026, 6, day)
        sign_in(browser, db, db.scalars(select(Account)).one())
        asked(browser, family)
    assert cost() == first
