"""A member's journey of a request, page by page, as the browser sends it."""

from sqlalchemy import select

from member_space.models import Request
from tests.factories.request import make_request
from tests.functional.helpers import tools_of


def form_with(page, name):
    """The form of a page that has this field."""
    return next(form for form in page.forms.values() if name in form.fields)


def words(page):
    return page.html.main.get_text(" ", strip=True).replace("\xa0", " ").replace("\u202f", " ")


def choose(browser, path, topic):
    """Click the tile of an object; the page that follows."""
    form = form_with(browser.get(path), "objet")
    return form.submit("objet", value=topic).follow()


def fill(page, known_by, **typed):
    """Send the form that has this field with what was typed; the answer, whatever it is."""
    form = form_with(page, known_by)
    for name, value in typed.items():
        form[name] = value
    return form.submit(expect_errors=True)


def carry_on(page):
    """« Continuer » of a page of papers, which has no field of its own."""
    form = next(form for form in page.forms.values() if form.action in ("", page.request.path))
    return form.submit().follow()


def send(page, **typed):
    """The button of the review; the answer."""
    form = form_with(page, "vu")
    for name, value in typed.items():
        form[name] = value
    return form.submit(expect_errors=True)


def only_request(db) -> Request:
    db.expire_all()
    return db.scalars(select(Request)).one()


def made(app, db, account, people, kind, topic, **facts):
    row = make_request(db, tools_of(app), account, people["contract"], kind, topic, **facts)
    db.commit()
    return row


def quote_for(browser, person, topic="quote.dental"):
    """A quote whose person is said; the answer."""
    return fill(choose(browser, "/demarches/devis", topic), "personne", personne=str(person.public_id))


def past_the_lines(page):
    """« Continuer sans les lignes » of a quote whose person was just said; the page of its papers."""
    return form_with(page.follow(), "continuer").submit("continuer").follow()
