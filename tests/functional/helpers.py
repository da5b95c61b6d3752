"""Shortcuts of the journeys. The forms have their own, in test_sign_in.py and test_second_factor.py."""

import json

from sqlalchemy import select
from sqlalchemy.orm import Session
from webtest import TestApp

from member_space.interfaces import ICipher, IClock
from member_space.models import Account, Notification
from member_space.security.policy import cookie_name
from member_space.services.device import trust_device
from member_space.services.sessions import Lifetimes, open_session
from member_space.services.tools import Origin, Tools
from tests.log_guard import note

HERE = Origin("127.0.0.1", "the suite")


def tools_of(app: TestApp) -> Tools:
    """What the application's services get, for a test that calls one."""
    registry = app.app.registry
    return Tools(registry.member_space, registry.getUtility)


def sign_in(
    app: TestApp, db: Session, account: Account, *, proved: bool = False, device_id: int | None = None
) -> TestApp:
    """Give the browser a session of this account, without the forms; returns the browser.

    `proved`: a second factor was just given, so that sensitive acts are not asked it again. `device_id`: the browser is
    this trusted device.
    """
    settings = app.app.registry.member_space
    now = app.app.registry.getUtility(IClock).now()
    lifetimes = Lifetimes.of(settings)
    proved_at = now if proved else None
    _id, token = open_session(db, account.id, now, lifetimes, HERE, proved_at=proved_at, device_id=device_id)
    db.commit()
    app.set_cookie(cookie_name(settings), token)
    return app


def known_browser(app: TestApp, db: Session, account: Account) -> TestApp:
    """Make this browser one that the account trusts and has just signed in with: its password alone lets it in."""
    tools = tools_of(app)
    _device, token = trust_device(db, tools, account, Origin(app.extra_environ.get("REMOTE_ADDR")))
    account.last_signed_in_at = tools.now()
    db.commit()
    app.set_cookie("device", token)
    return app


def last_secret(app: TestApp, db: Session, kind: str = "code") -> dict[str, str]:
    """What the last message of this kind alone holds (a code), as whoever received it reads it."""
    row = db.scalars(select(Notification).where(Notification.kind == kind).order_by(Notification.id.desc())).first()
    assert row is not None, f"no message {kind} was written"
    found: dict[str, str] = json.loads(app.app.registry.getUtility(ICipher).decrypt(row.secret))
    for secret in found.values():
        note(secret)
    return found
