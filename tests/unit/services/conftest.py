"""The tools of a service, on a clock that stands still."""

from datetime import UTC, datetime

import pytest

from tests.factories.messages import worker_tools
from tests.functional.clock import SetClock

TUESDAY = datetime(2026, 6, 16, 9, 30, tzinfo=UTC)


@pytest.fixture
def clock():
    return SetClock(TUESDAY)


@pytest.fixture
def tools(settings, engine, clock):
    return worker_tools(settings, engine, clock)[0]
