"""A certificate asked for by several tabs at the same moment, with real commits: one paper, one fact."""

from datetime import date

from sqlalchemy import select

from member_space.adapters.clock import SystemClock
from member_space.domain.certificate import CertificateKind
from member_space.domain.events import EventKind
from member_space.interfaces import ICipher, IClock
from member_space.models import Certificate, Event
from member_space.models.session import make_session_factory
from member_space.services.certificate import issue
from member_space.services.household import load_household
from member_space.services.tools import Origin, Tools
from tests.factories.household import make_account, make_contract, make_person
from tests.transactions.together import at_once

TODAY = date(2026, 6, 15)


def test_five_clicks_at_once_make_one_paper(own_database, settings, cipher):
    sessions = make_session_factory(own_database)
    tools = Tools(settings, {ICipher: cipher, IClock: SystemClock()}.__getitem__)
    with sessions.begin() as db:
        person = make_person(db)
        contract, account = make_contract(db, person).id, make_account(db, person).id

    def click(_n):
        with sessions.begin() as db:
            household = load_household(db, person.id, TODAY)
            return issue(db, tools, account, household, contract, CertificateKind.ADHESION, Origin())

    assert len(set(at_once(click, range(5)))) == 1
    with sessions() as db:
        assert len(db.scalars(select(Certificate)).all()) == 1
        assert len(db.scalars(select(Event).where(Event.kind == EventKind.CERTIFICATE_ISSUED)).all()) == 1
