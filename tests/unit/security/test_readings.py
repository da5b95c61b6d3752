"""What is known to be written: a reading whose transaction was undone is written the next time."""

from types import SimpleNamespace

import pytest
import transaction

from member_space.security import readings
from member_space.security.readings import _is_new

READING = (7, "2026-11-30", "reimbursements", 3)


@pytest.fixture
def request_of():
    written = set()

    def make():
        tm = transaction.TransactionManager(explicit=True)
        tm.begin()
        return SimpleNamespace(registry=SimpleNamespace(readings_written=written), tm=tm)

    return make


def test_it_is_new_until_a_transaction_with_it_is_committed(request_of):
    undone, done, again = request_of(), request_of(), request_of()
    assert _is_new(undone, *READING)
    undone.tm.abort()
    assert _is_new(done, *READING)
    assert _is_new(again, *READING)
    done.tm.commit()
    assert not _is_new(again, *READING)
    assert _is_new(again, *READING[:-1], 4)


def test_so_many_are_known_and_no_more(request_of, monkeypatch):
    monkeypatch.setattr(readings, "MOST_KEPT", 2)
    for person in range(5):
        one = request_of()
        assert _is_new(one, 7, "2026-11-30", "me", person)
        one.tm.commit()
    assert len(one.registry.readings_written) <= 2
