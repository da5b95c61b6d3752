"""The key of a form that another member's request or message has already: what is written leaves all the same."""

import pytest
from sqlalchemy import select

from member_space.domain.request import Act
from member_space.models import Message, Request
from member_space.services import request as requests
from member_space.services.request import Actor
from tests.factories.household import make_account, make_contract, make_person
from tests.factories.request import MEMBER, make_request
from tests.functional.helpers import sign_in, tools_of
from tests.functional.journeys import form_with

THEIRS, MINE = "Une question de Nadia", "Une question de Hélène"


def write(browser, body, **hidden):
    form = form_with(browser.get("/messages/ecrire", {"objet": "message.amount", "pour": "tous"}), "texte")
    return submitted(form, body, **hidden)


def submitted(form, body, cle=None):
    """What the form sends; the key that it sent."""
    if cle:
        form["cle"].force_value(str(cle))
    form["texte"] = body
    key = form["cle"].value
    form.submit(status=303)
    return key


def reply(browser, row, body, cle=None):
    return submitted(form_with(browser.get(f"/demandes/{row.public_id}"), "texte"), body, cle)


@pytest.fixture
def two(app, db):
    """(account, a request of his that nobody has looked at): Nadia's, Hélène's."""
    found = []
    for name in ("Nadia", "Hélène"):
        holder = make_person(db, name)
        account, contract = make_account(db, holder), make_contract(db, holder)
        found.append((account, make_request(db, tools_of(app), account, contract)))
    db.commit()
    return found


def said(db, row):
    db.expire_all()
    return db.scalars(
        select(Message.body).join(Request).where(Request.author_person_id == row.author_person_id).order_by(Message.id)
    ).all()


def test_a_new_message(app, db, two):
    (nadia, her_row), (helene, row) = two
    key = write(sign_in(app, db, nadia), THEIRS)
    write(sign_in(app, db, helene), MINE, cle=key)
    assert said(db, her_row)[-1] == THEIRS
    assert said(db, row)[-1] == MINE


def test_an_answer(app, db, two):
    (nadia, her_row), (helene, row) = two
    key = reply(sign_in(app, db, nadia), her_row, THEIRS)
    reply(sign_in(app, db, helene), row, MINE, cle=key)
    assert said(db, her_row)[-1] == THEIRS
    assert said(db, row)[-1] == MINE


def test_an_answer_that_starts_a_request_anew(app, db, two):
    (nadia, _her_row), (helene, row) = two
    key = write(sign_in(app, db, nadia), THEIRS)
    requests.move(db, tools_of(app), row, Act.WITHDRAW, Actor(MEMBER, helene.id))
    db.commit()
    reply(sign_in(app, db, helene), row, MINE, cle=key)
    following = db.scalars(select(Request).where(Request.linked_id == row.id)).one()
    assert following.number
    assert following.author_person_id == row.author_person_id
    assert said(db, row)[-1] == MINE
