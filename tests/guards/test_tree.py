"""What holds for the whole repository."""

import configparser
import re
import subprocess
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import ExcludeConstraint

from member_space.models import Base

ROOT = Path(__file__).parent.parent.parent
SOURCE = ROOT / "src/member_space"
LONGEST = {"src": 350, "tests": 400}
"""Lines a module; a test module lists cases, which read faster."""
DATA = {"migrations", "static", "locale", "reference", "content", "__pycache__"}
"""Folders of the package that hold no module of ours to import."""


def tracked() -> list[Path]:
    """Every text file that is committed, or about to be."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, check=False
    )
    if listed.returncode:
        pytest.skip("not a clone: the sdist has no list of its files")
    paths = [ROOT / line for line in listed.stdout.decode().splitlines()]
    return [path for path in paths if path.is_file()]


def test_the_list_of_packages_is_the_folders():
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    listed = set(setup["options"]["packages"].split())
    folders = {
        ".".join(("member_space", *path.parent.relative_to(SOURCE).parts))
        for path in SOURCE.rglob("__init__.py")
        if not DATA.intersection(path.relative_to(SOURCE).parts)
    }
    assert listed == folders | {"member_space.templates"}


def test_an_installation_brings_what_the_lock_is_made_from():
    """`pip install member-space` reads setup.cfg; the environments of `make`, requirements/app.in."""
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    asked = (ROOT / "requirements/app.in").read_text(encoding="utf-8").splitlines()
    installed = setup["options"]["install_requires"].splitlines()
    assert sorted(filter(None, map(_package, installed))) == sorted(filter(None, map(_package, asked)))


def _package(line: str) -> str:
    """The normal name of a requirement (PEP 503), without its extras and versions; empty for a remark."""
    name = re.match(r"[\w.-]*", line.strip())
    return re.sub(r"[-_.]+", "-", name[0]).lower() if name else ""


def test_no_file_is_too_long_to_be_read():
    """The migration made by alembic is a record, not a text."""
    long = {
        str(path.relative_to(ROOT)): lines
        for path in tracked()
        if path.suffix == ".py" and "migrations/versions" not in str(path)
        for lines in [len(path.read_text(encoding="utf-8").splitlines())]
        if lines > LONGEST.get(path.relative_to(ROOT).parts[0], LONGEST["src"])
    }
    assert long == {}


def test_one_head_of_migrations():
    assert len(ScriptDirectory(str(SOURCE / "migrations")).get_heads()) == 1


def test_the_migrations_make_what_the_models_say(engine):
    ours = set(Base.metadata.tables)

    def include(_object, name, kind, _reflected, _compare_to):
        # The job queue's and the journal's own tables are made by their migrations alone.
        return kind != "table" or name in ours

    with engine.connect() as connection:
        options = {"compare_type": True, "include_object": include}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, Base.metadata) == []


def test_the_database_has_the_exclusions_of_the_models(engine):
    """alembic does not compare them."""
    named = {
        str(constraint.name)
        for table in Base.metadata.tables.values()
        for constraint in table.constraints
        if isinstance(constraint, ExcludeConstraint)
    }
    with engine.connect() as connection:
        kept = connection.execute(text("select conname from pg_constraint where contype = 'x'")).scalars()
        assert named
        assert named <= set(kept)


def test_locks_name_no_registry_and_hash_everything():
    for lock in (ROOT / "requirements").glob("*.txt"):
        words = lock.read_text(encoding="utf-8")
        assert "://" not in words, lock.name
        assert "--index-url" not in words, lock.name
        pinned = re.findall(r"^[\w.-]+(?:\[[\w,]+\])?==", words, re.MULTILINE)
        assert pinned, lock.name
        assert len(re.findall(r"--hash=sha256:", words)) >= len(pinned), lock.name


def test_the_tree_names_no_machine():
    """Paths of a machine and homes of people have no meaning elsewhere."""
    found = re.compile(r"(?<![\w./-])/(?:work|root|home/\w+|Users/\w+)/")
    guilty = [
        str(path.relative_to(ROOT))
        for path in tracked()
        if path != Path(__file__) and path.suffix not in {".png", ".jpg", ".ico", ".woff2"}
        if found.search(path.read_text(encoding="utf-8", errors="replace"))
    ]
    assert guilty == []
