"""A copy of everything: asked for, made by the worker, taken by its person alone, gone after a day (C156)."""

import csv
import hashlib
import io
import json
import resource
import zipfile
from datetime import date, timedelta

import pypdf
import pytest
from sqlalchemy import LargeBinary, select, text

from member_space.domain.nir import key_of
from member_space.domain.request import Act
from member_space.interfaces import IStorage
from member_space.models import (
    Attachment,
    BankAccount,
    Base,
    Consent,
    DataExport,
    Event,
    InternalNote,
    Notification,
    Reading,
    RecoveryCode,
)
from member_space.services import request as requests
from member_space.services.attachment_add import add_files
from member_space.services.attachment_check import check
from member_space.services.export import MAKE, expire_copies, make_copy
from member_space.services.export_tables import LEFT_OUT, PARTS
from member_space.services.request import Actor
from tests.factories.files import pdf, sent
from tests.factories.household import make_account, make_contract, make_person
from tests.factories.office import make_colleague
from tests.factories.request import MEMBER, OFFICE, make_draft, make_request, take
from tests.factories.statement import line_values, make_statement
from tests.functional.clock import clock_at
from tests.functional.helpers import sign_in, tools_of
from tests.log_guard import note

PAGE = "/mes-donnees/copie"
NIR = "2840588321025" + key_of("2840588321025")
IBAN = "FR7630006000011234567890189"


@pytest.fixture(autouse=True)
def clock(app):
    with clock_at(app, 2026, 11, 21) as clock:
        yield clock


@pytest.fixture
def family(db, cipher):
    note(NIR), note(IBAN)
    values = {"nir_encrypted": cipher.encrypt(NIR), "nir_index": cipher.blind_index(NIR)}
    holder = make_person(db, "Hélène", last_name="Morel", **values)
    spouse = make_person(db, "Sami", last_name="Morel")
    child = make_person(db, "Zoé", date(2015, 5, 5), last_name="Morel")
    contract = make_contract(db, holder, (spouse, "spouse"), (child, "child"))
    for person, label in ((holder, "Soin de Hélène"), (spouse, "Soin secret de Sami"), (child, "=Soin de Zoé")):
        make_statement(db, contract, [line_values(person, contract, label=label, practitioner=f"Dr {label}")])
    db.add(Consent(person_id=holder.id, purpose="sms_contact", granted=True, wording="Acceptez-vous les SMS ?"))
    db.add(
        BankAccount(
            person_id=holder.id,
            iban=cipher.encrypt(IBAN),
            iban_index=cipher.blind_index(IBAN),
            holder_name="Hélène Morel",
            state="in_use",
            effective_at=text("now()"),
        )
    )
    account = make_account(db, holder, "an-encoded-hash")
    db.add(RecoveryCode(account_id=account.id, code_index=cipher.blind_index("x")))
    db.flush()
    return {"account": account, "holder": holder, "spouse": spouse, "child": child, "contract": contract}


@pytest.fixture
def browser(app, db, family):
    return sign_in(app, db, family["account"], proved=True)


def ask(browser):
    page = browser.get(PAGE)
    return next(form for form in page.forms.values() if form.action == PAGE).submit()


def make(app, db):
    row = db.scalars(select(DataExport).order_by(DataExport.id.desc())).first()
    make_copy(db, tools_of(app), row.id)
    db.commit()
    return row


def taken(app, db, browser) -> zipfile.ZipFile:
    ask(browser)
    make(app, db)
    answer = browser.get(PAGE).click("Télécharger la copie")
    assert answer.content_type == "application/zip"
    return zipfile.ZipFile(io.BytesIO(answer.body))


def test_it_is_asked_made_and_taken(app, db, browser, family):
    answer = ask(browser)
    assert (answer.status_int, answer.location) == (303, f"http://localhost{PAGE}?fait=copie-demandee")
    assert "Votre copie se prépare" in answer.follow()
    assert db.scalars(text("select args->>'export_id' from procrastinate_jobs where task_name = :t"), {"t": MAKE}).all()
    row = make(app, db)
    assert db.scalars(select(Notification.kind)).all() == ["export_ready"]
    page = browser.get(PAGE)
    assert "Votre copie est prête" in page
    answer = page.click("Télécharger la copie")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="mes-donnees.zip"'
    assert "no-store" in answer.headers["Cache-Control"]
    assert int(answer.headers["Content-Length"]) == len(answer.body) == row.size
    kinds = db.scalars(select(Event.kind).where(Event.kind.like("export:%")).order_by(Event.id)).all()
    assert kinds == ["export:asked", "export:downloaded"]
    # The child's care is in it: his list will tell.
    assert db.execute(select(Reading.subject_person_id, Reading.what)).all() == [(family["child"].id, "export")]


def test_every_file_is_whole_and_both_forms_agree(app, db, browser):
    archive = taken(app, db, browser)
    assert archive.testzip() is None
    manifest = json.loads(archive.read("manifeste.json"))
    assert set(manifest["files"]) == set(archive.namelist()) - {"manifeste.json"}
    for name, told in manifest["files"].items():
        data = archive.read(name)
        assert (hashlib.sha256(data).hexdigest(), len(data)) == (told["sha256"], told["bytes"])
    for part in PARTS:
        rows = json.loads(archive.read(f"json/{part.name}.json"))
        table = list(csv.reader(io.StringIO(archive.read(f"csv/{part.name}.csv").decode("utf-8-sig")), delimiter=";"))
        assert len(rows) == manifest["rows"][part.name] == max(0, len(table) - 1)
        if rows:
            assert table[0] == list(rows[0])
    assert len(manifest["retention"]) > 10


def test_it_holds_what_is_the_person_s(app, db, browser, family):
    archive = taken(app, db, browser)
    found = {part.name: json.loads(archive.read(f"json/{part.name}.json")) for part in PARTS}
    assert {one["first_name"]: one["nir"] for one in found["identite"]} == {"Hélène": NIR, "Zoé": None}
    assert [one["iban"] for one in found["comptes-bancaires"]] == [IBAN]
    assert {one["label"] for one in found["soins"]} == {"Soin de Hélène", "=Soin de Zoé"}
    assert all(one["statement_reference"] for one in found["soins"])
    assert [one["wording"] for one in found["consentements"]] == ["Acceptez-vous les SMS ?"]
    assert [one["number"] for one in found["contrats"]] == [family["contract"].number]
    assert [one["kind"] for one in found["journal"]] == ["export:asked"]
    assert len(found["virements"]) == 3
    assert ";'=Soin de Zoé;" in archive.read("csv/soins.csv").decode()
    summary = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(archive.read("resume.pdf"))).pages)
    assert "Hélène Morel" in summary
    assert "soins.json" in summary


def test_nothing_of_another_adult_and_no_secret_is_in_it(app, db, browser, family):
    archive = taken(app, db, browser)
    everything = b"".join(archive.read(name) for name in archive.namelist())
    for hidden in ("Soin secret de Sami", "Sami", family["spouse"].email, "an-encoded-hash"):
        assert hidden.encode() not in everything, hidden


def test_even_an_open_adult_s_care_is_not_ours_to_take_away(app, db, browser, family):
    family["spouse"].care_open_to_holder = True
    db.flush()
    assert "Soin secret de Sami" in browser.get("/remboursements")
    assert b"Soin secret" not in taken(app, db, browser).read("json/soins.json")


def test_a_beneficiary_takes_himself_alone(app, db, family):
    browser = sign_in(app, db, make_account(db, family["spouse"]), proved=True)
    archive = taken(app, db, browser)
    everything = b"".join(archive.read(name) for name in archive.namelist())
    assert b"Soin secret de Sami" in everything
    for hidden in ("Soin de Hélène", "Zoé", NIR, IBAN, "Hélène"):
        assert hidden.encode() not in everything, hidden


def test_asking_twice_is_asking_once(app, db, browser):
    ask(browser)
    token = browser.get("/mes-donnees").html.find("input", {"name": "csrf_token"})["value"]
    browser.post(PAGE, {"csrf_token": token})
    make(app, db)
    browser.post(PAGE, {"csrf_token": token})
    assert len(db.scalars(select(DataExport.id)).all()) == 1


def test_a_job_done_again_makes_no_second_copy(app, db, browser):
    ask(browser)
    row = make(app, db)
    ready_at = row.ready_at
    make_copy(db, tools_of(app), row.id)
    assert row.ready_at == ready_at
    assert len(db.scalars(select(Notification.id)).all()) == 1


def test_after_a_day_it_is_gone_from_the_page_and_from_the_storage(app, db, browser, family, clock):
    ask(browser)
    row = make(app, db)
    link, key = f"{PAGE}/{row.public_id}", row.storage_key
    storage = tools_of(app).find(IStorage)
    assert storage.get(key)
    clock.at += timedelta(hours=24)
    browser = sign_in(app, db, family["account"], proved=True)
    browser.get(link, status=404)
    expire_copies(db, tools_of(app))
    with pytest.raises(KeyError):
        storage.get(key)
    assert (row.state, row.storage_key) == ("expired", None)
    assert "Demander une copie" in browser.get(PAGE)


def test_one_that_never_came_may_be_asked_for_again(app, db, browser, family, clock):
    ask(browser)
    clock.at += timedelta(hours=25)
    expire_copies(db, tools_of(app))
    browser = sign_in(app, db, family["account"], proved=True)
    page = browser.get(PAGE)
    assert "n’a pas pu être faite" in page
    ask(browser)
    assert db.scalars(select(DataExport.state).order_by(DataExport.id)).all() == ["failed", "waiting"]


def test_somebody_else_s_copy_does_not_exist(app, db, browser, family):
    ask(browser)
    row = make(app, db)
    other = sign_in(app, db, make_account(db, family["spouse"]), proved=True)
    other.get(f"{PAGE}/{row.public_id}", status=404)


def test_who_has_not_just_proved_who_he_is_is_asked_first(app, db, family):
    browser = sign_in(app, db, family["account"])
    assert "/confirmer-identite?next=%2Fmes-donnees%2Fcopie" in browser.get(PAGE, status=303).location


def test_in_the_storage_nothing_can_be_read(app, db, browser):
    ask(browser)
    row = make(app, db)
    kept = tools_of(app).find(IStorage).get(row.storage_key)
    assert b"PK" not in kept[:200]
    assert "Hélène".encode() not in kept
    assert b"manifeste.json" not in kept


def test_every_table_is_in_the_copy_or_left_out_for_a_reason():
    """A new table must be decided: a Part of services/export_tables.py, or a line of LEFT_OUT with its reason."""
    told = [table for part in PARTS for table in part.tables]
    assert sorted(told) == sorted(set(told))
    assert set(told) & set(LEFT_OUT) == set()
    assert set(told) | set(LEFT_OUT) == set(Base.metadata.tables)


def test_no_column_that_is_a_secret_is_in_the_copy():
    """Bytes are a hash, an index or a ciphertext: each is hidden, or decrypted as the person's own."""
    for part in PARTS:
        if len(part.tables) == 1 and (part.hidden or part.clear or part.name in {"contrats-conditions", "couvertures"}):
            for column in Base.metadata.tables[part.tables[0]].columns:
                secret = isinstance(column.type, LargeBinary) or any(
                    word in column.name for word in ("hash", "token", "secret", "_index", "password")
                )
                asked = column.name in part.hidden | part.clear
                allowed = {"password_changed_at", "must_change_password"}
                assert asked or not secret or column.name in allowed, f"{part.name}: {column.name}"


def test_memory_does_not_grow_with_the_history(app, db, browser, family):
    """Twenty thousand lines of care weigh several times what the process may gain."""
    contract, holder = family["contract"], family["holder"]
    for _ in range(20):
        make_statement(db, contract, [line_values(holder, contract, label="Soin " + "x" * 400)] * 1000)
    db.commit()
    db.expunge_all()
    ask(browser)
    row = db.scalars(select(DataExport)).one()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    make_copy(db, tools_of(app), row.id)
    gained = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    lines = json.loads(zipfile.ZipFile(io.BytesIO(browser.get(f"{PAGE}/{row.public_id}").body)).read("json/soins.json"))
    assert len(lines) == 20_002
    assert len(json.dumps(lines)) > 20_000_000
    assert gained < 40_000, f"{gained} kB"


def test_requests_and_their_files_are_in_it_and_no_note_between_colleagues(app, db, browser, family):
    account, tools = family["account"], tools_of(app)
    draft = make_draft(db, tools, account, family["contract"], body="Ma question à vous")
    add_files(db, tools, draft, [sent("facture.pdf", pdf())], actor=Actor(MEMBER, account.id))
    requests.send(db, tools, draft, Actor(MEMBER, account.id))
    colleague = make_colleague(db, "handler")
    note_of = {"request_id": draft.id, "contract_id": draft.contract_id, "account_id": colleague.id}
    db.add(InternalNote(**note_of, body="Entre nous seulement", written_at=tools.now()))
    check(db, tools, db.scalars(select(Attachment.id)).one())
    theirs = make_request(db, tools, make_account(db, family["spouse"]), family["contract"], body="Secret de Sami")
    db.commit()
    archive = taken(app, db, browser)
    found = {part.name: json.loads(archive.read(f"json/{part.name}.json")) for part in PARTS}
    assert [one["number"] for one in found["demandes"]] == [draft.number]
    assert [one["body"] for one in found["demandes-echanges"]] == ["Ma question à vous"]
    assert [one["act"] for one in found["demandes-etapes"]] == ["send"]
    assert [one["name"] for one in found["documents"]] == ["facture.pdf"]
    [piece] = [name for name in archive.namelist() if name.startswith("pieces/")]
    assert archive.read(piece).startswith(b"%PDF")
    assert hashlib.sha256(archive.read(piece)).hexdigest() == found["documents-fichiers"][0]["sha256"]
    everything = b"".join(archive.read(name) for name in archive.namelist())
    for hidden in ("Entre nous seulement", "Secret de Sami", theirs.number, colleague.office_name):
        assert hidden.encode() not in everything, hidden


def test_what_the_page_hides_of_another_adult_and_of_colleagues_is_not_in_it_either(app, db, browser, family):
    account, tools, contract = family["account"], tools_of(app), family["contract"]
    first = make_request(db, tools, account, contract)
    theirs = make_request(db, tools, make_account(db, family["spouse"]), contract)
    repeats = [{"number": one.number, "same_file": True} for one in (first, theirs)]
    row = make_request(db, tools, account, contract, details={"repeats": repeats})
    one, other = make_colleague(db, "handler"), make_colleague(db, "handler")
    take(db, tools, row, one)
    given = {"from_account_id": one.id, "to_account_id": other.id, "reason": "fund"}
    requests.move(db, tools, row, Act.GIVE, Actor(OFFICE, one.id), details=given, handler_id=other.id)
    db.commit()
    archive = taken(app, db, browser)
    told = [each["details"] for each in json.loads(archive.read("json/demandes.json"))]
    assert told[1]["repeats"] == [{"number": first.number, "same_file": True}, {"number": None, "same_file": True}]
    assert [each["details"] for each in json.loads(archive.read("json/demandes-etapes.json"))][-1] == {"reason": "fund"}
    everything = b"".join(archive.read(name) for name in archive.namelist())
    for hidden in (theirs.number, "from_account_id", "to_account_id"):
        assert hidden.encode() not in everything, hidden
