"""Files of reimbursements: whatever their length, the memory of one line."""

import tracemalloc
import zipfile
from datetime import date
from decimal import Decimal
from io import BytesIO
from uuid import UUID

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from member_space.services.care_line import CareLine, Payee
from member_space.services.reimbursement_files import FileFormat, Wanted, write_file
from member_space.services.spreadsheet import Sheet, write_sheet

LINES, MEGABYTE = 3_000, 1_000_000
LINE = CareLine(
    id=1,
    contract_id=1,
    person_id=1,
    care_date=date(2026, 3, 12),
    fee=3000,
    amo_net=1900,
    other_insurer=0,
    our_share=900,
    member_share=200,
    statement_id=UUID(int=1),
    statement_reference="D00000001",
    rank=1,
    issued_on=date(2026, 3, 18),
    paid_on=date(2026, 3, 20),
    payee_name="Camille Durand",
    act_code="G",
    family="consultation",
    label="Consultation",
    practitioner="Dr Anne Lemaître",
    quantity=1,
    base=3000,
    amo_rate=7000,
    amo_gross=2100,
    participation=200,
    franchise=0,
    deferred=0,
    zero_reason=None,
    person_name="Camille",
    person_full_name="Camille Durand",
    is_open=True,
    payee=Payee.YOU,
)


class Counted:
    """Keeps nothing of what is written."""

    size = 0

    def write(self, data: bytes, /) -> int:
        self.size += len(data)
        return len(data)

    def flush(self) -> None: ...
    def close(self) -> None: ...


def lines():
    """Each of another statement: FHIR keeps the lines of one at a time."""
    return (LINE._replace(statement_id=UUID(int=n)) for n in range(LINES))


@pytest.mark.parametrize("kind", list(FileFormat))
def test_three_thousand_lines_take_less_than_a_megabyte(kind):
    wanted, out = Wanted(date(2020, 1, 1), date(2026, 12, 31), kind), Counted()
    write_file(out, wanted, [LINE], "Mutuelle", str)  # what is loaded once is not counted
    tracemalloc.start()
    write_file(out, wanted, lines(), "Mutuelle", str)
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < MEGABYTE
    assert out.size > 10_000


texts = st.text(st.characters(codec="utf-8"), max_size=30)


@given(st.lists(st.tuples(texts, st.integers(-(10**9), 10**9), st.dates(date(1901, 1, 1)), st.none()), max_size=5))
def test_a_spreadsheet_is_read_back_by_another_reader(rows):
    """Any text, but for what XML cannot hold; an empty one is an empty cell."""
    out = BytesIO()
    write_sheet(out, Sheet("Feuille & <1>", ["T", "N", "D", "V"], [10, 10, 10, 10]), rows)
    assert zipfile.ZipFile(out).testzip() is None
    found = openpyxl.load_workbook(out).active
    assert found.title == "Feuille & <1>"
    for row, cells in zip(rows, found.iter_rows(min_row=2), strict=True):
        assert [cells[1].value, cells[2].value.date(), cells[3].value] == [row[1], row[2], None]
        kept = "".join(one for one in row[0] if one in "\t\n\r" or (one >= " " and one not in "\ufffe\uffff"))
        assert (cells[0].value or "").replace("\r", "\n") == kept.replace("\r\n", "\n").replace("\r", "\n")
        assert cells[0].data_type != "f"


def test_a_decimal_is_shown_with_its_two_decimals():
    out = BytesIO()
    write_sheet(out, Sheet("A", ["M"], [10]), [[Decimal("-12.50")]])
    cell = openpyxl.load_workbook(out).active["A2"]
    assert (cell.value, cell.number_format) == (-12.5, "#,##0.00")
