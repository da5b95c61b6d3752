"""The table of specialities of the product."""

from functools import lru_cache
from importlib.resources import files

from member_space.domain.speciality import Specialities, read_specialities


@lru_cache(maxsize=1)
def specialities() -> Specialities:
    """The table of the product, read once."""
    table = files("member_space") / "reference" / "specialities.csv"
    return read_specialities(table.read_text("utf-8").splitlines())
