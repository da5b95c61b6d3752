"""The quotes of the desk's journeys: acts whose figures the tables of « Confort » give."""

from member_space.domain.quote import QuoteLine

CROWN = QuoteLine("crown", "Couronne céramique à tarif libre", 65_000, base=10_750)
IMPLANT = QuoteLine("implant", "Implant dentaire", 120_000)
