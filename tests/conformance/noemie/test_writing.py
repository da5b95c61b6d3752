"""Chapter 8: the writer, judged on columns written by hand and by reading back."""

import io
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from member_space.noemie import (
    Closing,
    Entry,
    Envelope,
    Framing,
    Fund,
    Line,
    LogicalFile,
    Movement,
    logical_files,
    read,
    stream,
    write,
)
from member_space.noemie.errors import ZoneError
from tests.conformance.noemie import hand

OC = "12345678"
DAY = date(2026, 3, 15)
PARIS, LILLE, FARMERS = Fund("01", "751", "000"), Fund("01", "594", "000"), Fund("02", "590", "123")
LINE_ENDS = [b"\r\n", b"\n", b""]

CAMILLE = Entry(
    nir=hand.NIR,
    key=hand.KEY,
    name="Specimen",
    first_name="Camille",
    birth_date_raw="140855",
    beneficiary_name="Specimen",
    beneficiary_first_name="Camille",
    member_number="00012345",
    movement="C",
    start=date(2026, 1, 1),
    end=date(2099, 12, 31),
)

ENVELOPE = Envelope("CP", "01751000", "MU", "00000012345678", "RJ", "000001", DAY, "929")


def file_for(*movements: tuple[Fund, Entry]) -> list[LogicalFile]:
    return logical_files(movements, oc_number=OC, created_on=DAY)


def entities(data: bytes) -> list[str]:
    """The records of a file of one entity a record, without length nor line end."""
    return [record[4:].decode("latin-1") for record in data.split(b"\r\n")[:-1]]


def again(data: bytes) -> list[LogicalFile]:
    """The logical files read in ``data``, ready to be written."""
    files: list[LogicalFile] = []
    lines: list[Line] = []
    for item in read(io.BytesIO(data)):
        if isinstance(item, Envelope):
            lines = []
        elif isinstance(item, Line):
            lines.append(item)
        else:
            files.append(LogicalFile(item.envelope, OC, lines))
    return files


def test_column_by_column() -> None:
    start = "OC12345678      " + " " * 6 + "CP      01751000" + " " * 6 + "MUNOEVAL"
    expected = [
        ("000" + start + "150326408   0NU" + " " * 12 + "128").ljust(128),
        hand.e010(),
        hand.e110(),
        hand.e140(),
        hand.e120(),
        hand.e990("02", 2, hand.NIR + hand.KEY),
        hand.e990("01", 1, OC),
        ("999" + start + "00000008" + " " * 19 + "001" + "0" * 11 + "P").ljust(128),
    ]
    assert entities(write(file_for((PARIS, CAMILLE)))) == expected


@pytest.mark.parametrize("movement", ["C", "M", "A"])
def test_movements(movement: str) -> None:
    data = write(file_for((PARIS, replace(CAMILLE, movement=movement))))
    lines = hand.lines(data)
    assert [type(line) for line in lines] == [Movement]
    assert lines[0].movement == movement


@pytest.mark.parametrize("movement", ["X", "", "c"])
def test_no_other_movement(movement: str) -> None:
    with pytest.raises(ZoneError) as caught:
        write(file_for((PARIS, replace(CAMILLE, movement=movement))))
    assert (caught.value.entity, caught.value.position) == ("140", 14)


def test_one_logical_file_for_each_fund() -> None:
    child = replace(CAMILLE, birth_date_raw="010120", birth_rank="2")
    files = file_for((PARIS, CAMILLE), (FARMERS, CAMILLE), (LILLE, CAMILLE), (PARIS, child))
    assert [(f.envelope.recipient_type, f.envelope.recipient, len(list(f.lines))) for f in files] == [
        ("CP", "01594000", 1),
        ("CP", "01751000", 2),
        ("MA", "02590123", 1),
    ]
    items = hand.read_all(write(files))
    assert [item.envelope.fund for item in items if isinstance(item, Closing)] == [LILLE, PARIS, FARMERS]


def test_the_lines_of_one_insured_share_its_110() -> None:
    child = replace(CAMILLE, birth_date_raw="010120")
    written = entities(write(file_for((PARIS, CAMILLE), (PARIS, child))))
    assert [entity[:3] for entity in written] == ["000", "010", "110", "140", "120", "140", "120", "990", "990", "999"]


def test_counters_of_every_framing_are_checked_by_the_reader() -> None:
    files = file_for((PARIS, CAMILLE), (PARIS, replace(CAMILLE, nir="1550814168025")), (LILLE, CAMILLE))
    for framing in Framing:
        for line_end in LINE_ENDS:
            items = hand.read_all(write(files, framing=framing, line_end=line_end))
            assert [item.lines for item in items if isinstance(item, Closing)] == [1, 2]


def test_written_piece_by_piece() -> None:
    files = file_for((PARIS, CAMILLE), (LILLE, CAMILLE))
    assert b"".join(stream(files)) == write(files)
    assert len(list(stream(files))) == 16


def test_no_movement_no_file() -> None:
    assert write(file_for()) == b""


def test_a_929_is_written_from_the_same_tables() -> None:
    envelope = hand.read_all(hand.file_of(hand.ONE))[0]
    assert isinstance(envelope, Envelope)
    answer = replace(CAMILLE, code="33", nature="C", label="CREATION INFO.OC ACQUITTEE")
    data = write([LogicalFile(envelope, OC, [answer])])
    assert entities(data)[1:5] == [*hand.ONE[:2], hand.e120(), hand.e140()]
    assert entities(data)[5] == hand.e290()


class TestZones:
    def written(self, **changes: object) -> Line:
        return hand.lines(write(file_for((PARIS, replace(CAMILLE, **changes)))))[0]  # type: ignore[arg-type]

    def refused(self, entity: str, position: int, **changes: object) -> None:
        with pytest.raises(ZoneError) as caught:
            self.written(**changes)
        assert (caught.value.entity, caught.value.position) == (entity, position)

    def test_names_are_upper_case_without_accents(self) -> None:
        line = self.written(name="Lefèvre-Œuvrard", first_name="Éloïse", beneficiary_name="d\u2019Août")
        assert (line.name, line.first_name, line.beneficiary_name) == ("LEFEVRE-OEUVRARD", "ELOISE", "D'AOUT")

    def test_names_are_cut_to_the_zone(self) -> None:
        line = self.written(name="a" * 40, first_name="b" * 14 + " c", second_name="d" * 26, second_name_kind="P")
        assert (line.name, line.first_name) == ("A" * 25, "B" * 14)
        assert (line.second_name, line.second_name_kind) == ("D" * 25, "P")

    @pytest.mark.parametrize("name", ["A@B", "Иван", "A\tB", "A\nB", "A\0B", "\u2603"])
    def test_what_cannot_be_written_in_a_name(self, name: str) -> None:
        self.refused("110", 22, name=name)
        self.refused("120", 38, beneficiary_first_name=name)

    @pytest.mark.parametrize("nir", ["255081416802", "25508141680250", "255081416802@", "255081416802\u0660", ""])
    def test_a_nir_is_never_cut_nor_padded(self, nir: str) -> None:
        if nir:
            self.refused("110", 6, nir=nir)

    def test_a_nir_of_corsica(self) -> None:
        assert self.written(nir="185012A004250").nir == "185012A004250"

    @pytest.mark.parametrize("key", ["3", "388", "3A", "\u00b938"])
    def test_key(self, key: str) -> None:
        self.refused("110", 19, key=key)

    @pytest.mark.parametrize("number", ["123456789", "1@", "\u20ac"])
    def test_member_number(self, number: str) -> None:
        self.refused("140", 6, member_number=number)

    @pytest.mark.parametrize("raw", ["14085", "1408550", "14 855", "14/855"])
    def test_birth_date(self, raw: str) -> None:
        self.refused("120", 6, birth_date_raw=raw)

    @pytest.mark.parametrize("raw", ["000000", "000055", "993055"])
    def test_lunar_birth_dates_are_written_as_they_are(self, raw: str) -> None:
        assert self.written(birth_date_raw=raw).birth_date_raw == raw

    def test_no_end(self) -> None:
        line = self.written(end=None)
        assert (line.end, line.end_raw) == (None, "00000000")

    @pytest.mark.parametrize("oc", ["1234567", "123456789", "1234567X"])
    def test_oc_number(self, oc: str) -> None:
        with pytest.raises(ZoneError) as caught:
            write(logical_files([(PARIS, CAMILLE)], oc_number=oc, created_on=DAY))
        assert caught.value.entity == "010"

    def test_a_message_shows_nobody(self) -> None:
        with pytest.raises(ZoneError) as caught:
            self.written(nir="2550814168025999")
        assert "2550814168025" not in str(caught.value)
        assert "entité 110, position 6" in str(caught.value)


latin_words = st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_categories=["Cc"]), max_size=30)
names = latin_words.filter(lambda text: not set(text) & set("@µ"))
digits = st.text("0123456789")
nirs = st.from_regex(r"[1-478][0-9]{4}(2A|2B|[0-9]{2})[0-9]{6}", fullmatch=True)
days = st.dates(date(1900, 1, 1), date(2199, 12, 31))
entries = st.builds(
    Entry,
    nir=nirs,
    key=st.from_regex("[0-9]{2}", fullmatch=True),
    name_kind=st.sampled_from(["P", "M", "U"]),
    name=names,
    second_name_kind=st.sampled_from(["", "P"]),
    second_name=names,
    first_name=names,
    birth_date_raw=st.from_regex("[0-9]{6}", fullmatch=True),
    birth_rank=st.sampled_from("123456789"),
    beneficiary_name=names,
    beneficiary_first_name=names,
    management_unit=st.sampled_from(["", "0000", "1234"]),
    member_number=st.from_regex("[A-Z0-9]{0,8}", fullmatch=True),
    movement=st.sampled_from("CMA"),
    contract_type=st.from_regex("[0-9]{2}", fullmatch=True),
    start=st.none() | days,
    end=st.none() | days,
)
funds = st.sampled_from([PARIS, LILLE, FARMERS])
movements = st.lists(st.tuples(funds, entries), max_size=8)


@settings(deadline=None)
@given(movements, st.sampled_from(Framing), st.sampled_from(LINE_ENDS))
def test_what_is_written_is_read_back_byte_for_byte(
    wanted: list[tuple[Fund, Entry]], framing: Framing, line_end: bytes
) -> None:
    data = write(file_for(*wanted), framing=framing, line_end=line_end)
    if data:
        assert write(again(data), framing=framing, line_end=line_end) == data


@settings(deadline=None)
@given(movements)
def test_nothing_is_lost_on_the_way(wanted: list[tuple[Fund, Entry]]) -> None:
    data = write(file_for(*wanted))
    found = hand.lines(data) if data else []
    by_fund = sorted(wanted, key=lambda pair: pair[0])
    kept = ("nir", "key", "birth_date_raw", "birth_rank", "member_number", "movement", "contract_type", "start", "end")
    assert [[getattr(line, name) for name in kept] for line in found] == [
        [getattr(entry, name) for name in kept] for _, entry in by_fund
    ]


@settings(deadline=None)
@given(st.lists(entries, min_size=1, max_size=5), st.sampled_from("CRSI"), st.from_regex("[0-9]{2}", fullmatch=True))
def test_answers_too(wanted: list[Entry], nature: str, code: str) -> None:
    answers = [replace(entry, code=code, nature=nature, label="LIBELLE") for entry in wanted]
    data = write([LogicalFile(ENVELOPE, OC, answers)])
    assert write(again(data)) == data
    assert [(line.code, line.nature) for line in hand.lines(data)] == [(code, nature)] * len(wanted)
