"""The worked examples computed on a day: by the product's tables, and the demonstration's « Confort » where the
trade's sheet leaves the amount to the guarantee."""

from dataclasses import dataclass
from datetime import date

from member_space.domain.reimbursement_errors import CannotComputeError
from member_space.domain.worked_examples import Shares, WorkedExample, found_by_engine, load_examples, minimum_table
from member_space.services.demo.products import shipped_tables
from member_space.services.figures import shipped_figures, shipped_rows

PER_GUARANTEE = "CONFORT"


@dataclass(frozen=True, slots=True)
class Worked:
    """An example and what the engine finds; ``error``: why it finds nothing."""

    example: WorkedExample
    found: Shares | None
    error: str = ""

    @property
    def is_equal(self) -> bool:
        """Whether it is what it must be, to the cent."""
        return self.found == self.example.expected


def worked_examples(day: date) -> list[Worked]:
    """Each of them, in order, as care of that day."""
    figures = shipped_figures()
    tables = {"minimum": minimum_table(), "demo": shipped_tables(figures)[PER_GUARANTEE]}
    done = []
    for example in load_examples(shipped_rows("worked_examples.csv"), day):
        try:
            done.append(Worked(example, found_by_engine(example, tables, figures)))
        except CannotComputeError as error:
            done.append(Worked(example, None, str(error)))
    return done
