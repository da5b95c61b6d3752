"""The demo's files: households and statements, written as the claims engine would (docs/feeds.md)."""

import csv
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from member_space.domain.money import to_decimal_text
from member_space.domain.reimbursement import LineAmounts
from member_space.services.demo.care import CareLine, Insured, statements_of
from member_space.services.demo.families import CONTRACTS_START, FAMILIES, DemoPerson, Family

AMOUNTS = LineAmounts._fields
"""Columns of the feed; a rate is written as an amount is, in hundredths."""


def write_feed(path: Path, rows: Iterable[dict[str, str]]) -> Path:
    """A CSV with `;`, in UTF-8, its header from the first row."""
    rows = list(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=";", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


def insured_people(today: date) -> dict[str, Insured]:
    """What the computation of care needs of each person."""
    return {
        person.ref: Insured(family.contract, family.table, person.born_on(today), person.covered_from(today))
        for family in FAMILIES
        for person in family.people
    }


def household_rows(today: date, *, second_attachments: bool) -> Iterator[dict[str, str]]:
    """One row a coverage; the second NIR of attachment only when asked, as a child's mother asks for it later."""
    for family in FAMILIES:
        for person in family.people:
            yield _contract(family, today) | _person(person, family, today) | _attachments(person, second_attachments)


def _contract(family: Family, today: date) -> dict[str, str]:
    last_day, portability = family.last_day(today), family.portability(today)
    return {
        "contract_number": family.contract,
        "member_number": family.member_number,
        "product": "SANTE",
        "product_label": "Complémentaire santé",
        "plan_label": family.plan,
        "guarantee_table": family.table,
        "amc_number": "0775999998",
        "amc_name": "Mutuelle Horizon Santé",
        "csr": "HS01",
        "convention_type": "SP",
        "conventions": "OPTI=IS:1 OPTI=SP:2",
        "card_model": "ESSENTIEL" if family.plan.startswith("Essentiel") else "CONFORT",
        "responsible": "oui",
        "contract_start": CONTRACTS_START.isoformat(),
        "contract_end": last_day.isoformat() if last_day else "",
        "portability_start": portability.start.isoformat() if portability else "",
        "portability_end": portability.end.isoformat() if portability and portability.end else "",
    }


def _person(person: DemoPerson, family: Family, today: date) -> dict[str, str]:
    first_name = person.first_name.lower().replace("é", "e").replace("è", "e")
    return {
        "person_ref": person.ref,
        "last_name": person.last_name,
        "birth_name": person.birth_name,
        "first_name": person.first_name,
        "birth_date": person.born_on(today).isoformat(),
        "relation": person.relation,
        "coverage_start": person.covered_from(today).isoformat(),
        "coverage_end": last_day.isoformat() if (last_day := family.last_day(today)) else "",
        "email": f"{first_name}@demo.example" if person.mobile else "",
        "mobile": person.mobile,
        "address_line1": family.address[0],
        "postcode": family.address[1],
        "city": family.address[2],
        "nir": person.nir,
    }


def _attachments(person: DemoPerson, second: bool) -> dict[str, str]:
    columns: dict[str, str] = {}
    for rank in (1, 2):
        given = person.attachments[rank - 1 : rank] if rank == 1 or second else ()
        for attachment in given or (None,):
            regime, fund, centre, fund_name = attachment.fund if attachment else ("", "", "", "")
            columns |= {
                f"attachment{rank}_nir": attachment.nir if attachment else "",
                f"attachment{rank}_insured_last_name": attachment.last_name if attachment else "",
                f"attachment{rank}_insured_first_name": attachment.first_name if attachment else "",
                f"attachment{rank}_regime": regime,
                f"attachment{rank}_fund": fund,
                f"attachment{rank}_centre": centre,
                f"attachment{rank}_fund_name": fund_name,
                f"attachment{rank}_desired": attachment.desired if attachment else "",
            }
    return columns


def statement_rows(lines: Iterable[CareLine], first: int = 1) -> Iterator[dict[str, str]]:
    """One row a line, the lines of a statement together; ``first``: the number of the first statement."""
    holders = {family.contract: family.people[0] for family in FAMILIES}
    for number, ((contract, payee, name, paid_on), together) in enumerate(statements_of(lines).items(), start=first):
        holder = holders[contract]
        total = sum(line.amounts.our_share for line in together)
        # No bank sends 0 €: such a statement has no transfer.
        payment = f"HORIZON {paid_on:%d%m%y} {number:05d}" if total else ""
        header = {
            "statement_ref": f"{paid_on:%Y}-{number:05d}",
            "contract_number": contract,
            "issued_on": paid_on.isoformat(),
            "payee": payee,
            "payee_name": name or f"{holder.first_name} {holder.last_name}",
            "payment_ref": payment,
            "paid_on": paid_on.isoformat() if payment else "",
            "iban_last4": "" if name or not payment else f"{int(holder.ref[2:]) % 10_000:04d}",
            "statement_total": to_decimal_text(total, ","),
        }
        for line in together:
            yield header | _line(line)


def _line(line: CareLine) -> dict[str, str]:
    amounts = {name: to_decimal_text(getattr(line.amounts, name), ",") for name in AMOUNTS}
    return {
        "person_ref": line.person,
        "care_date": line.care_date.isoformat(),
        "act_code": line.act.code,
        "practitioner": line.practitioner,
        "quantity": str(line.quantity),
        **amounts,
        "zero_reason": line.zero_reason or "",
    }
