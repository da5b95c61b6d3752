"""A connection that the server closed meanwhile is no error, where it rested long enough for that to be likely."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from member_space.models import session
from member_space.models.session import make_engine


@pytest.fixture
def ended(own_database):
    """An engine whose only connection the server has ended."""
    # As the server's own user: the role of the application may not end what works as another.
    url = own_database.url.difference_update_query(["options"]).render_as_string(hide_password=False)
    engine, other = make_engine(url), make_engine(url)
    try:
        with engine.connect() as connection:
            pid = connection.scalar(text("select pg_backend_pid()"))
        with other.connect() as connection:
            assert connection.scalar(text("select pg_terminate_backend(:pid, 5000)"), {"pid": pid})
        yield engine
    finally:
        engine.dispose()
        other.dispose()


def test_one_that_rested_is_replaced(ended, monkeypatch):
    monkeypatch.setattr(session, "IDLE", -1)
    with ended.connect() as connection:
        assert connection.scalar(text("select 1")) == 1


def test_one_that_served_just_now_is_not_asked(ended):
    """Which the first test would not tell from one that is always asked."""
    with pytest.raises(OperationalError), ended.connect() as connection:
        connection.scalar(text("select 1"))
    with ended.connect() as connection:
        assert connection.scalar(text("select 1")) == 1
