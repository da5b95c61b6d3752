"""The pages with files run as many statements whatever the number of papers and of files."""

from datetime import timedelta

from webtest import Upload

from member_space.models import AskedPiece
from tests.factories.files import jpeg
from tests.factories.journeys import ask
from tests.factories.request import make_draft, take
from tests.functional.clock import counted_statements
from tests.functional.helpers import tools_of
from tests.functional.journeys import made


def cost(engine, browser, path):
    browser.get(path)  # what is read for the first time is written down
    with counted_statements(engine) as run:
        browser.get(path)
    return len(run)


def add_to_each(browser, path, number):
    """So many other files, one a form of this page."""
    for n in range(number):
        forms = [form for form in browser.get(path).forms.values() if form.action.endswith("/pieces/ajouter")]
        form = forms[n % len(forms)]
        form["files"] = [Upload(f"page-{n}.jpg", jpeg(400 + n))]
        form.submit(status=303)


def test_the_papers_of_a_draft(engine, app, db, browser, account, people):
    draft = make_draft(db, tools_of(app), account, people["contract"], "quote", "quote.dental")
    db.commit()
    path = f"/demandes/{draft.public_id}/pieces"
    assert len(browser.get(path).html.select("input[type=file]")) == 2
    few = cost(engine, browser, path)
    draft.kind, draft.topic = "claim", "claim.optics"
    db.commit()
    assert len(browser.get(path).html.select("input[type=file]")) == 5
    add_to_each(browser, path, 4)
    assert cost(engine, browser, path) == few


def test_the_papers_asked_for(engine, app, db, browser, account, people, colleague):
    row = made(app, db, account, people, "claim", "claim.optics", body=None)
    take(db, tools_of(app), row, colleague)
    ask(db, tools_of(app), row, colleague, ("prescription", None))
    db.commit()
    path = f"/demandes/{row.public_id}"
    few = cost(engine, browser, path)
    first = db.query(AskedPiece).one()
    for piece in ("paid_invoice", "other"):
        facts = {"request_id": row.id, "contract_id": row.contract_id, "asked_by": colleague.id, "piece": piece}
        db.add(AskedPiece(asked_at=first.asked_at, due_on=first.due_on + timedelta(days=1), **facts))
    db.commit()
    add_to_each(browser, path, 6)
    assert len(browser.get(path).html.select("input[type=file]")) == 3
    assert cost(engine, browser, path) == few
