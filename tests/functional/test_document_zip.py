"""« Tout télécharger »: one file with what proves it, the same bytes each time, gone on with where it was cut."""

import hashlib
import io
import json
import zipfile

import pytest
from sqlalchemy import select

from member_space.interfaces import IStorage
from member_space.models import Attachment
from member_space.services.attachment import Safe
from member_space.services.attachment_add import add_files
from member_space.services.attachment_check import check
from member_space.services.document import remove
from member_space.services.document_zip import zip_documents
from member_space.services.fingerprint import take_fingerprints
from member_space.services.request import Actor
from tests.factories.files import jpeg, pdf, sent
from tests.factories.request import MEMBER
from tests.functional.clock import clock_at, counted_statements
from tests.functional.helpers import sign_in

ZIP = "/documents/tout.zip"


@pytest.fixture(autouse=True)
def clock(app):
    with clock_at(app, 2026, 6, 16, 11) as clock:
        yield clock


@pytest.fixture
def documents(db, home, tools):
    """Three of the safe; the last one is not checked yet."""
    account, contract = home
    files = [sent(f"Photo {n}.jpg", jpeg(400 + n, 300)) for n in range(2)] + [sent("devis.pdf", pdf())]
    safe = Safe(contract.id, account.person_id)
    assert add_files(db, tools, None, files, actor=Actor(MEMBER, account.id), safe=safe) == []
    rows = list(db.scalars(select(Attachment).order_by(Attachment.id)))
    for row in rows[:2]:
        check(db, tools, row.id)
    db.commit()
    return rows


@pytest.fixture
def browser(app, db, home, documents):
    return sign_in(app, db, home[0])


def opened(answer) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(answer.body))


def test_all_of_it_leaves_as_one_file_with_what_proves_it(browser):
    answer = browser.get(ZIP)
    assert (answer.content_type, answer.headers["Accept-Ranges"]) == ("application/zip", "bytes")
    assert "no-store" in answer.headers["Cache-Control"]
    assert int(answer.headers["Content-Length"]) == len(answer.body)
    archive = opened(answer)
    assert archive.testzip() is None
    manifest = json.loads(archive.read("manifeste.json"))
    assert set(manifest["files"]) == set(archive.namelist()) - {"manifeste.json"}
    for name, told in manifest["files"].items():
        data = archive.read(name)
        assert (hashlib.sha256(data).hexdigest(), len(data)) == (told["sha256"], told["bytes"])
    named = [info for info in archive.infolist() if info.filename.startswith("documents/")]
    assert [info.filename.partition("-")[2] for info in named] == ["Photo 0.jpg", "Photo 1.jpg"]
    # The day and hour when they were given, in Paris.
    assert {info.date_time for info in named} == {(2026, 6, 16, 11, 0, 0)}
    assert list(manifest["left_out"].values()) == ["received"]


def test_the_same_documents_are_the_same_bytes_at_any_hour(browser, clock):
    first = browser.get(ZIP)
    clock.at = clock.at.replace(minute=9)
    again = browser.get(ZIP)
    assert (again.body, again.headers["ETag"]) == (first.body, first.headers["ETag"])
    assert first.headers["ETag"].startswith('"')  # a strong one
    assert browser.get(ZIP, headers={"If-None-Match": first.headers["ETag"]}, status=304).body == b""
    assert browser.head(ZIP).headers["Content-Length"] == first.headers["Content-Length"]


def test_a_download_that_was_cut_goes_on(browser):
    whole = browser.get(ZIP)
    size, tag = len(whole.body), whole.headers["ETag"]
    for cut in (1, 500, size // 2, size - 1):
        answer = browser.get(ZIP, headers={"Range": f"bytes={cut}-", "If-Range": tag}, status=206)
        assert answer.headers["Content-Range"] == f"bytes {cut}-{size - 1}/{size}"
        assert whole.body[:cut] + answer.body == whole.body
        assert (answer.content_type, answer.headers["ETag"]) == ("application/zip", tag)
    asked = {"Range": "bytes=10-19"}
    answer = browser.get(ZIP, headers=asked, status=206)
    assert (answer.body, answer.headers["Content-Length"]) == (whole.body[10:20], "10")
    assert browser.get(ZIP, headers={"Range": "bytes=-22"}, status=206).body == whole.body[-22:]


def test_beyond_its_end_there_is_nothing(browser):
    size = len(browser.get(ZIP).body)
    answer = browser.get(ZIP, headers={"Range": f"bytes={size}-"}, status=416)
    assert answer.headers["Content-Range"] == f"bytes */{size}"
    # What is no range is answered whole.
    for asked in ("bytes=", "pages=1-2", "bytes=9-3", "bytes=x-"):
        assert len(browser.get(ZIP, headers={"Range": asked}, status=200).body) == size


def changes(db, tools, documents):
    yield lambda: setattr(documents[0], "name", "Autre titre.jpg")
    yield lambda: check(db, tools, documents[2].id)
    yield lambda: remove(db, tools, documents[1])


def test_when_the_documents_changed_meanwhile_it_begins_again(browser, db, documents, tools):
    tags = {browser.get(ZIP).headers["ETag"]}
    for change in changes(db, tools, documents):
        whole = browser.get(ZIP)
        change()
        db.commit()
        answer = browser.get(ZIP, headers={"Range": "bytes=100-", "If-Range": whole.headers["ETag"]}, status=200)
        assert opened(answer).testzip() is None
        assert len(answer.body) == int(answer.headers["Content-Length"])
        tags.add(answer.headers["ETag"])
    assert len(tags) == 4


def test_what_the_storage_lost_is_left_out_and_told(browser, app, documents):
    app.app.registry.getUtility(IStorage).delete(documents[0].shown_key)
    archive = opened(browser.get(ZIP))
    assert archive.testzip() is None
    left_out = json.loads(archive.read("manifeste.json"))["left_out"]
    assert list(left_out.values()) == ["not in the storage", "received"]


def without_fingerprints(db, documents):
    for row in documents:
        row.shown_sha256 = row.shown_crc32 = None
    db.commit()


def test_files_checked_before_fingerprints_were_kept_leave_alike_and_nothing_is_written(browser, db, documents):
    with_them = browser.get(ZIP)
    without_fingerprints(db, documents)
    answer = browser.get(ZIP)
    assert (answer.body, answer.headers["ETag"]) == (with_them.body, with_them.headers["ETag"])
    rest = browser.get(ZIP, headers={"Range": "bytes=500-", "If-Range": answer.headers["ETag"]}, status=206)
    assert answer.body[:500] + rest.body == with_them.body
    db.expire_all()
    assert [row.shown_sha256 for row in documents] == [None] * 3


def test_the_night_takes_their_fingerprints_but_of_what_the_storage_lost(app, db, documents, tools, monkeypatch):
    known = [(row.shown_sha256, row.shown_crc32) for row in documents]
    without_fingerprints(db, documents)
    app.app.registry.getUtility(IStorage).delete(documents[0].shown_key)
    monkeypatch.setattr("member_space.services.fingerprint.BATCH", 1)
    take_fingerprints(db, tools)
    take_fingerprints(db, tools, after=documents[0].id)
    db.commit()
    db.expire_all()
    assert [(row.shown_sha256, row.shown_crc32) for row in documents] == [(None, None), known[1], (None, None)]


def test_it_is_one_statement_however_many_there_are(engine, db, home, documents, tools):
    person_id = home[0].person_id
    assert len(documents) == 3
    with counted_statements(engine) as run:
        zip_documents(db, tools, person_id)
    assert len(run) == 1


def test_a_large_document_is_never_whole_in_memory(db, home, tools):
    """One of 60 MB leaves in pieces of a megabyte."""
    account, contract = home

    class Storage:
        def missing(self, _keys):
            return set()

        def chunks(self, _key, start=0):
            return (bytes(1 << 20) for _n in range(60 - (start >> 20)))

    class Large:
        find = staticmethod(lambda _interface: Storage())
        now = staticmethod(tools.now)

    of = {"contract_id": contract.id, "author_person_id": account.person_id, "account_id": account.id}
    shown = {"state": "checked", "shown_key": "x", "shown_type": "application/pdf", "sent_at": tools.now()}
    db.add(Attachment(**of, **shown, name="grand.pdf"))
    db.flush()
    archive = zip_documents(db, Large(), account.person_id)
    sizes = [len(piece) for piece in archive]
    assert sum(sizes) == archive.size > 60 << 20
    assert max(sizes) < 2 << 20
