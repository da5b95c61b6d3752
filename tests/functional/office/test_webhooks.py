"""The office registers where an application has itself told, sees what left, and sends it again."""

import pytest
from sqlalchemy import select

from member_space.domain.target_address import Fault
from member_space.domain.webhook import News
from member_space.models import Event, WebhookDelivery, WebhookTarget
from member_space.views.office.webhook_words import FAULTS, NEWS
from tests.factories.api import make_client, make_grant
from tests.factories.household import make_account, make_person
from tests.factories.office import make_colleague
from tests.factories.webhook import make_delivery, make_target
from tests.functional.helpers import sign_in


@pytest.fixture
def administrator(app, db):
    account = make_colleague(db, "administrator")
    sign_in(app, db, account, proved=True)
    return account


@pytest.fixture
def client(db):
    return make_client(db)


@pytest.fixture
def target(db, cipher, client):
    return make_target(db, cipher, client)


def event(db, target, client, **values):
    person = make_person(db)
    return make_delivery(db, target, make_grant(db, make_account(db, person), client, [person]), **values)


def page(app, target):
    return app.get(f"/bureau/webhooks/{target.public_id}")


def filled(app, client, url, news=("card.issued",)):
    form = _form(app.get("/bureau/webhooks"))
    form["client"], form["url"] = str(client.public_id), url
    for box in form.fields["news"]:
        box.checked = box._value in news
    return form


def _form(answer):
    return next(form for form in answer.forms.values() if "url" in form.fields)


def test_a_target_is_added_and_its_secret_shown_once(app, db, cipher, administrator, client):
    db.commit()
    # A public address as it is: no name is asked for.
    answer = filled(app, client, "https://93.184.215.14/avis", ("card.issued", "request.decided")).submit()
    row = db.scalars(select(WebhookTarget)).one()
    secret = cipher.decrypt(row.secret)
    assert secret in answer.text
    assert secret not in app.get("/bureau/webhooks").text
    assert secret not in page(app, row).text
    assert row.news == ["request.decided", "card.issued"]
    told = db.scalars(select(Event).where(Event.kind == "webhook:changed")).one()
    assert (told.actor_account_id, told.details["act"]) == (administrator.id, "added")


@pytest.mark.parametrize(
    "url",
    [
        "http://93.184.215.14/",
        "https://127.0.0.1/",
        "https://169.254.169.254/latest/",
        "https://[::ffff:127.0.0.1]/",
        "https://0x7f.1/",
        "https://a:b@93.184.215.14/",
        "",
        "n’importe quoi",
    ],
)
def test_an_address_that_is_refused_is_said_and_kept_in_its_field(app, db, administrator, client, url):
    db.commit()
    answer = filled(app, client, url).submit(status=422)
    assert _form(answer)["url"].value == url
    assert "error-summary" in answer.text or "field-error" in answer.text
    assert db.scalars(select(WebhookTarget)).all() == []


def test_nothing_ticked_and_nobody_chosen_are_said(app, db, administrator, client):
    db.commit()
    form = filled(app, client, "https://93.184.215.14/", ())
    form["client"] = ""
    answer = form.submit(status=422)
    assert "Cochez au moins un événement." in answer.text
    assert "Choisissez une application." in answer.text


def test_what_left_is_shown_with_its_answer_and_one_is_sent_again(app, db, administrator, target, client):
    sent = event(db, target, client, state="sent", attempts=1, status=204)
    failed = event(db, target, client, state="failed", attempts=10, status=503)
    db.commit()
    shown = page(app, target)
    assert "503" in shown.text
    assert "204" in shown.text
    assert "10 essais" in shown.text
    of_one = [form for form in shown.forms.values() if "delivery" in form.fields]
    form = next(form for form in of_one if form["delivery"].value == str(sent.public_id))
    assert "repart dans la minute" in form.submit().follow().text
    db.expire_all()
    assert (sent.state, failed.state) == ("waiting", "failed")


def test_all_that_failed_since_a_day_are_sent_again(app, db, administrator, target, client):
    old = event(db, target, client, state="failed", attempts=10, created_at="2026-11-01T00:00:00+00:00")
    new = event(db, target, client, state="failed", attempts=10, created_at="2026-11-20T00:00:00+00:00")
    target.disabled_at = new.send_after
    db.commit()
    form = next(one for one in page(app, target).forms.values() if "since" in one.fields)
    form["since"] = "le 12"
    assert "Écrivez la date" in form.submit(status=422).text
    form["since"] = "2026-11-20"
    form.submit(status=303)
    db.expire_all()
    assert (old.state, new.state, target.disabled_at) == ("failed", "waiting", None)


def test_a_new_secret_and_the_end(app, db, administrator, target, client):
    waiting = event(db, target, client)
    before = target.secret
    db.commit()
    answer = next(one for one in page(app, target).forms.values() if one.action.endswith("/secret")).submit()
    db.expire_all()
    assert target.former_secret == before
    assert "whsec_" in answer.text
    next(one for one in page(app, target).forms.values() if one.action.endswith("/fermer")).submit(status=303)
    db.expire_all()
    assert target.closed_at
    assert not target.former_secret
    assert waiting.state == "unwanted"
    assert "Renvoyer ce qui a échoué" not in page(app, target).text


def test_it_is_closed_once_and_with_its_application(app, db, cipher, administrator, target, client):
    waiting = event(db, target, client)
    other = make_target(db, cipher, client)
    theirs = make_target(db, cipher, make_client(db))
    db.commit()
    end = next(one for one in page(app, other).forms.values() if one.action.endswith("/fermer"))
    end.submit(status=303)
    end.submit(status=303)
    sheet = app.get(f"/bureau/applications/{client.client_id}")
    next(one for one in sheet.forms.values() if one.action.endswith("/fermeture")).submit(status=303)
    db.expire_all()
    assert (bool(target.closed_at), target.secret, waiting.state) == (True, b"", "unwanted")
    assert theirs.closed_at is None
    acts = db.scalars(select(Event.details["act"].astext).where(Event.kind == "webhook:changed")).all()
    assert acts == ["closed", "closed"]


def test_another_targets_event_is_not_sent_again_through_this_one(app, db, cipher, administrator, target, client):
    other = event(db, make_target(db, cipher, client), client, state="failed")
    target.disabled_at = other.send_after
    db.commit()
    form = next(one for one in page(app, target).forms.values() if one.action.endswith("/renvoyer"))
    token = form["csrf_token"].value
    for delivery in (str(other.public_id), "x"):
        app.post(form.action, {"csrf_token": token, "delivery": delivery}, status=303)
    db.expire_all()
    assert db.scalars(select(WebhookDelivery.state)).all() == ["failed"]
    assert target.disabled_at
    assert db.scalars(select(Event).where(Event.kind == "webhook:changed")).all() == []


@pytest.mark.parametrize("role", ["handler", "supervisor", "auditor"])
def test_it_is_for_administrators(app, db, target, role):
    sign_in(app, db, make_colleague(db, role), proved=True)
    app.get("/bureau/webhooks", status=403)
    app.get(f"/bureau/webhooks/{target.public_id}", status=403)


def test_everything_has_its_words():
    assert set(NEWS) == {one.value for one in News}
    assert set(FAULTS) == set(Fault)
