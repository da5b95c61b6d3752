"""What the races stand on: fifty at once are fifty transactions that are open at the same time."""

from threading import Barrier

from sqlalchemy import text

from tests.transactions.conftest import CROWD
from tests.transactions.together import at_once


def test_fifty_hold_a_connection_at_the_same_time(own_database):
    met = Barrier(CROWD)

    def hold(_n):
        with own_database.begin() as connection:
            mine = connection.scalar(text("select pg_backend_pid()"))
            met.wait(60)  # for all the others, who must be connected too
            return mine

    assert len(set(at_once(hold, range(CROWD)))) == CROWD
