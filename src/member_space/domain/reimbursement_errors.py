"""Why an act cannot be computed: nothing is, rather than something wrong."""

from datetime import date
from enum import StrEnum


class Problem(StrEnum):
    """What is missing or contradictory; each has its own sentence."""

    UNKNOWN_ACT = "unknown_act"
    ACT_NOT_IN_FORCE = "act_not_in_force"
    OUT_OF_RIGHTS = "out_of_rights"
    NO_TARIFF = "no_tariff"
    TWO_TARIFFS = "two_tariffs"
    LENSES_UNKNOWN = "lenses_unknown"
    NEGATIVE = "negative"
    TWO_GUARANTEES = "two_guarantees"
    NOT_BORN = "not_born"


class CannotComputeError(ValueError):
    """``problem`` says what, ``act_code`` and ``day`` where, ``detail`` which figure or which days."""

    def __init__(self, problem: Problem, act_code: str, day: date, detail: str = "") -> None:
        super().__init__(f"{act_code} on {day.isoformat()}: {problem.value}{f' ({detail})' if detail else ''}")
        self.problem = problem
        self.act_code = act_code
        self.day = day
        self.detail = detail
