"""What races are run with: a database of one's own with as many connections as there are threads, as a pool of ten
would make them queue, and the real adapters."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine

from member_space.adapters.clock import SystemClock
from member_space.adapters.jobs import ProcrastinateJobs
from member_space.adapters.passwords import Argon2Passwords
from member_space.interfaces import ICipher, IClock, IJobs, IPasswordHasher
from member_space.services.tools import Tools

CROWD = 50
HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All in one worker: two crowds at once would be more than the server has connections, a hundred."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.xdist_group("own database"))


@pytest.fixture
def own_database(own_database: Engine) -> Iterator[Engine]:
    wide = create_engine(own_database.url, pool_size=CROWD, max_overflow=10, hide_parameters=True)
    yield wide
    wide.dispose()


@pytest.fixture
def tools(own_database, settings, cipher):
    adapters = {
        ICipher: cipher,
        IClock: SystemClock(),
        IJobs: ProcrastinateJobs(own_database),
        IPasswordHasher: Argon2Passwords(time_cost=1, memory_kib=8),
    }
    return Tools(settings, adapters.__getitem__)
