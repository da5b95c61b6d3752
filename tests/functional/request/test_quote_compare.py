"""« Comparer deux devis »: of what is typed, of what the office answered, of one's own alone (C84)."""

import pytest
from sqlalchemy import select

from member_space.domain.decision import Line, Reason
from member_space.domain.quote import QuoteLine
from member_space.domain.request import Side
from member_space.models import QuoteLineRow, Reading, Request
from member_space.services.household import load_household
from member_space.services.quote import estimate_of, keep_lines
from member_space.services.reference import load_reference
from member_space.services.request import Actor, send
from member_space.services.request_decision import decide
from member_space.services.request_handling import Hand
from member_space.services.tools import Origin
from tests.factories.guarantee import give_product
from tests.factories.household import make_account, make_contract, make_person
from tests.factories.office import make_colleague, office_identity_of
from tests.factories.request import make_draft, take
from tests.functional.clock import counted_statements
from tests.functional.helpers import sign_in, tools_of
from tests.functional.journeys import words

URL = "/demarches/devis/comparer"
CROWN = QuoteLine("crown", "Couronne céramique à tarif libre", 65_000)
DEARER = QuoteLine("crown", "Couronne céramique à tarif libre", 80_000)
IMPLANT = QuoteLine("implant", "Implant dentaire", 120_000)


@pytest.fixture(autouse=True)
def confort(db, people, clock):
    load_reference(db)
    give_product(db, people["contract"], "confort", clock.today())
    db.commit()


@pytest.fixture
def draft(app, db, account, people):
    """Make a quote of these lines, for somebody."""
    tools = tools_of(app)
    household = load_household(db, account.person_id, tools.today())

    def made(*lines, who="holder", topic="quote.dental"):
        row = make_draft(
            db, tools, account, people["contract"], "quote", topic, person_id=people[who].id, body="Combien ?"
        )
        keep_lines(db, tools, row, estimate_of(db, household, row, lines))
        db.commit()
        return row

    return made


def compared(browser, one, other, status=200):
    return browser.get(URL, {"devis": str(one.public_id), "avec": str(other.public_id)}, status=status)


def cells(page) -> list[list[str]]:
    return [
        [one.span.get_text().replace("\xa0", " ").replace("\u202f", " ") for one in row.select("td")]
        for row in page.html.select(".quote-lines tbody tr")
    ]


def test_two_quotes_side_by_side_and_the_difference_in_a_sentence(browser, draft, db):
    cheap, dear = draft(CROWN, IMPLANT), draft(DEARER, IMPLANT)
    page = compared(browser, cheap, dear)
    rows = db.scalars(select(QuoteLineRow).where(QuoteLineRow.care == "crown").order_by(QuoteLineRow.id)).all()
    gap = rows[1].estimate["rest"] - rows[0].estimate["rest"]
    assert gap > 0
    assert f"Le devis A vous laisse {gap // 100},{gap % 100:02d} € de moins à payer que le devis B" in words(page)
    assert [row[0] for row in cells(page)] == ["650,00 €", "1 200,00 €"]
    assert [row[2] for row in cells(page)] == ["800,00 €", "1 200,00 €"]
    assert "Option 100 % Santé : Couronne céramo-métallique" in words(page)
    assert "Au total des soins comparés" in words(page)
    back = compared(browser, dear, cheap)
    assert f"Le devis B vous laisse {gap // 100},{gap % 100:02d} €" in words(back)
    assert "autant à payer" in words(compared(browser, cheap, draft(CROWN, IMPLANT)))


def test_an_act_of_one_quote_alone_is_compared_with_nothing(browser, draft):
    page = compared(browser, draft(CROWN), draft(DEARER, IMPLANT))
    assert "sur le seul soin qui peut être comparé" in words(page)
    assert "pas sur ce devis" in words(page)
    assert cells(page)[1][:2] == ["–", "–"]
    page = compared(browser, draft(CROWN), draft(IMPLANT))
    assert "Aucun soin n’est estimé sur les deux devis" in words(page)
    page = compared(browser, draft(CROWN), draft())
    assert "Ses lignes ne sont pas recopiées" in words(page)


def test_the_answer_of_the_office_stands_in_place_of_the_estimate(app, browser, account, draft, db):
    tools = tools_of(app)
    one, other, handler = draft(CROWN), draft(DEARER), make_colleague(db, "handler")
    send(db, tools, one, Actor(Side.MEMBER, account.id))
    take(db, tools, one, handler)
    hand = Hand(office_identity_of(handler), one, one.version, Origin())
    label = "Couronne <b>27</b>"
    decide(db, tools, hand, [Line(label, 65_000, 30_000, Reason.CONTRACT_RATE, amo=7_200, quoted=CROWN)], "Voici.")
    db.commit()
    page = browser.get(f"/demandes/{one.public_id}").click("Comparer avec un autre devis")
    assert "Notre réponse" in words(page)
    assert label in words(page), "a handler's words are text"
    assert cells(page)[0][:2] == ["650,00 €", "278,00 €"]
    # An answer that does not know the fund's share says at most what would be left: nothing is compared with it.
    unknown = draft(IMPLANT)
    send(db, tools, unknown, Actor(Side.MEMBER, account.id))
    take(db, tools, unknown, handler)
    hand = Hand(office_identity_of(handler), unknown, unknown.version, Origin())
    decide(db, tools, hand, [Line("Implant dentaire", 120_000, 0, Reason.NOT_COVERED)], "Voici.")
    db.commit()
    page = compared(browser, unknown, other)
    assert "pas encore connu" in words(page)
    assert "Aucun soin n’est estimé sur les deux devis" in words(page)


def test_the_two_latest_are_compared_when_none_is_asked(browser, draft):
    assert "Il faut deux devis" in words(browser.get(URL))
    draft(CROWN)
    assert "Il faut deux devis" in words(browser.get(URL))
    draft(DEARER)
    assert "Soin par soin" in words(browser.get(URL))


def test_a_quote_is_put_beside_its_like(browser, draft):
    teeth, other, glasses = draft(CROWN), draft(CROWN, who="spouse"), draft(CROWN, topic="quote.optics")
    assert "Comparer avec un autre devis" not in browser.get(f"/demandes/{glasses.public_id}/devis")
    page = browser.get(f"/demandes/{teeth.public_id}/devis").click("Comparer avec un autre devis")
    assert page.html.select_one("#avec option[selected]")["value"] == str(other.public_id)
    mine = draft(DEARER)
    draft(DEARER, who="spouse")
    page = browser.get(f"/demandes/{teeth.public_id}/devis").click("Comparer avec un autre devis")
    assert page.html.select_one("#avec option[selected]")["value"] == str(mine.public_id)


def test_what_is_asked_wrong_is_told_and_the_rest_stays(app, browser, draft, db):
    one, other = draft(CROWN), draft(DEARER)
    page = compared(browser, one, one, status=422)
    assert "deux fois le même devis" in words(page)
    assert page.html.select_one("#devis option[selected]")["value"] == str(one.public_id)
    page = browser.get(URL, {"devis": "n’importe quoi", "avec": str(other.public_id)}, status=422)
    assert "n’est pas dans votre espace" in words(page)
    assert page.html.select_one("#avec option[selected]")["value"] == str(other.public_id)
    # Somebody else's is as unknown as none, and so is a stay in hospital.
    stay = draft(topic="quote.hospital")
    compared(browser, one, stay, status=422)
    stranger = make_person(db, "Paul")
    make_contract(db, stranger)
    theirs = sign_in(app, db, make_account(db, stranger))
    page = theirs.get(URL, {"devis": str(one.public_id), "avec": str(other.public_id)})
    assert "Il faut deux devis" in words(page)


def test_statements_do_not_grow_with_the_lines(browser, draft, engine):
    few = draft(CROWN), draft(DEARER)
    many = draft(*[CROWN] * 20), draft(*[IMPLANT] * 20)
    compared(browser, *few)
    with counted_statements(engine) as short:
        compared(browser, *few)
    with counted_statements(engine) as long:
        compared(browser, *many)
    assert len(long) == len(short)


def test_reading_about_another_adult_is_noted(browser, draft, db, people):
    compared(browser, draft(CROWN, who="spouse"), draft(DEARER, who="spouse"))
    assert db.scalars(select(Reading.subject_person_id)).all() == [people["spouse"].id]
    assert db.scalars(select(Request.state).distinct()).all() == ["draft"]
