"""No secret in a log: everything that the whole suite logs is kept, as production would write it, and searched.

Each worker writes its own file; at the end the controller reads them all and fails the run when something leaks.
"""

import json
import logging
import os
import re
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from webtest import TestApp

from member_space.domain.nir import key_of
from member_space.security.logs import configure_structlog, formatter

VARIABLE = "MEMBER_SPACE_TEST_LOGS"
ROOT = Path(__file__).parent.parent
DIGITS = re.compile(
    r"(?<![0-9A-Za-z])[1-478](?:[ \u00a0.-]?[0-9]){5}[ \u00a0.-]?[0-9AB](?:[ \u00a0.-]?[0-9]){6,8}(?![0-9A-Za-z])"
)
IBAN = re.compile(r"(?<![0-9A-Za-z])[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?(?![0-9A-Za-z])")
CODE = re.compile(r"[0-9]{6,7}")
"""A code that was drawn for somebody."""
SHORTEST = 8
"""Characters of the shortest secret that is none of these codes: shorter words that a test types are anybody's."""
RANDOM = {"request_id", "timestamp"}
"""Fields that hold figures by chance, as redaction knows."""
secrets: set[str] = set()


def note(secret: str) -> None:
    """Remember a password, a token, a cookie or a code that the suite used: it must never be found in a log."""
    if len(secret) >= SHORTEST or CODE.fullmatch(secret):
        secrets.add(secret)


def is_nir(text: str) -> bool:
    """Whether these characters are a NIR: thirteen with the right shape, or fifteen whose key fits."""
    plain = re.sub(r"[ \u00a0.-]", "", text)
    if len(plain) == 15:
        return key_of(plain[:13]) == plain[13:]
    return len(plain) == 13


def leaks(lines: Iterable[str], needles: Iterable[str]) -> list[str]:
    """What a log must not hold, with the line's beginning and without the secret itself.

    A code is only six digits, so it is searched as a whole word, and only where somebody's words stand. There are as
    many secrets as lines: each line is asked for those alone whose first letters it holds.
    """
    needles = set(needles)
    codes = {needle for needle in needles if CODE.fullmatch(needle)}
    beginning = defaultdict(list)
    for needle in needles - codes:
        beginning[needle[:SHORTEST]].append(needle)
    found = []
    for line in lines:
        beginnings = {line[i : i + SHORTEST] for i in range(len(line) - SHORTEST + 1)}
        near = (needle for letters in beginnings if letters in beginning for needle in beginning[letters])
        kinds = ["a secret of the suite" for needle in near if needle in line]
        kinds += ["a code of the suite" for number in re.findall(r"[0-9]+", words_of(line)) if number in codes]
        kinds += ["a NIR" for match in DIGITS.finditer(line) if is_nir(match.group())]
        kinds += ["an IBAN" for _match in IBAN.finditer(line)]
        found += [f"{kind} in: {line.strip()[:60]}…" for kind in kinds]
    return found


def words_of(line: str) -> str:
    """The texts of a line in JSON, without what is random in it; the whole line where it is no JSON."""
    try:
        event = json.loads(line)
    except ValueError:
        return line
    return "\n".join(_texts(event))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from () if key in RANDOM else _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def open_folder() -> None:
    """The controller's: a folder that its workers inherit by the environment."""
    folder = ROOT / "var" / "test-logs"
    folder.mkdir(parents=True, exist_ok=True)
    os.environ[VARIABLE] = tempfile.mkdtemp(dir=folder)


def keep_logs(worker: str) -> None:
    """Write the logs of this process to its own file, formatted and redacted as in production."""
    configure_structlog()
    handler = logging.FileHandler(Path(os.environ[VARIABLE]) / f"{worker}.log", encoding="utf-8")
    handler.setFormatter(formatter("json"))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)


def write_secrets(worker: str) -> None:
    path = Path(os.environ[VARIABLE]) / f"{worker}.json"
    path.write_text(json.dumps(sorted(secrets)), encoding="utf-8")


def judge() -> tuple[int, list[str]]:
    """How many lines were read, and what leaked; the folder is kept only when something did."""
    folder = Path(os.environ.pop(VARIABLE))
    needles = {secret for path in folder.glob("*.json") for secret in json.loads(path.read_text(encoding="utf-8"))}
    lines = [line for path in folder.glob("*.log") for line in path.read_text(encoding="utf-8").splitlines()]
    found = leaks(lines, needles)
    if not found:
        shutil.rmtree(folder)
    return len(lines), found


class Browser(TestApp):
    """A browser that tells the guard every cookie and password that it meets."""

    def do_request(self, req, status=None, expect_errors=None):
        if req.content_type == "application/x-www-form-urlencoded" and (req.content_length or 0) < 10_000:
            for value in parse_qs(req.body.decode("latin-1"), errors="replace").get("password", ()):
                note(value)
        response = super().do_request(req, status=status, expect_errors=expect_errors)
        for value in self.cookies.values():
            note(value.strip('"'))
        return response
