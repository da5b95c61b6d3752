"""What is typed in a search is words, whatever it is; what was written is found by its words and by their starts."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from member_space.domain.text import fold
from member_space.models import Request
from member_space.services.request_search import MOST_WORDS, add_entry, found_by, searchable, words_of
from tests.factories.household import make_account, make_contract, make_person

TEXT = st.text(max_size=60)
WORDS = st.lists(st.from_regex(r"[a-zé0-9]{1,12}", fullmatch=True), min_size=1, max_size=6)


@pytest.fixture
def row(db):
    person = make_person(db)
    account, contract = make_account(db, person), make_contract(db, person)
    row = Request(kind="message", contract_id=contract.id, author_person_id=person.id, author_account_id=account.id)
    db.add(row)
    db.flush()
    return row


def found(db, row, typed):
    query = select(Request.id).where(*found_by(words_of(typed), row.author_person_id))
    return row.id in db.scalars(query).all()


@given(TEXT)
def test_words_are_letters_and_digits_alone(typed):
    for word in words_of(typed):
        assert word.isalnum()
    assert len(words_of(typed)) <= MOST_WORDS


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(TEXT)
def test_nothing_that_is_typed_is_an_error(db, row, typed):
    with db.begin_nested():
        found(db, row, typed)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(words=WORDS, signs=st.text("🙂%_'&|!:*()<->\\ ", min_size=1, max_size=5), data=st.data())
def test_what_was_written_is_found_by_its_words_and_their_starts(db, row, words, signs, data):
    with db.begin_nested() as saved:
        add_entry(db, row, "message:1", signs.join(words) if set(signs) - {"_"} else " ".join(words))
        word = data.draw(st.sampled_from(searchable(" ".join(words)).split()))
        start = word[: data.draw(st.integers(1, len(word)))]
        assert found(db, row, f"{signs} {word.upper()}")
        assert found(db, row, start)
        saved.rollback()


@pytest.mark.parametrize("typed", ["74", "facture 74", "cture"])
def test_the_end_of_a_word_is_not_found(db, row, typed):
    add_entry(db, row, "message:1", "Facture 974 et 1074")
    assert not found(db, row, typed)
    assert found(db, row, "factures"[:7])
    assert fold("Été") == "ete"
