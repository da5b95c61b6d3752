"""A code or a refresh token given twice at the same time, on real commits: one is the first, and the other a thief."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from member_space.adapters.passwords import Argon2Passwords
from member_space.config import make_app
from member_space.interfaces import IPasswordHasher
from member_space.models import ApiGrant, ApiToken, Event
from tests.conftest import TEST_INI
from tests.factories.household import make_account, make_contract, make_person
from tests.factories.oauth import Peer, make_peer
from tests.functional.helpers import sign_in
from tests.log_guard import Browser
from tests.transactions.together import at_once


@pytest.fixture
def peer(own_database) -> Peer:
    app = make_app(TEST_INI, own_database)
    app.registry.registerUtility(Argon2Passwords(time_cost=1, memory_kib=8), IPasswordHasher)
    with Session(own_database, expire_on_commit=False) as db:
        holder = make_person(db, "Nadia")
        make_contract(db, holder)
        browser = sign_in(Browser(app), db, make_account(db, holder), proved=True)
        return make_peer(db, browser)


def together(peer, ask, count=8):
    """The statuses of as many requests at once, each from a place of its own."""

    def one(_n):
        own = Peer(Browser(peer.browser.app), peer.client, peer.secret, peer.verifier, peer.state)
        return ask(own).status_int

    return sorted(at_once(one, range(count)))


def test_a_code_is_redeemed_once(own_database, peer):
    code = peer.consented()["code"]
    assert together(peer, lambda own: own.redeem(code)) == [200] + [400] * 7
    with Session(own_database) as db:
        # The others show that it was stolen: what the first got is worth nothing any more.
        assert db.scalars(select(ApiToken).where(ApiToken.revoked_at.is_(None))).all() == []
        assert db.scalar(select(func.count()).where(ApiToken.kind == "refresh")) == 1
        assert db.scalar(select(func.count()).where(Event.kind == "api_access:stolen")) == 1


def test_a_refresh_token_is_used_once(own_database, peer):
    refresh = peer.tokens()["refresh_token"]
    assert together(peer, lambda own: own.refresh(refresh)) == [200] + [400] * 7
    with Session(own_database) as db:
        assert db.scalars(select(ApiToken).where(ApiToken.revoked_at.is_(None))).all() == []
        assert db.scalar(select(func.count()).where(ApiToken.kind == "refresh")) == 2
        assert db.scalars(select(ApiGrant.revoked_at)).one()


def test_a_token_is_never_given_after_the_member_took_its_access_back(own_database, peer):
    """Whoever comes first: nothing that was given opens anything once both are done."""
    refresh = peer.tokens()["refresh_token"]
    page = peer.browser.get("/mes-acces")
    form = next(one for one in page.forms.values() if one.action.endswith("/retirer"))
    assistant = Peer(Browser(peer.browser.app), peer.client, peer.secret)
    at_once(lambda act: act(), [lambda: assistant.refresh(refresh), form.submit])
    with Session(own_database) as db:
        assert db.scalars(select(ApiGrant.revoked_at)).one()
    again = peer.browser.get("/mes-acces")
    assert not [one for one in again.forms.values() if one.action.endswith("/retirer")]
