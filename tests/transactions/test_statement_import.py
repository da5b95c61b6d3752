"""The import of statements on a real database."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from member_space.models import Act, ActFamilyRow, Event, Payment, Statement, StatementLine
from member_space.models.base import days
from member_space.models.session import make_session_factory
from member_space.services.feed import FeedRefusedError, Report
from member_space.services.statement_import import import_statements
from tests.factories.feeds import LINE, csv_text, write_statements
from tests.factories.household import make_contract, make_person

TODAY = date(2026, 4, 1)


def make_household(db: Session) -> None:
    """Contract C1, of P1 and P2, and the act G."""
    holder = make_person(db, "Camille", external_ref="P1")
    child = make_person(db, "Léo", external_ref="P2", birth_date=date(2015, 2, 3))
    make_contract(db, holder, (child, "child"), number="C1")
    family = {"code": "consultation", "label": "Médecin généraliste", "position": 1, "period": days(date(2000, 1, 1))}
    db.execute(insert(ActFamilyRow), family)
    db.execute(
        insert(Act),
        {
            "code": "G",
            "label": "Consultation d'un généraliste",
            "family": "consultation",
            "nature": "NGAP",
            "period": days(date(2017, 5, 1)),
        },
    )


@pytest.fixture
def bring(db: Session, tmp_path):
    """Write the lines in a file and import it; each call is a transaction of its own."""
    make_household(db)

    def run(*rows: dict, encoding: str = "utf-8", raw: bytes | None = None) -> Report:
        path = write_statements(tmp_path / "decomptes.csv", rows, encoding)
        if raw is not None:
            path.write_bytes(raw)
        with db.begin_nested():
            return import_statements(db, path, today=TODAY)

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


def counts(db: Session) -> tuple[int, ...]:
    return tuple(
        db.scalar(select(func.count()).select_from(table)) for table in (Statement, StatementLine, Payment, Event)
    )


def test_a_statement_comes_in_with_its_lines_and_its_transfer(bring, db):
    report = bring({"statement_total": "18,00"}, {"statement_total": "18.00", "label": "Visite", "practitioner": ""})
    assert report.counts == {"statements": 1, "lines": 2, "payments": 1, "already": 0}
    first, second = db.scalars(select(StatementLine).order_by(StatementLine.rank))
    assert (first.label, first.family, first.fee, first.amo_rate) == (
        "Consultation d'un généraliste",
        "consultation",
        3000,
        7000,
    )
    assert first.search_text == "consultation d'un generaliste dr anne lemaitre g medecin generaliste"
    assert (second.label, second.practitioner, second.search_text) == ("Visite", None, "visite g medecin generaliste")
    assert db.scalars(select(Payment.amount)).one() == 1800
    assert db.scalars(select(Event.kind)).all() == ["statements:imported"]


def test_the_same_statement_again_is_no_change_whatever_its_spelling(bring, db):
    bring({})
    report = bring({"issued_on": "18/03/2026", "fee": "30.0"}, encoding="cp1252")
    assert report.counts["already"] == 1
    assert db.scalar(select(func.count()).select_from(Statement)) == 1


def test_a_statement_that_changed_is_refused(bring, refused):
    bring({})
    [(line, column, reason)] = refused({"label": "Autre chose"})
    assert (line, column) == (2, "statement_ref")
    assert "autre contenu" in reason


def test_a_new_statement_beside_a_known_one_comes_in(bring, db):
    bring({})
    report = bring({}, {"statement_ref": "D2", "payment_ref": "VIR2"})
    assert report.counts == {"statements": 1, "lines": 1, "payments": 1, "already": 1}


def test_a_transfer_pays_several_statements_of_several_files(bring, db):
    bring({}, {"statement_ref": "D2"})
    bring({"statement_ref": "D3"})
    assert db.execute(select(Payment.reference, Payment.amount)).all() == [("VIR1", 2700)]


def test_a_transfer_cannot_change_its_day(bring, refused):
    bring({})
    [(line, column, reason)] = refused({"statement_ref": "D2", "paid_on": "2026-03-21"})
    assert (line, column) == (2, "payment_ref")
    assert "autre date" in reason


def test_each_household_has_its_part_of_a_transfer_to_a_hospital(bring, db):
    make_contract(db, make_person(db, "Nadia", external_ref="P9"), number="C9")
    other = {"statement_ref": "D2", "contract_number": "C9", "person_ref": "P9"}
    bring({"payee": "hospital"}, other | {"payee": "hospital"})
    assert db.scalars(select(Payment.amount)).all() == [900, 900]


def test_a_statement_without_transfer(bring, db):
    bring({"payment_ref": "", "paid_on": "", "iban_last4": ""})
    assert db.scalars(select(Statement.payment_id)).all() == [None]


OTHER_OWED = {"other_insurer": "9,00", "our_share": "0", "statement_total": "0"}


def test_a_share_of_zero_has_its_reason(bring, db):
    bring(
        OTHER_OWED | {"statement_total": "0,00"},
        OTHER_OWED | {"statement_total": "0,00", "zero_reason": "not_covered"},
    )
    assert db.scalars(select(StatementLine.zero_reason).order_by(StatementLine.rank)).all() == [
        "paid_by_other_insurer",
        "not_covered",
    ]


def test_care_after_the_coverage_is_told_as_out_of_rights(bring, refused, db):
    holder = make_person(db, "Jean", external_ref="P5")
    make_contract(db, holder, number="C5", period=days(date(2024, 1, 1), date(2026, 3, 1)))
    unpaid = {
        "contract_number": "C5",
        "person_ref": "P5",
        "our_share": "0",
        "member_share": "11,00",
        "statement_total": "0",
    }
    assert refused(unpaid)[0][:2] == (2, "care_date")
    bring(unpaid | {"zero_reason": "out_of_rights"})
    assert db.scalars(select(StatementLine.zero_reason)).all() == ["out_of_rights"]


def test_a_cancellation_is_the_opposite_of_its_line(bring, db):
    opposite = {
        name: f"-{LINE[name]}"
        for name in (
            "fee",
            "base",
            "amo_gross",
            "participation",
            "amo_net",
            "our_share",
            "member_share",
            "statement_total",
        )
    }
    bring({}, opposite | {"statement_ref": "D2", "payment_ref": "VIR2"})
    assert db.scalars(select(Statement.total).order_by(Statement.reference)).all() == [900, -900]


def test_what_is_odd_is_kept_and_told(bring, db):
    report = bring({"our_share": "10,00", "member_share": "1,00", "statement_total": "10"})
    assert [(remark.line, remark.column) for remark in report.warnings] == [(2, "our_share")]
    assert report.counts["lines"] == 1


def test_quotes_backslashes_and_separators_survive_the_copy(bring, db):
    label = r'Soins ; "spéciaux" \N \t C:\n'
    bring({"label": label, "practitioner": r"\N"})
    assert db.execute(select(StatementLine.label, StatementLine.practitioner)).one() == (label, r"\N")


def test_a_statement_cut_by_the_size_of_a_chunk_stays_whole(bring, db, monkeypatch):
    monkeypatch.setattr("member_space.services.statement_import.CHUNK", 2)
    three = [{"statement_total": "27,00"}] * 3
    bring({"statement_ref": "D0"}, *three, {"statement_ref": "D2"})
    assert db.execute(
        select(Statement.reference, func.count())
        .join(StatementLine)
        .group_by(Statement.reference)
        .order_by(Statement.reference)
    ).all() == [("D0", 1), ("D1", 3), ("D2", 1)]


@pytest.mark.parametrize(
    ("change", "column", "words"),
    [
        ({"contract_number": "C404"}, "contract_number", "contrat inconnu"),
        ({"person_ref": "P404"}, "person_ref", "personne inconnue"),
        ({"act_code": "XYZ"}, "act_code", "acte inconnu"),
        ({"care_date": "2023-12-31"}, "care_date", "pas couverte"),
        ({"care_date": "2026-02-30"}, "care_date", "n'existe pas"),
        ({"care_date": "2026-03-19"}, "care_date", "postérieurs"),
        ({"issued_on": "2026-04-02"}, "issued_on", "futur"),
        ({"paid_on": "2026-06-01"}, "paid_on", "31 jours"),
        ({"paid_on": ""}, "paid_on", "sans date"),
        ({"payment_ref": ""}, "payment_ref", "sans référence"),
        ({"payment_ref": "", "paid_on": ""}, "payment_ref", "IBAN sans"),
        ({"iban_last4": "FR7630001007941234567890185"}, "iban_last4", "4 derniers"),
        ({"payee": "Assuré"}, "payee", "valeur inconnue"),
        ({"payee_name": " "}, "payee_name", "absente"),
        ({"statement_ref": ""}, "statement_ref", "absente"),
        ({"statement_total": "9,01"}, "statement_total", "écart de 0,01"),
        ({"fee": "30,01"}, "fee", "écart de 0,01"),
        ({"amo_net": "19,50", "member_share": "1,50"}, "amo_net", "écart de 0,50"),
        ({"member_share": "-2,00", "our_share": "13,00", "statement_total": "13"}, "member_share", "dépassent"),
        ({"other_insurer": "-9,00", "our_share": "18,00", "statement_total": "18"}, "fee", "signe"),
        ({"fee": "NaN"}, "fee", "pas un montant"),
        ({"fee": "1e3"}, "fee", "pas un montant"),
        ({"fee": "inf"}, "fee", "pas un montant"),
        ({"fee": "30,001"}, "fee", "deux décimales"),
        ({"fee": "99999999999,00"}, "fee", "trop grand"),
        ({"fee": "9" * 15_000}, "fee", "trop grand"),
        ({"amo_rate": "170"}, "amo_rate", "entre 0 et 100"),
        ({"amo_rate": "70 pour cent"}, "amo_rate", "pas un taux"),
        ({"quantity": "-1"}, "quantity", "nombre entier"),
        ({"quantity": "0"}, "quantity", "nombre entier"),
        ({"label": "x" * 201}, "label", "200 caractères"),
        ({"label": "a\x07b"}, "label", "contrôle"),
        ({"zero_reason": "not_covered"}, "zero_reason", "ligne payée"),
        ({"zero_reason": "parce que"}, "zero_reason", "valeur inconnue"),
    ],
)
def test_a_wrong_value_refuses_the_file_with_its_line_and_column(refused, change, column, words):
    found = refused({}, {"statement_ref": "D2", "payment_ref": "VIR2"} | change)
    assert [(line, where) for line, where, _ in found] == [(3, column)]
    assert words in found[0][2]


@pytest.mark.parametrize(
    ("rows", "line", "column", "words"),
    [
        ([{}, {"statement_ref": "D2"}, {}], 4, "statement_ref", "plus haut"),
        ([{"statement_total": "18"}, {"statement_total": "18", "payee": "hospital"}], 3, "payee", "première ligne"),
        ([{"statement_total": "18"}, {"statement_total": "18,01"}], 3, "statement_total", "première ligne"),
        ([{}, {"statement_ref": "D2", "payee_name": "Autre"}], 3, "payment_ref", "autre destinataire"),
    ],
)
def test_lines_that_contradict_each_other_are_refused(refused, rows, line, column, words):
    found = refused(*rows)
    assert (line, column) == found[0][:2]
    assert words in found[0][2]


def test_a_reference_far_above_in_the_file_is_found(refused, monkeypatch):
    monkeypatch.setattr("member_space.services.statement_import.CHUNK", 2)
    found = refused({}, *({"statement_ref": f"E{n}"} for n in range(7)), {})
    assert [(line, column) for line, column, _ in found] == [(10, "statement_ref")]


def test_every_refusal_of_a_file_is_told_at_once(refused):
    found = refused(
        {"fee": "x", "care_date": "y"},
        {"statement_ref": "D2", "person_ref": "P404"},
        {"statement_ref": "D3", "fee": "31"},
    )
    assert sorted((line, column) for line, column, _ in found) == [
        (2, "care_date"),
        (2, "fee"),
        (3, "person_ref"),
        (4, "fee"),
    ]


def test_a_file_without_lines_is_refused(refused):
    [(line, _, reason)] = refused()
    assert (line, reason) == (1, "aucune ligne de décompte dans le fichier")


def test_bytes_that_are_no_text_are_refused(refused):
    raw = csv_text([LINE], LINE).replace("Lemaître", "Lema\x8dtre").encode("latin-1")
    [(line, column, reason)] = refused(raw=raw)
    assert (line, column) == (2, "practitioner")
    assert "illisible" in reason


def test_optional_columns_may_be_absent(bring, db):
    columns = [name for name in LINE if name not in ("label", "quantity", "deferred", "zero_reason", "noemie_ref")]
    bring(raw=csv_text([LINE], reversed(columns)).encode())
    assert db.execute(select(StatementLine.quantity, StatementLine.deferred)).one() == (1, 0)


def test_no_report_repeats_a_value(refused, bring):
    secret = "284058832102532"
    with pytest.raises(FeedRefusedError) as refusal:
        bring({"person_ref": secret, "fee": secret, "care_date": secret, "payee": secret, "label": secret * 20})
    told = repr(refusal.value.report) + str(refusal.value)
    assert secret not in told
    assert "28405" not in told


def test_a_file_is_committed_whole_or_not_at_all(own_database, tmp_path):
    """With real commits: what a refused file wrote before its wrong line is gone, and the next import goes on."""
    sessions = make_session_factory(own_database)
    with sessions.begin() as db:
        make_household(db)
    path = write_statements(tmp_path / "d.csv", [{}, {"statement_ref": "D2", "fee": "31"}])
    with pytest.raises(FeedRefusedError), sessions.begin() as db:
        import_statements(db, path, today=TODAY)
    with sessions.begin() as db:
        assert counts(db) == (0, 0, 0, 0)
    write_statements(path, [{}])
    with sessions.begin() as db:
        import_statements(db, path, today=TODAY)
    with sessions.begin() as db:
        assert counts(db) == (1, 1, 1, 1)


def test_two_imports_of_one_file_at_once_write_it_once(own_database, tmp_path):
    sessions = make_session_factory(own_database)
    with sessions.begin() as db:
        make_household(db)
    path = write_statements(tmp_path / "d.csv", [{}, {"statement_ref": "D2"}])

    def bring(_attempt: int) -> int:
        with sessions.begin() as db:
            return import_statements(db, path, today=TODAY).counts["already"]

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(bring, range(2))) == [0, 2]
    with sessions.begin() as db:
        assert db.scalars(select(Payment.amount)).all() == [1800]
