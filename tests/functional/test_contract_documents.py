"""The documents of a contract: every version that concerns it, what it changed, its file, and nobody else's (C35)."""

import os
import uuid
from datetime import date

import pytest
from sqlalchemy import select, update

from member_space.domain.events import EventKind
from member_space.interfaces import IStorage
from member_space.models import Contract, ContractDocument, ContractTerms, Coverage, Event, GuaranteeTable, Notification
from member_space.services.contract_document_import import DocumentsRefusedError, import_documents
from tests.factories.contract_document import make_version
from tests.factories.files import pdf
from tests.factories.household import make_account, make_contract, make_person, period
from tests.functional.clock import clock_at, counted_statements
from tests.functional.helpers import sign_in, tools_of

CHANGE = "Le forfait lunettes passe à 200 €."


@pytest.fixture(autouse=True)
def clock(app):
    with clock_at(app, 2026, 6, 15) as clock:
        yield clock


@pytest.fixture
def storage(app):
    return app.app.registry.getUtility(IStorage)


@pytest.fixture
def couple(db):
    holder, spouse = make_person(db, "Hélène"), make_person(db, "Sami")
    return make_contract(db, holder, (spouse, "spouse")), holder, spouse


@pytest.fixture
def account(db, couple):
    return make_account(db, couple[1])


@pytest.fixture
def browser(app, db, account):
    return sign_in(app, db, account)


@pytest.fixture
def versions(db, storage):
    make_version(db, storage)
    make_version(db, storage, version="2026", effective_on=date(2026, 1, 1), changes=[CHANGE])
    make_version(db, storage, version="2027", effective_on=date(2027, 1, 1), changes=["Autre chose."])


def page_of(couple):
    return f"/contrats/{couple[0].public_id}/documents"


def ends(db, contract, last_day):
    span = period(end=date.fromordinal(last_day.toordinal() + 1))
    for model in (Coverage, ContractTerms):
        db.execute(update(model).where(model.contract_id == contract.id).values(period=span))
    contract.period = span
    db.flush()


def test_every_version_is_told_with_what_it_changed(browser, couple, versions):
    page = browser.get(f"/contrats/{couple[0].public_id}").click("Documents$")
    assert page.html.h1.get_text() == "Documents du contrat"
    words = page.html.main.get_text(" ", strip=True)
    for said in ("En vigueur", "version 2026", CHANGE, "À venir", "À partir du 1er janvier 2027", "Ancienne"):
        assert said in words
    assert words.index("version 2026") < words.index("version 2027") < words.index("version 2024")


def test_each_version_is_taken(browser, couple, versions):
    page = browser.get(page_of(couple))
    links = [a["href"] for a in page.html.main.select("a[href*=documents-du-contrat]")]
    files = [browser.get(link) for link in links]
    assert [one.body.split()[-1] for one in files] == [b"2026", b"2027", b"2024"]
    assert files[0].content_type == "application/pdf"
    assert files[0].headers["Content-Disposition"] == 'attachment; filename="notice-20260101.pdf"'


def test_a_contract_that_is_over_keeps_the_versions_of_its_days(browser, db, couple, versions):
    ends(db, couple[0], date(2025, 12, 31))
    words = browser.get(page_of(couple)).html.main.get_text(" ", strip=True)
    assert "version 2024" in words
    assert "version 2026" not in words
    row = db.scalars(select(ContractDocument).where(ContractDocument.version == "2026")).one()
    browser.get(f"/documents-du-contrat/{row.public_id}.pdf", status=404)


def test_a_document_of_a_table_concerns_the_days_with_that_table(browser, db, couple, storage):
    mine, other = (GuaranteeTable(code=code, label=code.title(), responsible=True) for code in ("CONFORT", "PREMIUM"))
    db.add_all((mine, other))
    db.flush()
    terms = db.scalars(select(ContractTerms).where(ContractTerms.contract_id == couple[0].id)).one()
    terms.guarantee_table_id = mine.id
    rows = [
        make_version(db, storage, kind="guarantees", title=one.code, guarantee_table_id=one.id) for one in (mine, other)
    ]
    page = browser.get(page_of(couple))
    assert "Confort" in page
    assert "Premium" not in page
    browser.get(f"/documents-du-contrat/{rows[0].public_id}.pdf")
    browser.get(f"/documents-du-contrat/{rows[1].public_id}.pdf", status=404)


def test_a_document_of_another_product_does_not_exist(browser, db, storage):
    row = make_version(db, storage, "PREVOYANCE")
    browser.get(f"/documents-du-contrat/{row.public_id}.pdf", status=404)
    browser.get(f"/documents-du-contrat/{uuid.uuid4()}.pdf", status=404)


def test_nothing_yet_says_what_to_do(browser, couple):
    assert "Aucun document en ligne" in browser.get(page_of(couple))


def test_a_constant_number_of_statements(browser, db, couple, storage, engine, versions):
    def cost():
        with counted_statements(engine) as run:
            browser.get(page_of(couple))
        return len(run)

    browser.get(page_of(couple))
    first = cost()
    for year in range(2010, 2022):
        make_version(db, storage, version=str(year), effective_on=date(year, 1, 1))
        make_version(db, storage, kind="terms", version=str(year), effective_on=date(year, 1, 1))
    assert cost() == first


# The import


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "notice.pdf").write_bytes(pdf())
    return tmp_path


def entry(**values):
    facts = {
        "file": '"notice.pdf"',
        "product": '"SANTE"',
        "kind": '"notice"',
        "title": '"Notice"',
        "version": '"2026"',
        "effective": "2026-06-01",
        "changes": f'["{CHANGE}"]',
    } | values
    return "[[document]]\n" + "".join(f"{name} = {value}\n" for name, value in facts.items() if value is not None)


def bring(app, db, folder, *entries, **options):
    (folder / "documents.toml").write_text("\n".join(entries), encoding="utf-8")
    with db.begin_nested():
        return import_documents(db, tools_of(app), folder, **options)


@pytest.mark.parametrize(
    ("written", "field", "said"),
    [
        ({"changes": r'["Oui\u0000non."]'}, "changes", "caractère de contrôle"),
        ({"changes": '[" "]'}, "changes", "vide"),
        ({"changes": f'["{"x" * 501}"]'}, "changes", "plus de 500 caractères"),
        ({"file": r'"notice\u0000.pdf"'}, "file", "caractère de contrôle"),
        ({"effective": "9999-12-31"}, "effective", "de 1945 à 2199"),
        ({"title": "[" * 5000}, "", "n’est pas du TOML"),
    ],
)
def test_what_no_database_nor_calendar_takes_is_told_at_its_line(app, db, folder, couple, written, field, said):
    with pytest.raises(DocumentsRefusedError) as refused:
        bring(app, db, folder, entry(**written))
    [problem] = refused.value.problems
    assert problem.field == field
    assert said in problem.reason


@pytest.mark.parametrize("elsewhere", ["../secret.pdf", "/dev/zero", "pipe"])
def test_a_link_that_leaves_the_folder_and_what_has_no_end_are_not_read(app, db, folder, couple, elsewhere):
    (folder.parent / "secret.pdf").write_bytes(pdf())
    (folder / "notice.pdf").unlink(missing_ok=True)
    if elsewhere == "pipe":
        os.mkfifo(folder / "notice.pdf")
    else:
        (folder / "notice.pdf").symlink_to(elsewhere)
    with pytest.raises(DocumentsRefusedError) as refused:
        bring(app, db, folder, entry())
    assert "pas dans le dossier" in refused.value.problems[0].reason


def test_a_link_within_the_folder_is_read(app, db, folder, couple):
    (folder / "notice.pdf").rename(folder / "kept.pdf")
    (folder / "notice.pdf").symlink_to("kept.pdf")
    assert bring(app, db, folder, entry()).imported == 1


def test_a_file_too_large_is_refused_before_it_is_read(app, db, folder, couple):
    with (folder / "notice.pdf").open("wb") as out:
        out.truncate(20_000_001)
    with pytest.raises(DocumentsRefusedError) as refused:
        bring(app, db, folder, entry())
    assert "dépasse 20 Mo" in refused.value.problems[0].reason


def told(db):
    return db.scalars(select(Notification).where(Notification.kind == "contract_document")).all()


def test_a_folder_is_brought_in_once_and_told_to_the_households(app, db, folder, couple, account):
    spouse = make_account(db, couple[2])
    stranger = make_person(db, "Lou")
    make_contract(db, stranger)
    db.execute(update(Contract).where(Contract.holder_id == stranger.id).values(product="AUTRE"))
    make_account(db, stranger)
    report = bring(app, db, folder, entry())
    assert (report.imported, report.already, report.told) == (1, 0, 2)
    assert {one.account_id for one in told(db)} == {account.id, spouse.id}
    again = bring(app, db, folder, entry())
    assert (again.imported, again.already, again.told) == (0, 1, 0)
    assert len(db.scalars(select(Event).where(Event.kind == EventKind.DOCUMENTS_IMPORTED)).all()) == 1


@pytest.mark.parametrize(
    ("values", "options"),
    [({}, {"silent": True}), ({"changes": None}, {}), ({"effective": "2026-01-01"}, {})],
    ids=["asked", "a first version", "history"],
)
def test_what_is_no_news_is_told_to_nobody(app, db, folder, account, values, options):
    assert bring(app, db, folder, entry(**values), **options).told == 0
    assert told(db) == []


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"file": '"absent.pdf"'}, "file"),
        ({"file": '"../notice.pdf"'}, "file"),
        ({"file": '"documents.toml"'}, "file"),
        ({"product": '"SANTEE"'}, "product"),
        ({"table": '"CONFORTT"'}, "table"),
        ({"kind": '"notise"'}, "kind"),
        ({"title": '""'}, "title"),
        ({"version": "2026"}, "version"),
        ({"effective": '"01/06/2026"'}, "effective"),
        ({"effective": None}, "effective"),
        ({"changes": '"du texte"'}, "changes"),
        ({"changes": '[""]'}, "changes"),
        ({"autre": "1"}, "autre"),
    ],
)
def test_what_is_wrong_is_told_at_its_key_and_nothing_is_written(app, db, folder, couple, values, field):
    with pytest.raises(DocumentsRefusedError) as refused:
        bring(app, db, folder, entry(version='"2025"', effective="2025-01-01", changes=None), entry(**values))
    assert {one.field for one in refused.value.problems} == {field}
    assert refused.value.problems[0].line > 7
    assert db.scalars(select(ContractDocument)).all() == []


def test_a_known_version_does_not_change(app, db, folder, couple):
    bring(app, db, folder, entry())
    for values, field in (
        ({"title": '"Autre titre"'}, "version"),
        ({"effective": "2026-07-01"}, "version"),
        ({"version": '"2026 bis"'}, "effective"),
        ({"version": '"2027"', "effective": "2027-01-01", "changes": None}, "changes"),
    ):
        with pytest.raises(DocumentsRefusedError) as refused:
            bring(app, db, folder, entry(**values))
        assert [one.field for one in refused.value.problems] == [field]


@pytest.mark.parametrize("words", ["", "[[document]\n", "document = 3\n", "\xff"])
def test_an_index_that_cannot_be_read_says_so(app, db, folder, words):
    (folder / "documents.toml").write_bytes(words.encode("latin-1"))
    with pytest.raises(DocumentsRefusedError), db.begin_nested():
        import_documents(db, tools_of(app), folder)
