"""A database of one's own with as many connections as the races have threads: a pool of ten would make them queue."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine

CROWD = 50


@pytest.fixture
def own_database(own_database: Engine) -> Iterator[Engine]:
    wide = create_engine(own_database.url, pool_size=CROWD, max_overflow=10, hide_parameters=True)
    yield wide
    wide.dispose()
