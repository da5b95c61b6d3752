"""The documents of the demo: brought in by the command's own service, read on the contract's page, told to nobody."""

from datetime import date

from sqlalchemy import select

from member_space.config import tools_of
from member_space.models import ContractDocument, Notification
from member_space.services.contract_document import documents_of
from member_space.services.demo.documents import load_documents
from tests.factories.household import make_contract, make_person

TODAY = date(2026, 11, 21)


def test_the_demo_has_a_notice_in_two_versions_and_says_what_changes(sessions, own_database, settings, tmp_path):
    tools = tools_of(settings, own_database)
    with sessions.begin() as db:
        contract = make_contract(db, make_person(db)).id
    report = load_documents(sessions, tools, tmp_path, TODAY)
    assert (report.imported, report.already, report.told) == (3, 0, 0)
    assert load_documents(sessions, tools, tmp_path, TODAY).imported == 0
    with sessions() as db:
        notice, ipid = documents_of(db, contract, TODAY)
        assert (notice.current.version, [one.version for one in notice.others]) == ("2026", ["2025"])
        assert len(notice.current.changes) == 3
        assert ipid.others == ()
        assert len(db.scalars(select(ContractDocument)).all()) == 3
        assert db.scalars(select(Notification)).all() == []
