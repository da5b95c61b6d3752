"""What the journeys of the claims handlers' desk share."""

from member_space.models import Request

LIST = "/bureau/demandes"


def page(row):
    return f"{LIST}/{row.public_id}"


def form_of(response, act):
    return next(form for form in response.forms.values() if form.action.endswith(f"/{act}"))


def fresh(db, row):
    db.expire_all()
    return db.get(Request, row.id)


def send(browser, path, **fields):
    return browser.post(path, {"csrf_token": browser.cookies["csrf"], **fields}, expect_errors=True)


def entered(browser):
    browser.get("/bureau/adherents")
    return browser
