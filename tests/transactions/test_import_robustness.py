"""Whatever bytes a feed holds, it is imported or refused by its report: never an error, never half a file."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from member_space.models import Person, Statement, StatementLine
from member_space.services.feed import FeedRefusedError
from member_space.services.household_import import import_households
from member_space.services.statement_import import import_statements
from tests.factories.feeds import COVERAGE, LINE, csv_text
from tests.transactions.test_statement_import import make_household

TODAY = date(2026, 4, 1)
FUZZ = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
NASTY = st.sampled_from(
    [
        b"",
        b";",
        b'"',
        b"\0",
        b"\r",
        b"\n",
        b"\t",
        b"\\",
        b"\\N",
        b"\xff",
        b"\xef\xbb\xbf",
        b"-",
        b",",
        b"1e9",
        b"NaN",
        b"9" * 40,
    ]
)


def mutated(text: str) -> st.SearchStrategy[bytes]:
    """The file with some of its bytes replaced by what breaks parsers."""
    raw = text.encode()

    def apply(changes: list[tuple[int, int, bytes]]) -> bytes:
        result = raw
        for start, length, piece in changes:
            at = start % len(result) if result else 0
            result = result[:at] + piece + result[at + length :]
        return result

    # Mostly in the rows: a broken header is soon refused.
    place = st.integers(csv_header(text), len(raw)) | st.integers(0, len(raw))
    return st.lists(st.tuples(place, st.integers(0, 4), NASTY), max_size=3).map(apply)


def csv_header(text: str) -> int:
    return text.index("\n") + 1


STATEMENTS = csv_text([LINE | {"statement_ref": f"D{n // 2}", "statement_total": "18,00"} for n in range(4)], LINE)
HOUSEHOLDS = csv_text(
    [COVERAGE, COVERAGE | {"person_ref": "P101", "relation": "child", "birth_date": "2015-02-03"}], COVERAGE
)


@pytest.fixture
def household(db: Session) -> None:
    make_household(db)


@FUZZ
@given(raw=mutated(STATEMENTS) | st.binary(max_size=200))
def test_statements(raw, db, household, tmp_path):
    path = tmp_path / "feed.csv"
    path.write_bytes(raw)
    point = db.begin_nested()
    try:
        report = import_statements(db, path, today=TODAY)
    except FeedRefusedError:
        pass
    else:
        assert report.counts["lines"] == db.scalar(select(func.count()).select_from(StatementLine))
        totals = select(func.sum(Statement.total)).scalar_subquery()
        lines = select(func.sum(StatementLine.our_share)).scalar_subquery()
        assert db.scalar(select(totals == lines))
    finally:
        point.rollback()


@FUZZ
@given(raw=mutated(HOUSEHOLDS) | st.binary(max_size=200))
def test_households(raw, db, cipher, tmp_path):
    path = tmp_path / "feed.csv"
    path.write_bytes(raw)
    point = db.begin_nested()
    try:
        report = import_households(db, path, cipher=cipher, today=TODAY, contract_type="01")
    except FeedRefusedError:
        pass
    else:
        assert report.counts["persons"] == db.scalar(select(func.count()).select_from(Person))
    finally:
        point.rollback()
