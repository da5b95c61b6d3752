"""Parse of a 929 of one million answers beside the bare slicing of the same zones, and its memory.

The floor reads the same records of the same file and cuts every zone of every entity at fixed places into tuples: no
check of length, level, counter or order, no typed record, no line put together.
"""

import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from benchmarks.measure import beside, best_of, under
from benchmarks.noemie_files import write_929
from member_space.noemie import Framing, Line, read

ANSWERS = 1_000_000
RATIO = 2.5
MEGABYTES = 64
ROUNDS = 3
Result = dict[str, object]


def parse(stream: BinaryIO) -> int:
    """The reader: every check made, typed records with every zone cut."""
    return sum(isinstance(item, Line) for item in read(stream))


def slices(stream: BinaryIO) -> int:
    """The floor: the zones of 010, 110, 120, 140, 290 and 990, cut and put in tuples."""
    answers = 0
    insured = beneficiary = rubric = insurer = ()  # type: tuple[str, ...]
    while prefix := stream.read(4):
        t = stream.read(int(prefix)).decode("latin-1")
        stream.read(2)
        at, size = 0, len(t)
        while at < size:
            number = t[at : at + 3]
            if number == "290":
                verdict = (
                    number,
                    t[at + 3 : at + 5],
                    t[at + 5 : at + 7],
                    t[at + 7 : at + 10],
                    t[at + 10 : at + 14],
                    t[at + 14 : at + 16],
                    t[at + 16 : at + 17],
                    t[at + 17 : at + 97],
                )
                answer = (insurer, insured, beneficiary, rubric, verdict)
                answers += len(answer) == 5
                at += 98
            elif number == "120":
                beneficiary = (
                    number,
                    t[at + 3 : at + 5],
                    t[at + 5 : at + 11],
                    t[at + 11 : at + 12],
                    t[at + 12 : at + 37],
                    t[at + 37 : at + 52],
                    t[at + 52 : at + 56],
                )
                at += 57
            elif number == "140":
                rubric = (
                    number,
                    t[at + 3 : at + 5],
                    t[at + 5 : at + 13],
                    t[at + 13 : at + 14],
                    t[at + 14 : at + 16],
                    t[at + 16 : at + 24],
                    t[at + 24 : at + 32],
                    t[at + 32 : at + 34],
                    t[at + 34 : at + 42],
                    t[at + 42 : at + 50],
                    t[at + 50 : at + 68],
                )
                at += 69
            elif number == "110":
                insured = (
                    number,
                    t[at + 3 : at + 5],
                    t[at + 5 : at + 18],
                    t[at + 18 : at + 20],
                    t[at + 20 : at + 21],
                    t[at + 21 : at + 46],
                    t[at + 46 : at + 47],
                    t[at + 47 : at + 72],
                    t[at + 72 : at + 87],
                )
                at += 88
            elif number == "990":
                (
                    number,
                    t[at + 3 : at + 5],
                    t[at + 5 : at + 22],
                    t[at + 22 : at + 30],
                    t[at + 30 : at + 41],
                    t[at + 41 : at + 42],
                )
                at += 43
            elif number == "010":
                insurer = (number, t[at + 3 : at + 5], t[at + 5 : at + 12], t[at + 12 : at + 13])
                at += 14
            else:
                break
    return answers


def run(answers: int = ANSWERS) -> list[Result]:
    """Time when a record holds several entities, and when it holds one (on a fifth of the answers); peak memory for a
    fifth and for all, which shows that it does not grow."""
    fifth = answers // 5
    with tempfile.TemporaryDirectory() as folder:
        packed, single = Path(folder) / "packed.txt", Path(folder) / "single.txt"
        write_929(packed, answers, Framing.PACKED)
        write_929(single, fifth, Framing.RECORDS)
        return [
            _time("parse 929, several entities a record", packed, answers),
            _time("parse 929, one entity a record", single, fifth),
            under(f"parse 929, peak memory, {fifth} answers", _peak(single), "MB", MEGABYTES),
            under(f"parse 929, peak memory, {answers} answers", _peak(packed), "MB", MEGABYTES),
        ]


def _time(name: str, path: Path, answers: int) -> Result:
    value = floor = float("inf")
    for _ in range(ROUNDS):
        floor = min(floor, _seconds(slices, path, answers))
        value = min(value, _seconds(parse, path, answers))
    return beside(name, value, f"s for {answers} answers", RATIO, floor=floor)


def _seconds(work: Callable[[BinaryIO], int], path: Path, answers: int) -> float:
    with path.open("rb") as stream:
        found = 0

        def call() -> None:
            nonlocal found
            found = work(stream)

        seconds = best_of(1, call)
    if found != answers:
        raise AssertionError(f"{found} answers instead of {answers}")
    return seconds


def _peak(path: Path) -> float:
    """Megabytes at most in the memory of a new process that parses the file, interpreter included."""
    command = [sys.executable, "-m", "benchmarks.parse_929", str(path)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def _high_water_mark() -> float:
    # Not getrusage: its maximum is inherited from the process that started this one.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    with Path(sys.argv[1]).open("rb") as file:
        parse(file)
    print(_high_water_mark())
