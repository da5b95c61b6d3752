"""Which link an answer speaks of: the rules in their order, and what no rule may guess."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.orm import sessionmaker

from member_space.adapters.storage import FolderStorage
from member_space.models import Contract, Coverage, NoemieAnomaly, NoemieMatch
from member_space.services.noemie_import import import_929, reading_929, retry_anomalies
from tests.factories.household import make_contract, make_person, make_teletransmission, period
from tests.factories.noemie import CREATED_ON, NIR, OTHER_NIR, entry, logical, make_929

OUTCOMES = text("""
select m.teletransmission_id as link, a.kind, m.rule from noemie_line l
left join noemie_match m on m.noemie_line_id = l.id
left join noemie_anomaly a on a.noemie_line_id = l.id and a.solved_at is null
order by l.position
""")
WHOLE = period(date(2024, 1, 1))


@pytest.fixture
def link(db, cipher):
    """A link of a person on a contract of their own: keywords of the link, then of the contract."""

    def make(nir13=NIR, **values):
        made = load(db, cipher, nir13, **values)
        db.commit()
        return made

    return make


def load(db, cipher, nir13, contract=None, **values):
    person = make_person(db)
    contract = make_contract(db, person, **(contract or {}))
    coverage = db.scalars(select(Coverage).filter_by(contract_id=contract.id)).one()
    return make_teletransmission(db, cipher, coverage, person, nir13, **values)


@pytest.fixture
def matched(session_factory, db, cipher, tmp_path):
    """What these answers are matched with, one after the other: a link's id, or the kind of anomaly."""

    def run(*entries, **values):
        path = make_929(tmp_path, logical(*entries, **values))
        import_929(session_factory, cipher, FolderStorage(tmp_path / "storage"), path, production=True)
        return [(str(row.link) if row.link else row.kind, row.rule) for row in db.execute(OUTCOMES)]

    return run


def test_nir_birth_date_and_rank(link, matched):
    twin_one, twin_two, other = link(), link(birth_rank=2), link(birth_date_raw="130485")
    assert matched(entry(), entry(birth_rank="2"), entry(birth_date_raw="130485")) == [
        (str(twin_one.id), "exact"),
        (str(twin_two.id), "exact"),
        (str(other.id), "exact"),
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"nir13": OTHER_NIR},
        {"key": "01"},
        {"key": "00"},
        {"birth_rank": "2"},
        {"birth_rank": ""},
        {"birth_date_raw": "120585"},
        {"birth_date_raw": "120486"},
    ],
    ids=str,
)
def test_what_differs_is_an_anomaly(link, matched, wrong):
    link()
    assert matched(entry(**wrong)) == [("unmatched", None)]


def test_the_day_of_birth_may_differ_only_when_nobody_has_it(link, matched):
    first = link()
    assert matched(entry(birth_date_raw="010485")) == [(str(first.id), "month")]


def test_an_exact_birth_date_wins_over_the_same_month(link, matched):
    link(birth_date_raw="010485")
    exact = link()
    assert matched(entry()) == [(str(exact.id), "exact")]


def test_two_of_the_same_month_are_ambiguous(link, matched):
    link(birth_date_raw="010485")
    link(birth_date_raw="020485")
    assert matched(entry()) == [("ambiguous", None)]


def test_an_unknown_birth_date_is_no_criterion(link, matched):
    only = link()
    assert matched(entry(birth_date_raw="000000")) == [(str(only.id), "undated")]


def test_an_unknown_birth_date_does_not_choose_between_two(link, matched):
    link()
    link(birth_date_raw="010203")
    assert matched(entry(birth_date_raw="000000")) == [("ambiguous", None)]


def test_an_unknown_birth_date_that_we_hold_too_is_exact(link, matched):
    link()
    unknown = link(birth_date_raw="000000")
    assert matched(entry(birth_date_raw="000000")) == [(str(unknown.id), "exact")]


def test_a_lunar_birth_date_is_compared_as_it_is(link, matched):
    lunar = link(birth_date_raw="006085")
    assert matched(entry(birth_date_raw="006085")) == [(str(lunar.id), "exact")]


def test_of_several_the_one_covered_when_the_contract_starts(link, matched):
    before = link(contract={"period": period(date(2024, 1, 1), date(2026, 1, 1))})
    after = link(contract={"period": period(date(2026, 1, 1))})
    assert matched(entry(start=date(2025, 12, 31)), entry(start=date(2026, 1, 1))) == [
        (str(before.id), "exact"),
        (str(after.id), "exact"),
    ]


def test_without_a_start_the_day_of_the_file_counts(link, matched):
    link(contract={"period": period(date(2024, 1, 1), date(2026, 1, 1))})
    after = link(contract={"period": period(date(2026, 1, 1))})
    assert matched(entry(start=None)) == [(str(after.id), "exact")]


def test_none_of_several_is_covered(link, matched):
    link(contract={"period": period(date(2024, 1, 1), date(2025, 1, 1))})
    link(contract={"period": period(date(2026, 1, 1))})
    assert matched(entry(start=date(2025, 6, 1))) == [("ambiguous", None)]


def test_an_only_candidate_needs_no_coverage_that_day(link, matched):
    only = link(contract={"period": period(date(2026, 2, 1))})
    assert matched(entry(start=date(2026, 1, 1))) == [(str(only.id), "exact")]


def test_several_covered_are_told_apart_by_our_member_number(link, matched, db):
    first, second = link(), link()
    number = db.scalar(text("select member_number from contract where id = :id"), {"id": second.contract_id})
    assert first.id != second.id
    assert matched(entry(), entry(member_number=number), entry(member_number=number.lstrip("0"))) == [
        ("ambiguous", None),
        (str(second.id), "exact"),
        (str(second.id), "exact"),
    ]


def test_a_member_number_alone_proves_nothing(link, matched, db):
    held = link()
    number = db.scalar(text("select member_number from contract where id = :id"), {"id": held.contract_id})
    assert matched(entry(OTHER_NIR, member_number=number)) == [("unmatched", None)]


def test_a_child_has_one_link_under_each_parent(link, db, cipher, matched):
    under_one = link()
    coverage = db.get_one(Coverage, under_one.coverage_id)
    person = make_person(db)
    under_other = make_teletransmission(db, cipher, coverage, person, OTHER_NIR, attachment_rank=2)
    db.commit()
    assert matched(entry(), entry(OTHER_NIR)) == [(str(under_one.id), "exact"), (str(under_other.id), "exact")]


def test_an_anomaly_is_solved_once_the_household_is_there(link, matched, session_factory, db):
    assert matched(entry()) == [("unmatched", None)]
    late = link()
    with session_factory() as other:
        assert retry_anomalies(other) == 1
        assert retry_anomalies(other) == 0
        other.commit()
    assert db.scalars(select(NoemieMatch.teletransmission_id)).all() == [late.id]
    assert db.scalars(select(NoemieAnomaly.solved_at)).one() is not None


def test_an_anomaly_may_change_its_kind(link, matched, session_factory, db):
    matched(entry())
    link()
    link()
    with session_factory() as other:
        assert retry_anomalies(other) == 0
        other.commit()
    assert db.scalars(select(NoemieAnomaly.kind)).one() == "ambiguous"


links = st.builds(
    dict,
    nir13=st.sampled_from([NIR, OTHER_NIR]),
    birth_date_raw=st.sampled_from(["120485", "130485", "120585", "000000", "004585"]),
    birth_rank=st.sampled_from([1, 1, 2]),
    contract=st.sampled_from([WHOLE, period(date(2024, 1, 1), date(2026, 1, 1)), period(date(2026, 1, 1))]).map(
        lambda chosen: {"period": chosen}
    ),
)
answers = st.builds(
    entry,
    nir13=st.sampled_from([NIR, OTHER_NIR]),
    birth_date_raw=st.sampled_from(["120485", "130485", "010485", "000000", "004585"]),
    birth_rank=st.sampled_from(["1", "1", "2"]),
    start=st.sampled_from([None, date(2025, 12, 31), date(2026, 1, 1)]),
    member_number=st.integers(0, 6),
)


def by_the_book(answer, held):
    """The same rules, said one at a time: the index of the link among `held`, or the kind of anomaly."""
    same = [
        (i, link)
        for i, (link, _) in enumerate(held)
        if (link["nir13"], str(link["birth_rank"])) == (answer.nir, answer.birth_rank)
    ]
    raw = answer.birth_date_raw
    found = (
        [i for i, link in same if link["birth_date_raw"] == raw]
        or [i for i, _ in same if raw == "000000"]
        or [i for i, link in same if link["birth_date_raw"][2:] == raw[2:]]
    )
    if len(found) > 1:
        day = answer.start or CREATED_ON
        found = [i for i in found if day in held[i][0]["contract"]["period"]]
        if len(found) != 1:
            named = [i for i in found if held[i][1].lstrip("0") == answer.member_number.lstrip("0")]
            return named[0] if len(named) == 1 else "ambiguous"
    return found[0] if found else "unmatched"


@given(st.lists(links, max_size=6), st.lists(answers, min_size=1, max_size=8))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_statement_says_what_the_rules_say(engine, cipher, tmp_path, held, told):
    with engine.connect() as connection, connection.begin() as outer:
        sessions = sessionmaker(connection, join_transaction_mode="create_savepoint", expire_on_commit=False)
        with sessions() as db:
            made = [load(db, cipher, **dict(link)) for link in held]
            numbers = [db.get_one(Contract, link.contract_id).member_number for link in made]
            db.commit()
        # A number in the answers stands for the contract of that place, or for none of ours.
        told = [
            replace(answer, member_number=dict(enumerate(numbers)).get(answer.member_number, "99999999"))
            for answer in told
        ]
        path = make_929(tmp_path, logical(*told))
        import_929(sessions, cipher, FolderStorage(tmp_path / "storage"), path, production=True)
        places = {link.id: place for place, link in enumerate(made)}
        with sessions() as db:
            rows = db.execute(OUTCOMES).all()
        expected = [by_the_book(answer, list(zip(held, numbers, strict=True))) for answer in told]
        assert [places[row.link] if row.link else row.kind for row in rows] == expected
        outer.rollback()


def test_the_outcome_of_each_line_in_order(link, session_factory, cipher, tmp_path):
    link()
    link(OTHER_NIR)
    link(OTHER_NIR)
    path = make_929(tmp_path, logical(entry(), entry("1" * 13)), logical(entry(OTHER_NIR), sender="01594000"))
    storage = FolderStorage(tmp_path / "storage")
    with reading_929(session_factory, cipher, storage, path, production=True, apply=False) as reading:
        assert [matched for _, matched in reading.lines()] == [True, False, "ambiguous"]
        counts = reading.report.counts
    assert (counts.lines, counts.matched, counts.unmatched, counts.ambiguous) == (3, 1, 2, 1)
