"""What one may do from which age on: the dated rows of reference/ages.csv, read once (R22)."""

from datetime import date
from functools import lru_cache
from importlib.resources import files

from member_space.domain.birth import age_on, latest_birth
from member_space.domain.reference import Age, AgeRule, age_in_force
from member_space.domain.reference_rows import load_ages, read_rows


@lru_cache(1)
def _ages() -> tuple[Age, ...]:
    table = files("member_space") / "reference" / "ages.csv"
    with table.open(encoding="utf-8") as lines:
        return tuple(load_ages(read_rows(lines)))


@lru_cache(1000)
def age_of(rule: AgeRule, day: date) -> int:
    """The age in years that the rule asks for on that day."""
    return age_in_force(_ages(), rule, day)


def is_adult(birth: date, day: date) -> bool:
    """Of age on that day; a child not yet born on it is a minor."""
    return _reached(AgeRule.ADULT, birth, day)


def may_have_account(birth: date, day: date) -> bool:
    """Old enough for a space of one's own; before, the holder of the contract sees to everything."""
    return _reached(AgeRule.ACCOUNT, birth, day)


def last_birth_of_adults(day: date) -> date:
    """Whoever was born on it or before is of age on that day, and nobody else is: `is_adult` for a query."""
    return latest_birth(age_of(AgeRule.ADULT, day), day)


def _reached(rule: AgeRule, birth: date, day: date) -> bool:
    return birth <= day and age_on(birth, day) >= age_of(rule, day)
