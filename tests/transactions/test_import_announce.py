"""An import tells each account that it concerns, once, and only when it is committed."""

from datetime import date

import pytest
from sqlalchemy import delete, select

from member_space.adapters.storage import FolderStorage
from member_space.models import Coverage, Notification
from member_space.services.feed import FeedRefusedError
from member_space.services.noemie_import import import_929, reading_929
from member_space.services.statement_import import import_statements
from tests.factories.feeds import write_statements
from tests.factories.household import make_account, make_contract, make_person, make_teletransmission
from tests.factories.noemie import NIR, entry, logical, make_929
from tests.functional.clock import counted_statements
from tests.transactions.test_statement_import import make_household

TODAY = date(2026, 4, 1)
REIMBURSED, CHANGED = ("new_reimbursement", "/remboursements"), ("teletransmission_changed", "/beneficiaires")


def told(sessions) -> list[tuple[str, str, str]]:
    """(address, kind, link) of each announcement; they are then forgotten."""
    with sessions.begin() as db:
        rows = db.scalars(select(Notification).order_by(Notification.id)).all()
        assert {(row.channel, row.state, row.attempts) for row in rows} <= {("email", "waiting", 0)}
        found = sorted((row.account_id, row.kind, row.values["link"]) for row in rows)
        db.execute(delete(Notification))
        return found


@pytest.fixture
def accounts(sessions):
    """The holder's, the spouse's and a stranger's ids; the child of C1 has none."""
    with sessions.begin() as db:
        make_household(db)
        contract = db.scalars(select(Coverage)).first()
        spouse = make_person(db, "Sami", external_ref="P3")
        db.add(
            Coverage(
                contract_id=contract.contract_id,
                person_id=spouse.id,
                relation="spouse",
                period=contract.period,
                position=3,
            )
        )
        stranger = make_person(db, external_ref="P9")
        make_contract(db, stranger, number="C9")
        holder = db.get_one(Coverage, contract.id).person_id
        ids = {}
        for name, person_id in {"holder": holder, "spouse": spouse.id, "stranger": stranger.id}.items():
            person = db.get_one(type(stranger), person_id)
            ids[name] = make_account(db, person).id
        return ids


@pytest.fixture
def bring(sessions, tmp_path):
    def run(*rows: dict, today: date = TODAY) -> None:
        with sessions.begin() as db:
            import_statements(db, write_statements(tmp_path / "decomptes.csv", rows), today=today)

    return run


def statements(first: int, person: str, count: int = 3) -> list[dict]:
    return [
        {"statement_ref": f"D{n}", "payment_ref": f"VIR{n}", "person_ref": person} for n in range(first, first + count)
    ]


def test_statements_are_told_to_the_holder_and_to_whom_they_are_of(sessions, bring, accounts):
    bring(*statements(1, "P1"), *statements(10, "P2"))
    assert told(sessions) == [(accounts["holder"], *REIMBURSED)]
    bring(*statements(20, "P3"))
    assert told(sessions) == sorted((accounts[name], *REIMBURSED) for name in ("holder", "spouse"))


def test_what_was_there_already_and_what_is_old_is_no_news(sessions, bring, accounts):
    bring(*statements(1, "P1"))
    told(sessions)
    bring(*statements(1, "P1"))
    assert told(sessions) == []
    bring(*statements(30, "P1"), today=date(2026, 6, 1))
    assert told(sessions) == []


def test_a_refused_file_tells_nobody(sessions, bring, accounts):
    with pytest.raises(FeedRefusedError):
        bring(*statements(1, "P1"), {"statement_ref": "D9", "act_code": "???"})
    assert told(sessions) == []


def test_a_hundred_statements_cost_the_queries_of_two(own_database, bring, accounts):
    with counted_statements(own_database) as one:
        bring(*statements(1, "P1", 2))
    with counted_statements(own_database) as many:
        bring(*statements(100, "P1", 100))
    assert len(many) == len(one)


@pytest.fixture
def answer(sessions, cipher, tmp_path):
    """Import one answer about the household's link."""
    count = iter(range(1, 1000))

    def run(coded: str, created_on: date = date(2026, 3, 15), **values) -> None:
        number = next(count)
        file = logical(entry(coded=coded, **values), identification=f"{number:06}", created_on=created_on)
        path = make_929(tmp_path, file, name=f"{number}.txt")
        import_929(sessions, cipher, FolderStorage(tmp_path / "storage"), path, production=True)

    return run


@pytest.fixture
def linked(sessions, cipher):
    """The ids of the accounts of a holder and of his spouse, whose link it is, and of a stranger."""
    with sessions.begin() as db:
        holder, spouse = make_person(db, "Hélène"), make_person(db, "Sami")
        contract = make_contract(db, holder, (spouse, "spouse"))
        coverage = db.scalars(select(Coverage).filter_by(person_id=spouse.id)).one()
        make_teletransmission(db, cipher, coverage, spouse, NIR)
        stranger = make_person(db)
        make_contract(db, stranger)
        make_account(db, stranger)
        assert contract.id
        return [make_account(db, one).id for one in (holder, spouse)]


def test_an_answer_that_changes_a_state_is_told_to_the_holder_and_to_its_person(sessions, answer, linked):
    answer("33C")
    assert told(sessions) == [(one, *CHANGED) for one in linked]


def test_an_answer_that_changes_nothing_is_not_told(sessions, answer, linked):
    answer("33C")
    told(sessions)
    answer("33C", date(2026, 3, 16))
    answer("04I", date(2026, 3, 17))
    assert told(sessions) == []
    answer("16R", date(2026, 3, 18))
    assert told(sessions) == [(one, *CHANGED) for one in linked]


def test_an_old_answer_that_comes_late_is_not_told(sessions, answer, linked):
    answer("33C")
    told(sessions)
    answer("16R", date(2026, 2, 1))
    assert told(sessions) == []


def test_the_same_file_again_and_a_dry_run_tell_nobody(sessions, cipher, tmp_path, linked):
    path = make_929(tmp_path, logical(entry(), entry(coded="16R")))
    storage = FolderStorage(tmp_path / "storage")
    with reading_929(sessions, cipher, storage, path, production=True, apply=False):
        pass
    assert told(sessions) == []
    import_929(sessions, cipher, storage, path, production=True)
    assert told(sessions) == [(one, *CHANGED) for one in linked]
    import_929(sessions, cipher, storage, path, production=True)
    assert told(sessions) == []
