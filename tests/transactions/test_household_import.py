"""The import of households on a real database."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from member_space.adapters.storage import FolderStorage
from member_space.domain.teletransmission import StateKind
from member_space.models import (
    Contract,
    ContractTerms,
    Coverage,
    Event,
    Movement,
    NoemieFile,
    Person,
    Teletransmission,
)
from member_space.services.feed import FeedRefusedError, Report
from member_space.services.household_import import import_households
from member_space.services.noemie_import import import_929
from member_space.services.teletransmission import teletransmissions_of
from tests.factories.card import make_model
from tests.factories.feeds import write_households
from tests.factories.noemie import entry, logical, make_929

TODAY = date(2026, 4, 1)
TABLES = (Person, Contract, ContractTerms, Coverage, Teletransmission, Movement)
CHILD = {
    "person_ref": "P101",
    "first_name": "Léo",
    "birth_date": "2015-02-03",
    "relation": "child",
    "nir": "",
    "email": "",
    "mobile": "",
    "attachment1_birth_date_raw": "030215",
}
SECOND_PARENT = {
    "attachment2_nir": "1 85 11 2A 004 123",
    "attachment2_insured_last_name": "ROSSI",
    "attachment2_insured_first_name": "PAUL",
    "attachment2_regime": "01",
    "attachment2_fund": "201",
    "attachment2_centre": "000",
    "attachment2_fund_name": "CPAM de la Corse-du-Sud",
    "attachment2_desired": "on",
}


@pytest.fixture
def bring(db: Session, cipher, tmp_path):
    """Write the rows in a file and import it; each call is a transaction of its own."""

    def run(*rows: dict, encoding: str = "utf-8", today: date = TODAY) -> Report:
        path = write_households(tmp_path / "foyers.csv", rows, encoding)
        with db.begin_nested():
            return import_households(db, path, cipher=cipher, today=today, contract_type="01")

    return run


@pytest.fixture
def refused(bring, db: Session):
    """Import what must be refused, check that nothing is left, and give (line, column, reason) of each refusal."""

    def run(*rows: dict, **how) -> list[tuple[int, str, str]]:
        before = counts(db)
        with pytest.raises(FeedRefusedError) as refusal:
            bring(*rows, **how)
        assert counts(db) == before
        return [(remark.line, remark.column, remark.reason) for remark in refusal.value.report.refusals]

    return run


def counts(db: Session) -> list[int]:
    return [db.scalar(select(func.count()).select_from(table)) for table in (*TABLES, Event)]


def test_a_household_comes_in_whole(bring, db, cipher):
    report = bring({}, CHILD | SECOND_PARENT)
    assert report.counts == {
        "contracts": 1, "persons": 2, "terms": 1, "coverages": 2, "links": 3, "movements": 3, "changed": 0, "cards": 0,
    }  # fmt: skip
    holder = db.scalars(select(Person).where(Person.external_ref == "P100")).one()
    assert holder.mobile == "+33612345678"
    assert cipher.decrypt(holder.nir_encrypted) == "284058832102532"
    assert holder.nir_index == cipher.blind_index("284058832102532")
    links = db.scalars(select(Teletransmission).order_by(Teletransmission.person_id, Teletransmission.attachment_rank))
    assert [(link.attachment_rank, link.birth_date_raw, link.fund) for link in links] == [
        (1, "170584", "751"),
        (1, "030215", "751"),
        (2, "030215", "201"),
    ]
    movements = db.scalars(select(Movement)).all()
    assert {(m.kind, m.contract_type, m.starts_on, m.ends_on) for m in movements} == {
        ("C", "01", date(2024, 1, 1), None)
    }


def test_contacts_that_the_person_gave_himself_are_kept(bring, db):
    """All of them: who moved and wrote only his new address is not given his former telephone back."""
    bring({})
    holder = db.scalars(select(Person).where(Person.external_ref == "P100")).one()
    holder.email, holder.contacts_edited_at = "choisie@example.org", datetime(2026, 3, 1, tzinfo=UTC)
    db.flush()
    bring({"email": "bureau@example.org", "mobile": "07 99 88 77 66", "city": "Nantes", "last_name": "NOUVEAU"})
    db.refresh(holder)
    assert (holder.email, holder.mobile, holder.city) == ("choisie@example.org", "+33612345678", "Paris")
    assert holder.last_name == "NOUVEAU"
    assert db.query(Event).filter_by(kind="personal_data:changed").count() == 0


def test_contacts_that_the_feed_changes_are_in_the_journal_as_the_offices(bring, db):
    bring({})
    bring({"email": "bureau@example.org", "city": "Nantes"})
    events = db.query(Event).filter_by(kind="personal_data:changed").order_by(Event.id).all()
    assert [(event.details, event.actor_account_id) for event in events] == [
        ({"what": "email"}, None),
        ({"what": "address"}, None),
    ]


def test_the_same_file_again_changes_nothing(bring, db):
    bring({}, CHILD | SECOND_PARENT)
    before = counts(db)[:-1]
    report = bring({}, CHILD | SECOND_PARENT, encoding="cp1252")
    assert counts(db)[:-1] == before
    assert sum(report.counts.values()) == 0


def test_new_terms_close_the_last_ones_on_their_day_of_effect(bring, refused, db):
    bring({})
    better = {"plan_label": "Excellence", "convention_type": "IS"}
    assert refused(better)[0][:2] == (2, "terms_start")
    bring(better | {"terms_start": "01/01/2026"})
    bring(better)
    rows = db.execute(select(ContractTerms.plan_label, ContractTerms.period).order_by(ContractTerms.period)).all()
    assert [(label, period.lower, period.upper) for label, period in rows] == [
        ("Confort", date(2024, 1, 1), date(2026, 1, 1)),
        ("Excellence", date(2026, 1, 1), None),
    ]
    [(line, column, reason)] = refused({"plan_label": "Eco", "terms_start": "2025-01-01"})
    assert (line, column) == (2, "terms_start")
    assert "plus récentes" in reason


def test_the_end_of_a_contract_closes_everything_and_is_told_to_the_fund(bring, db):
    bring({}, CHILD)
    db.add(NoemieFile(**SENT_FILE))
    db.flush()
    file_id = db.scalars(select(NoemieFile.id)).one()
    for movement in db.scalars(select(Movement)):
        movement.sent_at, movement.noemie_file_id = func.now(), file_id
    end = {"contract_end": "2026-06-30", "coverage_end": "2026-06-30"}
    report = bring(end, CHILD | end)
    assert report.counts["movements"] == 2
    assert db.scalars(select(Contract.period)).one().upper == date(2026, 7, 1)
    assert {period.upper for period in db.scalars(select(Coverage.period))} == {date(2026, 7, 1)}
    assert db.scalars(select(ContractTerms.period)).one().upper == date(2026, 7, 1)
    told = db.execute(select(Movement.kind, Movement.ends_on).where(Movement.sent_at.is_(None))).all()
    assert told == [("M", date(2026, 6, 30))] * 2
    # What the database would say at the commit.
    db.execute(text("set constraints all immediate"))


SENT_FILE = {
    "direction": "out",
    "reference": "408",
    "sender": "OC75999998",
    "recipient": "CP01751000",
    "identification": "1",
    "created_on": date(2026, 1, 5),
    "sha256": b"x" * 32,
    "file_name": "408.txt",
    "lines": 2,
}


def test_a_contact_that_is_empty_says_nothing_and_another_replaces(bring, db):
    bring({})
    bring({"email": "", "mobile": "", "city": "Lyon", "postcode": "69001"})
    person = db.scalars(select(Person)).one()
    assert (person.email, person.mobile, person.city) == ("camille.durand@example.org", "+33612345678", "Lyon")


def test_the_wish_of_the_member_is_not_changed_by_the_feed(bring, db):
    bring({})
    link = db.scalars(select(Teletransmission)).one()
    link.desired = "off"
    bring({})
    assert link.desired == "off"
    bring({"attachment1_fund": "691"})
    assert (link.desired, link.fund) == ("off", "691")


def test_another_nir_of_attachment_gives_up_the_former(bring, db):
    bring({}, CHILD)
    change = {"attachment1_nir": "1 85 11 2A 004 123", "attachment1_insured_last_name": "ROSSI"}
    bring({}, CHILD | change)
    links = db.execute(
        select(Teletransmission.insured_last_name, Teletransmission.desired).order_by(Teletransmission.id)
    ).all()
    assert links == [("DURAND", "on"), ("DURAND", "off"), ("ROSSI", "on")]


def test_a_new_fund_is_asked_for_a_creation(bring, db):
    bring({})
    db.add(NoemieFile(**SENT_FILE))
    db.flush()
    movement = db.scalars(select(Movement)).one()
    movement.sent_at, movement.noemie_file_id = func.now(), db.scalars(select(NoemieFile.id)).one()
    bring({"attachment1_fund": "691", "attachment1_fund_name": "CPAM du Rhône"})
    assert db.scalars(select(Movement.kind).where(Movement.sent_at.is_(None))).all() == ["C"]


def test_a_link_that_is_not_concerned_makes_no_row(bring, db):
    bring({"attachment1_desired": ""})
    assert db.scalar(select(func.count()).select_from(Teletransmission)) == 0


def test_lunar_birth_dates_and_unusual_nirs_are_kept_and_told(bring, db):
    report = bring({"nir": "2 55 42 99 401 082", "attachment1_birth_date_raw": "304255"})
    assert db.scalars(select(Teletransmission.birth_date_raw)).one() == "304255"
    assert [(remark.column, "mois inhabituel" in remark.reason) for remark in report.warnings] == [("nir", True)]


def test_a_person_under_two_contracts_is_one_row(bring, db):
    bring({}, {"contract_number": "C200", "product": "SURCO"})
    assert db.scalar(select(func.count()).select_from(Person)) == 1
    assert db.scalar(select(func.count()).select_from(Contract)) == 2


def test_a_return_after_an_absence_is_a_second_coverage(bring, db):
    gone = CHILD | {"coverage_end": "2024-12-31"}
    bring({}, gone)
    bring({}, gone, CHILD | {"coverage_start": "2025-09-01"})
    assert db.scalar(select(func.count()).select_from(Coverage)) == 3


def test_a_contract_cut_by_the_size_of_a_chunk_stays_whole(bring, db, monkeypatch):
    monkeypatch.setattr("member_space.services.household_import.CHUNK", 2)
    children = [CHILD | {"person_ref": f"P{n}"} for n in range(110, 115)]
    bring({}, *children, {"contract_number": "C300", "product": "SURCO"})
    assert db.scalar(select(func.count()).select_from(Coverage)) == 7


@pytest.mark.parametrize(
    ("change", "column", "words"),
    [
        ({"nir": "2 84 05 88 321 025 33"}, "nir", "clé"),
        ({"nir": "284"}, "nir", "13 caractères"),
        ({"nir": "0" * 13}, "nir", "forme"),
        ({"attachment1_nir": ""}, "attachment1_nir", "absente"),
        ({"attachment1_regime": "1"}, "attachment1_regime", "2 chiffres"),
        ({"attachment1_birth_date_raw": "17/05/84"}, "attachment1_birth_date_raw", "6 chiffres"),
        ({"attachment1_desired": "peut-être"}, "attachment1_desired", "valeur inconnue"),
        ({"attachment1_desired": "off", "attachment1_fund_name": ""}, "attachment1_fund_name", "absente"),
        ({"amc_number": "775999998"}, "amc_number", "zéros de tête"),
        ({"birth_date": "1984-02-30"}, "birth_date", "n'existe pas"),
        ({"birth_rank": "0"}, "birth_rank", "de 1 à 9"),
        ({"relation": "cousin"}, "relation", "valeur inconnue"),
        ({"local_scheme": "57"}, "local_scheme", "valeur inconnue"),
        ({"responsible": "2"}, "responsible", "valeur inconnue"),
        ({"email": "camille@"}, "email", "e-mail"),
        ({"mobile": "12"}, "mobile", "téléphone"),
        ({"coverage_end": "2023-12-31"}, "coverage_end", "précède"),
        ({"coverage_start": "2023-12-31"}, "coverage_start", "sort de la période"),
        ({"contract_end": "2025-12-31"}, "coverage_start", "sort de la période"),
        ({"last_name": ""}, "last_name", "absente"),
        ({"first_name": "x" * 81}, "first_name", "80 caractères"),
        ({"terms_start": "2023-01-01"}, "terms_start", "en dehors"),
        ({"relation": "child"}, "relation", "un titulaire"),
    ],
)
def test_a_wrong_value_refuses_the_file_with_its_line_and_column(refused, change, column, words):
    found = refused({"contract_number": "C1", "person_ref": "P1"}, change)
    assert [(line, where) for line, where, _ in found] == [(3, column)]
    assert words in found[0][2]


@pytest.mark.parametrize(
    ("rows", "line", "column", "words"),
    [
        ([{}, CHILD | {"plan_label": "Eco"}], 3, "plan_label", "ligne 2"),
        ([{}, CHILD | {"contract_end": "2030-12-31", "coverage_end": "2030-12-31"}], 3, "contract_start", "ligne 2"),
        ([{}, CHILD | {"relation": "holder"}], 2, "relation", "un seul"),
        ([{}, {"contract_number": "C2", "person_ref": "P2"}, CHILD], 4, "contract_number", "se suivre"),
        ([{}, {"contract_number": "C2"}], 3, "contract_start", "même produit"),
        ([{}, {"contract_number": "C2", "product": "X", "last_name": "Y"}], 3, "person_ref", "ligne 2"),
        ([{}, CHILD, CHILD | {"coverage_start": "2025-01-01"}], 4, "coverage_start", "chevauche"),
        ([{}, CHILD, CHILD], 3, "coverage_start", "en double"),
        ([{}, CHILD | SECOND_PARENT | {"attachment2_nir": "2840588321025"}], 3, "attachment2_nir", "deux fois"),
    ],
)
def test_rows_that_contradict_each_other_are_refused(refused, rows, line, column, words):
    found = refused(*rows)
    assert (line, column) == found[0][:2]
    assert words in found[0][2]


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        ({"person_ref": "P999"}, "person_ref", "titulaire"),
        ({"product": "AUTRE"}, "product", "produit"),
        ({"contract_end": "2025-12-31", "coverage_end": "2025-12-31"}, "contract_end", "absente du fichier"),
    ],
)
def test_what_a_known_contract_cannot_become(bring, refused, row, column, words):
    bring({}, CHILD)
    [(line, where, reason)] = refused(row)
    assert (line, where) == (2, column)
    assert words in reason


def test_no_report_repeats_a_nir(bring):
    with pytest.raises(FeedRefusedError) as refusal:
        bring({"nir": "284058832102599", "attachment1_nir": "284058832102599", "mobile": "284058832102599"})
    assert "8832102" not in repr(refusal.value.report)


def test_an_answer_that_came_first_finds_its_household(bring, db, cipher, session_factory, tmp_path):
    """The fund already has the link: it is active, and nothing is asked again."""
    path = make_929(tmp_path, logical(entry("2840588321025", birth_date_raw="170584")))
    storage = FolderStorage(tmp_path / "storage")
    assert import_929(session_factory, cipher, storage, path, production=False).counts.matched == 0
    report = bring({})
    assert report.counts["movements"] == 0
    (link,) = teletransmissions_of(db, db.scalars(select(Coverage.id)).all(), TODAY)
    assert link.kind is StateKind.ACTIVE


def test_the_portability_of_a_contract_is_read_kept_and_taken_back(bring, db):
    ends = {"contract_end": "31/03/2027", "coverage_end": "31/03/2027"}
    told = ends | {"portability_start": "01/04/2026", "portability_end": "31/03/2027"}
    bring(told)
    contract = db.scalars(select(Contract)).one()
    assert (contract.portability.lower, contract.portability.upper) == (date(2026, 4, 1), date(2027, 4, 1))
    bring(ends)
    db.refresh(contract)
    assert contract.portability is None


@pytest.mark.parametrize(
    ("told", "column"),
    [
        ({"portability_start": "01/04/2026"}, "portability_start"),
        ({"portability_end": "31/03/2027"}, "portability_end"),
        ({"portability_start": "01/04/2026", "portability_end": "01/04/2027"}, "portability_end"),
        ({"portability_start": "01/04/2023", "portability_end": "31/12/2023"}, "portability_start"),
        ({"portability_start": "01/04/2026", "portability_end": "31/03/2026"}, "portability_end"),
        ({"portability_start": "avril", "portability_end": "31/03/2027"}, "portability_start"),
    ],
)
def test_a_portability_that_cannot_be_is_refused_at_its_column(bring, told, column):
    with pytest.raises(FeedRefusedError) as refused:
        bring(told)
    assert [one.column for one in refused.value.report.refusals] == [column]


def test_the_rows_of_a_contract_tell_the_same_portability(bring):
    with pytest.raises(FeedRefusedError) as refused:
        bring({"portability_start": "01/04/2026", "portability_end": "31/03/2027"}, CHILD)
    assert [one.column for one in refused.value.report.refusals] == ["portability_start"]


def test_what_the_card_needs_comes_with_the_terms(db, bring):
    make_model(db)
    bring({"card_model": "CONFORT", "conventions": "OPTI=SP:2 OPTI=IS:01", "amc_exchange_number": "0775999997"})
    terms = db.scalars(select(ContractTerms)).one()
    assert (terms.card_model, terms.amc_exchange_number) == ("CONFORT", "0775999997")
    assert terms.conventions == "OPTI=IS:1 OPTI=SP:2"
    # The same in another order is no change; another model from a day on is new terms.
    bring({"card_model": "CONFORT", "conventions": "OPTI=IS:1  OPTI=SP:2", "amc_exchange_number": "0775999997"})
    bring({"card_model": "", "terms_start": "2026-07-01"})
    models = [row.card_model for row in db.scalars(select(ContractTerms).order_by(ContractTerms.period))]
    assert models == ["CONFORT", None]


@pytest.mark.parametrize(
    ("values", "column", "reason"),
    [
        ({"card_model": "AUTRE"}, "card_model", "modèle de carte inconnu"),
        ({"card_model": "CONFORT", "conventions": "DENT=IS:1"}, "conventions", "n’a pas tous ces domaines"),
        ({"conventions": "OPTI:IS:1"}, "conventions", "s’écrivent OPTI=IS:1"),
        ({"conventions": "OPTI=IS:1 OPTI=SP:1"}, "conventions", "la même priorité"),
        ({"amc_exchange_number": "123"}, "amc_exchange_number", "10 chiffres attendus"),
    ],
)
def test_what_the_card_cannot_use_is_refused_with_its_line(db, bring, values, column, reason):
    make_model(db)
    with pytest.raises(FeedRefusedError) as refused:
        bring(values)
    (remark,) = refused.value.report.refusals
    assert (remark.line, remark.column) == (2, column)
    assert reason in remark.reason
