"""A person whose contract ended long ago, and what time does to what he left: what the tests of erasing share."""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import func, select, text, update

from member_space import models as m
from member_space.models.base import days
from member_space.services import request as requests
from member_space.services.attachment import Safe
from member_space.services.attachment_add import add_files
from member_space.services.attachment_check import check
from member_space.services.request import Actor
from member_space.services.request_erasing import erase_old, tell_of_erasing
from tests.factories.files import jpeg, pdf, sent
from tests.factories.household import make_account, make_contract, make_person
from tests.factories.request import MEMBER, answer, make_draft

DAY = timedelta(days=1)
ENDED, LEAVES = date(2011, 7, 20), date(2016, 7, 20)
"""The first day without the contract, and five years later: long ago, as the database has its own calendar."""
SAID = "20 juillet 2016"


def ended_with(db, tools, hugo, clock, *, end=ENDED, account=True):
    """A person whose contract ended that day, with an answered request, its file, and a document of the safe."""
    person = make_person(db, "Hélène")
    contract = make_contract(db, person, period=days(date(2009, 1, 1), None))
    owner = make_account(db, person)
    now, clock.at = clock.at, datetime(2010, 3, 2, 10, tzinfo=UTC)
    row = make_draft(db, tools, owner, contract, "claim", "claim.optics")
    actor = Actor(MEMBER, owner.id)
    assert add_files(db, tools, row, [sent("facture.pdf", pdf())], actor=actor) == []
    requests.send(db, tools, row, actor)
    safe = Safe(contract.id, person.id)
    assert add_files(db, tools, None, [sent("photo.jpg", jpeg())], actor=actor, safe=safe) == []
    for attachment_id in db.scalars(select(m.Attachment.id).where(m.Attachment.author_person_id == person.id)):
        check(db, tools, attachment_id)
    answer(db, tools, row, hugo)
    clock.at = now
    # The columns of a period close together.
    db.execute(
        update(m.ContractTerms)
        .where(m.ContractTerms.contract_id == contract.id)
        .values(period=days(date(2009, 1, 1), end))
    )
    db.execute(
        update(m.Coverage).where(m.Coverage.contract_id == contract.id).values(period=days(date(2009, 1, 1), end))
    )
    contract.period = days(date(2009, 1, 1), end)
    if not account:
        owner.closed_at = clock.now()
    # What it told on its way is of no interest here.
    db.execute(text("delete from notification"))
    db.commit()
    db.expire_all()
    return row, owner


def notices(db):
    rows = db.scalars(select(m.Notification).where(m.Notification.kind == "erasing_soon").order_by(m.Notification.id))
    return [(row.values["before"], row.values["day"]) for row in rows]


def night(db, tools):
    erase_old(db, tools)
    db.commit()
    db.expire_all()


def each_day(db, tools, clock, until):
    """Morning and night after another; the days on which something was told, and the day when all was gone."""
    told, gone = [], None
    while clock.today() < until:
        clock.at += DAY
        before = len(notices(db))
        tell_of_erasing(db, tools)
        db.commit()
        told += [clock.today()] * (len(notices(db)) - before)
        night(db, tools)
        if gone is None and not db.scalar(select(func.count()).select_from(m.Request)):
            gone = clock.today()
    return told, gone


def said(browser, path):
    return " ".join(browser.get(path).html.select_one("main").get_text(" ").split())
