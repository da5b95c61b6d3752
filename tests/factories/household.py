"""Persons, contracts, coverages, links with the fund, accounts."""

import itertools
from datetime import date

from sqlalchemy.orm import Session

from member_space.domain.nir import key_of
from member_space.interfaces import ICipher
from member_space.models import Account, Contract, ContractTerms, Coverage, Person, Teletransmission
from member_space.models.base import DateRange, days

numbers = itertools.count(1)
START = date(2024, 1, 1)
PASSWORD = "un mot de passe de test"


def period(start: date = START, end: date | None = None) -> DateRange:
    """From `start` to the day before `end`."""
    return days(start, end)


def make_person(db: Session, first_name: str = "Camille", birth_date: date = date(1985, 4, 12), **values) -> Person:
    n = next(numbers)
    person = Person(
        first_name=first_name,
        last_name=values.pop("last_name", f"Nom{n}"),
        birth_date=birth_date,
        **{
            "external_ref": f"P{n:06d}",
            "birth_rank": 1,
            "email": f"personne{n}@example.org",
            "care_open_to_holder": False,
        }
        | values,
    )
    db.add(person)
    db.flush()
    return person


def make_contract(db: Session, holder: Person, *others: tuple[Person, str], **values) -> Contract:
    """A contract with its terms; the holder and `(person, relation)` pairs are covered over its whole period."""
    n = next(numbers)
    contract = Contract(
        holder_id=holder.id,
        period=values.pop("period", period()),
        **{
            "number": f"C{n:07d}",
            "member_number": f"{n:08d}",
            "product": "SANTE",
            "product_label": "Complémentaire santé",
        }
        | values,
    )
    db.add(contract)
    db.flush()
    db.add(
        ContractTerms(
            contract_id=contract.id,
            period=contract.period,
            plan_label="Confort",
            amc_number="0775999998",
            amc_name="Mutuelle Horizon Santé",
            csr="CSR01",
            convention_type="SP",
            responsible=True,
        )
    )
    for position, (person, relation) in enumerate([(holder, "holder"), *others], start=1):
        db.add(
            Coverage(
                contract_id=contract.id,
                person_id=person.id,
                relation=relation,
                period=contract.period,
                position=position,
            )
        )
    db.flush()
    return contract


def make_teletransmission(
    db: Session, cipher: ICipher, coverage: Coverage, person: Person, nir13: str, **values
) -> Teletransmission:
    """A link with the fund under this NIR of 13 characters; its key is computed."""
    nir = nir13 + key_of(nir13)
    link = Teletransmission(
        contract_id=coverage.contract_id,
        coverage_id=coverage.id,
        person_id=person.id,
        nir_encrypted=cipher.encrypt(nir),
        nir_index=cipher.blind_index(nir),
        **{
            "attachment_rank": 1,
            "insured_last_name": person.last_name.upper(),
            "insured_first_name": person.first_name.upper(),
            "birth_date_raw": person.birth_date.strftime("%d%m%y"),
            "birth_rank": person.birth_rank,
            "regime": "01",
            "fund": "751",
            "centre": "000",
            "fund_name": "CPAM de Paris",
            "desired": "on",
            "desired_since": START,
        }
        | values,
    )
    db.add(link)
    db.flush()
    return link


def make_account(db: Session, person: Person, password_hash: str = "no password fits", **values) -> Account:
    account = Account(person_id=person.id, email=person.email, password_hash=password_hash, **values)
    db.add(account)
    db.flush()
    return account
