"""What the feeds share: shapes that reveal nothing, dates, encodings, lines, texts."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from member_space.services.feed import (
    MAX_LINE,
    MAX_SHOWN,
    FeedFile,
    FeedRefusedError,
    FeedValueError,
    Report,
    clean_text,
    encoding_of,
    read_date,
    shape,
)

COLUMNS = {"a": True, "b": True, "c": False}


def read(path: Path, size: int = 3) -> tuple[list[tuple[int, list[str]]], Report]:
    """The rows of a file with their numbers, and the report."""
    report = Report(path.name)
    feed = FeedFile(path, COLUMNS, report)
    rows = [
        (number, feed.split(raw))
        for lines in feed.chunks(size)
        for number, raw in zip(lines.numbers, lines.raw, strict=True)
    ]
    return rows, report


@given(st.text())
def test_a_shape_keeps_no_digit_nor_letter_and_is_short(value):
    told = shape(value)
    assert len(told) <= 25
    if value:
        assert not set(told) & set("012345678bcdefghijklmnopqrstuvwxyzBCDEFGHIJKLMNOPQRSTUVWXYZ")


def test_shapes():
    assert shape("") == "vide"
    assert shape("284058832102532") == "9" * 15
    assert shape("FR76 3000") == "AA99 9999"
    assert shape("Zoé") == "AaA"


@given(st.dates(min_value=date(1880, 1, 1)))
def test_a_date_reads_the_same_in_both_forms(day):
    assert read_date(day.isoformat()) == read_date(f"{day:%d/%m/}{day.year:04d}") == day


@pytest.mark.parametrize(
    "value", ["31/02/2026", "2026-13-01", "2026-3-1", "1/3/2026", "20260301", "0000-01-01", "1700-01-01", "٢٠٢٦-٠٣-٠١"]
)
def test_what_is_no_date_is_refused(value):
    with pytest.raises(FeedValueError):
        read_date(value)


@given(st.text())
def test_a_clean_text_fits_a_line_of_copy(value):
    try:
        text = clean_text(value, 50)
    except FeedValueError:
        return
    assert text.isprintable()
    assert len(text) <= 50
    assert text == text.strip()


@pytest.mark.parametrize(
    ("raw", "encoding"),
    [
        (b"a;b\n1;2\n", "utf-8"),
        ("a;b\n1;é\n".encode(), "utf-8"),
        ("a;b\n1;é\n".encode("utf-8-sig"), "utf-8"),
        ("a;b\n1;é€\n".encode("cp1252"), "cp1252"),
        ("a;b\n1;é".encode()[:-1], "cp1252"),
    ],
)
def test_encodings(tmp_path, raw, encoding):
    path = tmp_path / "feed.csv"
    path.write_bytes(raw)
    assert encoding_of(path) == encoding
    assert len(read(path)[0]) == 1


@given(
    st.lists(
        st.tuples(*[st.text(st.characters(exclude_characters="\0\r\n", exclude_categories=("Cs",)), max_size=8)] * 2),
        max_size=8,
    ),
    st.integers(1, 4),
    st.sampled_from(["\n", "\r\n"]),
)
def test_what_is_written_is_read_whatever_the_size_of_the_chunks(tmp_path_factory, rows, size, end):
    path = tmp_path_factory.mktemp("feed") / "feed.csv"
    quoted = [";".join('"' + value.replace('"', '""') + '"' for value in row) for row in rows]
    path.write_text(end.join(["a;b", *quoted, ""]), "utf-8", newline="")
    found, report = read(path, size)
    assert found == [(number, list(row)) for number, row in enumerate(rows, start=2)]
    assert report.refused == 0


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"1;2;3", "3 colonnes au lieu de 2"),
        (b"1", "1 colonnes au lieu de 2"),
        (b"1;\0", "NUL"),
        (b"1\r;2", "retour chariot"),
        (b'1;"2', "guillemets"),
        (b'1;"2"x', "guillemets"),
        (b"1;" + b"2" * MAX_LINE, "lecture arr"),
    ],
)
def test_a_line_that_is_no_row_is_refused_and_the_others_read(tmp_path, line, reason):
    path = tmp_path / "feed.csv"
    path.write_bytes(b"a;b\n1;2\n\n" + line + b"\n")
    rows, report = read(path)
    assert rows == [(2, ["1", "2"])]
    assert [(remark.line, reason in remark.reason) for remark in report.refusals] == [(4, True)]


@pytest.mark.parametrize(
    ("raw", "column", "reason"),
    [
        (b"", "", "fichier vide"),
        (b"\n1;2\n", "", "fichier vide"),
        (b"1;2\n", "", "noms des colonnes"),
        (b"a,b\n", "", "noms des colonnes"),
        (b"a;c\n", "b", "absente"),
        (b"a;b;d\n", "", "inconnue"),
        (b"a;b;A\n", "a", "double"),
        (b"\xff\xfea\0;\0b\0\n\0", "", "noms des colonnes"),
    ],
)
def test_a_wrong_header_refuses_the_file(tmp_path, raw, column, reason):
    path = tmp_path / "feed.csv"
    path.write_bytes(raw)
    with pytest.raises(FeedRefusedError) as refusal:
        read(path)
    [remark] = refusal.value.report.refusals
    assert (remark.line, remark.column) == (1, column)
    assert reason in remark.reason


def test_a_report_keeps_some_refusals_and_counts_all():
    report = Report("feed.csv")
    for line in range(MAX_SHOWN + 10):
        report.refuse(line, "a", "", "no")
    assert (len(report.refusals), report.refused) == (MAX_SHOWN, MAX_SHOWN + 10)
