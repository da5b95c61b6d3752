"""One card, however many ask for it at once (services.card)."""

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from member_space.models import CardVersion, Contract
from tests.factories.card import issue_card, make_model, print_by
from tests.factories.household import make_contract, make_person
from tests.transactions.together import at_once

TODAY = date(2026, 6, 16)


def test_twenty_at_once_are_given_one_version(own_database, cipher):
    with Session(own_database) as db:
        make_model(db)
        contract = make_contract(db, make_person(db))
        print_by(db, contract)
        contract_id = contract.id
        db.commit()

    def ask(_n):
        with Session(own_database) as db, db.begin():
            return issue_card(db, cipher, db.get_one(Contract, contract_id), TODAY).public_id

    assert len(set(at_once(ask, range(20)))) == 1
    with Session(own_database) as db:
        print_by(db, db.get_one(Contract, contract_id), csr="CSR02")
        db.commit()
    assert len(set(at_once(ask, range(20)))) == 1
    with Session(own_database) as db:
        assert db.scalar(select(func.count()).select_from(CardVersion)) == 2
