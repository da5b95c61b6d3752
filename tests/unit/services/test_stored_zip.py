"""An archive known byte by byte before its files are read: cut anywhere and gone on with, it is the same."""

import io
import shutil
import subprocess
import zipfile
from datetime import datetime
from itertools import pairwise
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from member_space.services.stored_zip import Entry, StoredZip

AT = datetime(2026, 3, 12, 14, 5, 33)  # noqa: DTZ001 - as a ZIP says it
FILES = {"a": b"first", "b": b"", "c": bytes(range(256)) * 3}


class Files:
    """A storage that gives a few bytes at a time, and knows what it was asked."""

    def __init__(self, files, step=7):
        self.files, self.step, self.asked = files, step, []

    def __call__(self, key, start):
        self.asked.append((key, start))
        data = self.files[key]
        return (data[n : n + self.step] for n in range(start, len(data), self.step))


def entry(key, data, name=None):
    return Entry(name or f"documents/{key} – été.pdf", AT, len(data), crc32(data), key)


def archive(files=FILES, opened=None):
    entries = [entry(key, data) for key, data in files.items()]
    return StoredZip([*entries, Entry.of("LISEZMOI.txt", AT, "Vos documents, à vous".encode())], opened or Files(files))


def test_every_tool_reads_it(tmp_path):
    made = archive()
    whole = b"".join(made)
    assert len(whole) == made.size
    read = zipfile.ZipFile(io.BytesIO(whole))
    assert read.testzip() is None
    names = [info.filename for info in read.infolist()]
    assert names == [*(f"documents/{one} – été.pdf" for one in FILES), "LISEZMOI.txt"]
    assert [read.read(info) for info in read.infolist()][:3] == list(FILES.values())
    assert {info.date_time for info in read.infolist()} == {(2026, 3, 12, 14, 5, 32)}
    if unzip := shutil.which("unzip"):
        (tmp_path / "all.zip").write_bytes(whole)
        tested = subprocess.run([unzip, "-t", tmp_path / "all.zip"], capture_output=True, text=True, check=True)
        assert "No errors detected" in tested.stdout


def test_nothing_at_all_is_an_archive_too():
    assert zipfile.ZipFile(io.BytesIO(b"".join(StoredZip([], Files({}))))).namelist() == []


SIZE = archive().size
positions = st.integers(0, SIZE)


@given(positions, positions)
def test_any_part_is_that_part_of_the_whole(one, other):
    start, stop = sorted((one, other))
    assert b"".join(archive().app_iter_range(start, stop)) == b"".join(archive())[start:stop]


@given(st.lists(positions, max_size=6))
def test_cut_anywhere_and_gone_on_with_it_is_the_whole(cuts):
    edges = [0, *sorted(cuts), SIZE]
    parts = (b"".join(archive().app_iter_range(*edge)) for edge in pairwise(edges))
    assert b"".join(parts) == b"".join(archive())


def test_what_came_before_is_not_read_again():
    opened = Files(FILES)
    made = archive(opened=opened)
    at = b"".join(made).index(FILES["c"]) + 10
    opened.asked.clear()
    assert next(made.app_iter_range(at, None)) == FILES["c"][10:17]
    assert opened.asked == [("c", 10)]
    opened.asked.clear()
    # Nor what comes after.
    list(made.app_iter_range(0, 20))
    assert opened.asked == []


@pytest.mark.parametrize(
    "changed",
    [
        {**FILES, "d": b"more"},
        {"a": FILES["a"]},
        {**FILES, "a": b"f1rst"},
    ],
)
def test_other_bytes_have_another_tag(changed):
    assert archive().tag == archive().tag != archive(changed).tag


def test_another_name_or_date_has_another_tag():
    tags = {
        StoredZip([Entry(name, at, 3, 7, "k")], Files({})).tag
        for name, at in (("a", AT), ("b", AT), ("a", AT.replace(hour=15)))
    }
    assert len(tags) == 3


@pytest.mark.parametrize("there", [b"", b"firs"])
def test_a_file_shorter_than_its_row_breaks_off(there):
    made = archive(opened=Files({**FILES, "a": there}))
    with pytest.raises(OSError, match="shorter"):
        list(made)


def test_a_file_larger_than_its_row_spoils_nothing():
    made = archive(opened=Files({**FILES, "a": FILES["a"] + b" and more"}))
    assert b"".join(made) == b"".join(archive())


class Sparse(io.RawIOBase):
    """The archive as a file of which only what is asked for is made."""

    def __init__(self, made):
        self.made, self.at = made, 0

    def seekable(self):
        return True

    def readable(self):
        return True

    def seek(self, offset, whence=0):
        self.at = offset + (0, self.at, self.made.size)[whence]
        return self.at

    def tell(self):
        return self.at

    def read(self, size=-1):
        stop = self.made.size if size < 0 else min(self.at + size, self.made.size)
        data = b"".join(self.made.app_iter_range(self.at, stop))
        self.at += len(data)
        return data


def test_no_size_is_a_cliff():
    """Two files of 5 GB and a small one after them, found at its place; none of the zeros is made."""
    large = 5 << 30

    def opened(key, start):
        assert key == "small", "nobody asked for a large one"
        return iter([b"here"[start:]])

    entries = [Entry(f"{n}.pdf", AT, large, 0, f"large {n}") for n in range(2)]
    made = StoredZip([*entries, entry("small", b"here", "small.pdf")], opened)
    read = zipfile.ZipFile(Sparse(made))
    assert [info.file_size for info in read.infolist()] == [large, large, 4]
    assert read.getinfo("small.pdf").header_offset > 2 * large
    assert read.read("small.pdf") == b"here"


def test_more_files_than_the_old_format_counted():
    made = StoredZip([Entry.of(f"{n}", AT, b"") for n in range(66_000)], Files({}))
    assert len(zipfile.ZipFile(io.BytesIO(b"".join(made))).namelist()) == 66_000
