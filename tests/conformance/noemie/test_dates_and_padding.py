"""Chapter 5: dates without a century, lunar dates, zeros, and zones padded in unusual ways."""

from datetime import date

import pytest

from member_space.noemie import Envelope, Line
from tests.conformance.noemie import hand
from tests.conformance.noemie.hand import e120, e140, e290


def line(*, born: str = "140855", **rubric: str) -> Line:
    return hand.lines(hand.file_of(hand.body([e120(born), e140(**rubric), e290()])))[0]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("20260101", date(2026, 1, 1)),
        ("20241231", date(2024, 12, 31)),
        ("20240229", date(2024, 2, 29)),
        ("00000000", None),
        ("        ", None),
        ("\0" * 8, None),
        ("20250229", None),
        ("20261301", None),
        ("01012026", None),
        ("2026010\xb9", None),
        ("99991231", date(9999, 12, 31)),
    ],
)
def test_contract_dates(text: str, day: date | None) -> None:
    read = line(start=text, end=text)
    assert (read.start, read.end) == (day, day)
    assert (read.start_raw, read.end_raw) == (text, text)


@pytest.mark.parametrize("raw", ["000000", "000055", "311455", "993055", "      ", "14 855", "140855"])
def test_birth_dates_stay_as_they_are(raw: str) -> None:
    assert line(born=raw).birth_date_raw == raw


def test_the_header_is_in_day_month_year_order() -> None:
    envelope = hand.read_all(hand.file_of(hand.ONE, head=hand.header(created="190217")))[0]
    assert isinstance(envelope, Envelope)
    assert envelope.created_on == date(2017, 2, 19)


@pytest.mark.parametrize("member", ["      3 ", "3       ", "\0\0\0\0\0\0\x003", "3\0\0\0\0\0\0\0"])
def test_member_number_padded_anyhow(member: str) -> None:
    assert line(member=member).member_number == "3"


@pytest.mark.parametrize("pad", [" ", "\0"])
def test_labels_padded_with_spaces_or_nul(pad: str) -> None:
    verdict = e290(label="CREATION".ljust(80, pad))
    assert hand.lines(hand.file_of(hand.body([e120(), e140(), verdict])))[0].label == "CREATION"


def test_what_is_inside_a_label_is_kept() -> None:
    verdict = e290(label="CHANGEMENT  DE\0CAISSE")
    assert hand.lines(hand.file_of(hand.body([e120(), e140(), verdict])))[0].label == "CHANGEMENT  DE\0CAISSE"


@pytest.mark.parametrize("movement", ["C", "M", "A", "X", " "])
@pytest.mark.parametrize("kind", ["01", "89", "  ", "XX"])
def test_a_fund_may_send_back_what_it_refuses(movement: str, kind: str) -> None:
    read = line(movement=movement, kind=kind)
    assert (read.movement, read.contract_type) == (movement.strip(), kind.strip())
