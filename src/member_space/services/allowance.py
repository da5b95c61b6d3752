"""« Ce qu’il me reste de mes forfaits » (C32): the caps of each person whose care the viewer reads, as used by today.

What was used is what was paid: each line is read after those before it by the engine, as its explanation is; one that
the engine does not find is counted by its amounts. Another adult who keeps his care to himself has no row here, as a
used cap tells the nature of a care.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from member_space.domain.allowance import Allowance, allowances
from member_space.domain.reimbursement_figures import Figures
from member_space.domain.reimbursement_usage import Usage
from member_space.models.base import period_of
from member_space.services.figures import figures_of
from member_space.services.household import Household, HouseholdMember
from member_space.services.line_insured import grouped, insured_of, lines_query, looked_back
from member_space.services.line_replay import Insured, usage_of


@dataclass(frozen=True, slots=True)
class PersonAllowances:
    """A person under a contract today and what is left to him, in the order of the table. ``has_table``: whether the
    contract's guarantees are known, as without them nothing can be told."""

    public_id: UUID
    name: str
    first_name: str
    contract_number: str
    has_table: bool
    allowances: tuple[Allowance, ...]


@dataclass(frozen=True, slots=True)
class AllowancePage:
    """``closed``: names of the adults who keep their care to themselves; ``last_care``: the latest day of care
    counted, None when nothing was."""

    persons: tuple[PersonAllowances, ...]
    closed: tuple[str, ...]
    last_care: date | None


def allowances_of(db: Session, household: Household) -> AllowancePage:
    """What is left today to whoever is covered today; five statements, whatever the household."""
    today, open_pairs = household.today, set(household.open)
    insured = insured_of(db, household.contract_ids)
    figures = figures_of(db)
    members = [member for member in household.members if _is_covered(insured, member, today)]
    shown = [member for member in members if (member.contract_id, member.person_id) in open_pairs]
    query = lines_query(household.contract_ids, looked_back(today))
    persons = query.selected_columns.person_id.in_({member.person_id for member in shown})
    usages: dict[tuple[int, int], Usage] = {}
    last_care: date | None = None
    for pair, lines in grouped(iter(db.execute(query.where(persons)))):
        if pair in open_pairs:
            usages[pair] = usage_of(lines, insured[pair], figures)
            last_care = max(lines[-1].care_date, last_care or lines[-1].care_date)
    household.note(member.person_id for member in shown)
    found = [_of_person(member, insured, figures, usages, today) for member in shown]
    closed = tuple(member.name for member in members if member not in shown)
    return AllowancePage(tuple(found), closed, last_care)


def _of_person(
    member: HouseholdMember,
    insured: dict[tuple[int, int], Insured],
    figures: Figures,
    usages: dict[tuple[int, int], Usage],
    today: date,
) -> PersonAllowances:
    pair = (member.contract_id, member.person_id)
    table = insured[pair].table_on(today)
    found = allowances(table, figures, usages.get(pair, Usage()), member.birth_date, today) if table else []
    return PersonAllowances(
        member.public_id, member.name, member.first_name, member.contract_number, table is not None, tuple(found)
    )


def _is_covered(insured: dict[tuple[int, int], Insured], member: HouseholdMember, today: date) -> bool:
    """Whether this very coverage is in force: a person who came back has another one."""
    return (member.contract_id, member.person_id) in insured and period_of(member.period).contains(today)
