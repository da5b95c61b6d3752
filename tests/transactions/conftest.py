"""What races are run with: a database of one's own with as many connections as there are threads, as a pool of ten
would make them queue, and the real adapters."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine

from member_space.adapters.clock import SystemClock
from member_space.adapters.jobs import ProcrastinateJobs
from member_space.adapters.passwords import Argon2Passwords
from member_space.interfaces import ICipher, IClock, IJobs, IPasswordHasher
from member_space.services.tools import Tools

CROWD = 50


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
