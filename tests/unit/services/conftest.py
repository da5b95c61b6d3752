"""The tools of a service, on a clock that stands still, and directories of practitioners brought in from their text."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from member_space.models import Practice
from member_space.services.practitioner_import import import_practitioners
from tests.factories.messages import worker_tools
from tests.functional.clock import SetClock

TUESDAY = datetime(2026, 6, 16, 9, 30, tzinfo=UTC)
DAY = date(2026, 11, 30)


@pytest.fixture
def clock():
    return SetClock(TUESDAY)


@pytest.fixture
def tools(settings, engine, clock):
    return worker_tools(settings, engine, clock)[0]


@pytest.fixture
def bring_in(session_factory, tmp_path):
    """Import the text of one directory, or several files of one; gives the report."""

    def bring_in(source, *texts, day=DAY, **options):
        paths = []
        for rank, content in enumerate(texts):
            path = tmp_path / f"{source}-{rank}.txt"
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
            paths.append(path)
        return import_practitioners(session_factory, source, paths, day=day, **options)

    return bring_in


@pytest.fixture
def places(db):
    def places(**facts):
        db.expire_all()
        found = db.scalars(select(Practice).filter_by(**facts).order_by(Practice.name_key, Practice.id))
        return list(found)

    return places
