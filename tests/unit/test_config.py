"""What the start says."""

import pytest
from structlog.testing import capture_logs

from member_space.config import application_engine
from member_space.settings import read_settings
from tests.conftest import TEST_INI

SERVER = {"sqlalchemy.url": "postgresql+psycopg://pages@localhost/space"}


@pytest.mark.parametrize(
    ("role", "warned"), [({}, ["sqlalchemy.role"]), ({"sqlalchemy.role": "member_space_app"}, [])]
)  # fmt: skip
def test_pages_that_could_rewrite_the_journal_are_told_of_at_the_start(role, warned):
    with capture_logs() as logs:
        application_engine(read_settings(TEST_INI | SERVER | role)).dispose()
    assert [line["setting"] for line in logs if line["log_level"] == "warning"] == warned
