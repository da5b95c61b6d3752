"""What is typed in a search is words, whatever it is; what was written is found by its words and by their starts."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from member_space.domain.text import fold
from member_space.models import Request
from member_space.services import request_search
from member_space.services.request_search import MOST_WORDS, add_words, found_by, searchable, words_of
from tests.factories.household import make_account, make_contract, make_person
from tests.factories.request import make_draft, make_request

SOME_DAY = datetime(2026, 6, 16, 9, tzinfo=UTC)
TEXT = st.text(max_size=60)
WORDS = st.lists(st.from_regex(r"[a-zé0-9]{1,12}", fullmatch=True), min_size=1, max_size=6)


@pytest.fixture
def row(db, home):
    account, contract = home
    author = {"author_person_id": account.person_id, "author_account_id": account.id}
    row = Request(kind="message", contract_id=contract.id, **author)
    db.add(row)
    db.flush()
    return row


@pytest.fixture
def home(db):
    person = make_person(db)
    return make_account(db, person), make_contract(db, person)


def new_row(db, account, contract, words, minutes):
    """One that was sent, with these words alone."""
    row = Request(
        kind="message",
        contract_id=contract.id,
        author_person_id=account.person_id,
        author_account_id=account.id,
        state="to_do",
        number=str(uuid4()),
        sent_at=SOME_DAY,
        activity_at=SOME_DAY + timedelta(minutes=minutes),
    )
    db.add(row)
    db.flush()
    add_words(db, row, words)
    return row


def found(db, row, typed):
    query = select(Request.id).where(*found_by(words_of(typed)))
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
        add_words(db, row, signs.join(words) if set(signs) - {"_"} else " ".join(words))
        word = data.draw(st.sampled_from(searchable(" ".join(words))))
        start = word[: data.draw(st.integers(1, len(word)))]
        assert found(db, row, f"{signs} {word.upper()}")
        assert found(db, row, start)
        saved.rollback()


@pytest.mark.parametrize("typed", ["74", "facture 74", "cture"])
def test_the_end_of_a_word_is_not_found(db, row, typed):
    add_words(db, row, "Facture 974 et 1074")
    assert not found(db, row, typed)
    assert found(db, row, "factures"[:7])
    assert fold("Été") == "ete"


@pytest.mark.parametrize("typed", ["45,20", "45,20 €", "1234,50", "1 234,50", "1\u202f234,50 €"])
def test_an_amount_is_found_as_it_is_typed(db, tools, typed):
    person = make_person(db)
    account, contract = make_account(db, person), make_contract(db, person)
    amount = 45_20 if "45" in typed else 1_234_50
    row = make_request(db, tools, account, contract, "claim", "claim.optics", amount=amount)
    other = make_request(db, tools, account, contract, "claim", "claim.optics", amount=99_99)
    assert found(db, row, typed)
    assert not found(db, other, typed)


def test_a_very_long_thread_is_still_written(db, row):
    """PostgreSQL takes a megabyte of words a row, and words of two thousand characters: neither costs a message."""
    for n in range(60):
        add_words(db, row, " ".join(f"m{n}x{i}" for i in range(3000)))
    add_words(db, row, "é" * 5000)
    assert found(db, row, "m0x99")


@pytest.mark.parametrize(
    ("newest", "further", "rare"),
    [(500, 4_000, 10_000), (3, 3, 10_000), (3, 5, 10_000), (3, 500, 10_000), (1, 1, 2), (0, 0, 0)],
)
def test_the_latest_are_found_whichever_way_they_are_looked_for(db, tools, monkeypatch, newest, further, rare):
    """By going through the latest requests, through some more, by the rarest word, or through all of them."""
    person = make_person(db)
    account, contract = make_account(db, person), make_contract(db, person)
    bodies = ["facture rare1 optique", "facture optique", "facture", "rare2 optique", "facture optiques", "devis"]
    rows = [make_request(db, tools, account, contract, body=body) for body in bodies]
    for n, row in enumerate(rows):
        row.activity_at += timedelta(minutes=n)
    make_draft(db, tools, account, contract, body="facture optique")
    db.flush()
    ways(monkeypatch, newest, further, rare)
    expected = {"facture optique": [4, 1], "rare optique": [3, 0], "devis": [5], "facture devis": []}
    for typed, latest in expected.items():
        condition = request_search.found_by_anybody(db, words_of(typed), 2)
        query = select(Request.id).where(Request.author_person_id == person.id, Request.state != "draft", condition)
        found = db.scalars(query.order_by(Request.activity_at.desc()).limit(2)).all()
        assert found == [rows[n].id for n in latest], typed


def ways(monkeypatch, newest, further, rare):
    monkeypatch.setattr(request_search, "NEWEST", newest)
    monkeypatch.setattr(request_search, "FURTHER", further)
    monkeypatch.setattr(request_search, "RARE", rare)


SOME_WORDS = [f"{start}{n}" for start in ("facture", "fa", "mot", "m") for n in range(4)]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(
    texts=st.lists(st.lists(st.sampled_from(SOME_WORDS), max_size=4), min_size=1, max_size=15),
    typed=st.lists(st.sampled_from(["f", "fa", "facture1", "m", "mot", "mot2", "autre"]), min_size=1, max_size=3),
    most=st.integers(1, 4),
    numbers=st.tuples(st.integers(1, 6), st.integers(1, 12), st.integers(0, 6)),
)
def test_every_way_finds_what_reading_all_of_them_would(db, tools, home, monkeypatch, texts, typed, most, numbers):
    ways(monkeypatch, *numbers)
    with db.begin_nested() as saved:
        rows = [new_row(db, *home, " ".join(words), minutes=n % 5) for n, words in enumerate(texts)]
        latest_first = sorted(zip(rows, texts, strict=True), key=lambda one: (one[0].activity_at, one[0].id))[::-1]
        expected = [
            row.id
            for row, words in latest_first
            if all(any(word.startswith(start) for word in words) for start in typed)
        ]
        condition = request_search.found_by_anybody(db, words_of(" ".join(typed)), most)
        query = select(Request.id).where(condition, Request.state != "draft")
        found = db.scalars(query.order_by(Request.activity_at.desc(), Request.id.desc()).limit(most)).all()
        assert found == expected[:most]
        saved.rollback()
