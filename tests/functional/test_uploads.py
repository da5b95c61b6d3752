"""Forms with files at the door: what is read, what is not, and that no text is lost (R1, R13)."""

import re
from io import BytesIO

import pytest
from sqlalchemy import select

from member_space.domain.attachment import AS_TAKEN, Kind, clean_name
from member_space.models import Attachment
from member_space.security import uploads
from tests.factories import files
from tests.functional.test_attachment import form_of, page_of

BOUNDARY = "----the-boundary"


def part(name: str, content: bytes, filename: bytes | None = None) -> bytes:
    named = b'; filename="' + filename + b'"' if filename is not None else b""
    return (
        b"--" + BOUNDARY.encode() + b'\r\nContent-Disposition: form-data; name="' + name.encode() + b'"' + named
        + b"\r\n\r\n" + content + b"\r\n"
    )  # fmt: skip


def send(app, path: str, *parts: bytes, status=None, script=False, length: int | None = None, end: bool = True):
    body = b"".join(parts) + (b"--" + BOUNDARY.encode() + b"--\r\n" if end else b"")
    headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    if script:
        headers["Accept"] = "application/json"
    environ = {"CONTENT_LENGTH": str(length)} if length is not None else {}
    request = app.RequestClass.blank(path, environ, method="POST", headers=headers, body=body)
    if length is not None:
        request.environ["CONTENT_LENGTH"] = str(length)
    return app.do_request(request, status, expect_errors=True)


@pytest.fixture
def token(app, draft):
    return part("csrf_token", form_of(app, draft)["csrf_token"].value.encode())


def kept(db):
    return list(db.scalars(select(Attachment).order_by(Attachment.id)))


def words_of(page) -> str:
    return re.sub(r"\s+", " ", page.text.replace("\u00a0", " "))


def test_a_script_is_answered_with_the_list_anew(app, db, draft, token):
    answer = send(app, page_of(draft), token, part("files", files.jpeg(), b"a.jpg"), status=200, script=True)
    assert (answer.json["left"], answer.json["errors"]) == (3, [])
    assert "a.jpg" in answer.json["list"]
    answer = send(app, page_of(draft), token, part("files", b"text", b"b.txt"), status=422, script=True)
    assert "b.txt" in answer.json["errors"][0]
    assert "a.jpg" in answer.json["list"]


def test_the_same_photograph_three_times_is_there_once(app, db, draft, token):
    """R6: without progress people send the same photo three times."""
    same = part("files", files.jpeg(), b"a.jpg")
    page = send(app, page_of(draft), token, same, same, status=422)
    assert "« a.jpg » est déjà dans cette demande" in words_of(page)
    send(app, page_of(draft), token, same, status=422)
    assert [row.name for row in kept(db)] == ["a.jpg"]


def test_the_limit_is_counted_and_what_is_beyond_is_named(app, db, draft, token):
    many = [part("files", files.jpeg(400 + n), f"{n}.jpg".encode()) for n in range(6)]
    page = send(app, page_of(draft), token, *many, status=422)
    assert "« 4.jpg » n’a pas été ajouté : 4 documents au plus" in words_of(page)
    assert [row.name for row in kept(db)] == ["0.jpg", "1.jpg", "2.jpg", "3.jpg"]
    assert "tous les documents que cet envoi peut prendre" in page


def test_several_photographs_are_one_document(app, db, draft, token):
    photos = [part("files", files.jpeg(400 + n), f"page {n}.jpg".encode()) for n in range(3)]
    send(app, page_of(draft), token, part("as_one", b"1"), *photos, part("files", files.pdf(), b"b.pdf"), status=303)
    assert [row.name for row in kept(db)] == ["page 0.jpg", "b.pdf"]


def test_a_file_as_large_as_a_film_is_named_and_its_form_is_not_lost(app, db, draft, token):
    film = part("files", bytes(AS_TAKEN + 1), b"film.mov")
    page = send(app, page_of(draft), token, film, part("files", files.jpeg(), b"a.jpg"), status=422)
    assert "« film.mov » est trop lourd : 3 Mo au plus pour un PDF, 25 Mo pour une photo" in words_of(page)
    assert [row.name for row in kept(db)] == ["a.jpg"]


def test_a_pdf_above_the_limit_of_the_office_is_refused_and_a_photograph_is_not(app, db, draft, token):
    heavy = files.pdf().replace(b"%%EOF", b"%" + b"x" * 3_100_000 + b"\n%%EOF")
    photo = files.saved(files.noise(2400, 1800), "JPEG", quality=95)
    assert len(photo) > 3_000_000
    page = send(app, page_of(draft), token, part("files", heavy, b"a.pdf"), part("files", photo, b"b.jpg"), status=422)
    assert "« a.pdf » est trop lourd" in words_of(page)
    assert [row.name for row in kept(db)] == ["b.jpg"]


def test_every_format_that_is_taken_is_told_before_choosing(app, draft):
    told = app.get(f"/demandes/{draft.public_id}/pieces/ajouter").html.select_one(".field-help").get_text()
    assert [kind.name for kind in Kind if kind.name not in told] == []


def test_nothing_chosen_says_so(app, draft, token):
    page = send(app, page_of(draft), token, part("files", b"", b""), status=422)
    assert "Choisissez d’abord un fichier" in page


def test_without_its_token_nothing_is_taken(app, db, draft):
    assert send(app, page_of(draft), part("files", files.jpeg(), b"a.jpg")).status_int == 400
    assert kept(db) == []


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("reçu de l’été.jpg".encode(), "reçu de l’été.jpg"),
        ("reçu.jpg".encode("latin-1"), "reçu.jpg"),
        (b"C:\\Users\\Nadia\\facture.jpg", "facture.jpg"),
        (b"../../etc/passwd", "passwd"),
        ("facture\u202egpj.exe".encode(), "facturegpj.exe"),
        ("a\u0000\u0007b\u200b.jpg".replace("\u0000", "").encode(), "ab.jpg"),
        (b"<script>alert(1)</script>.jpg", "script>.jpg"),
        (b"   ", "document"),
        ("é" * 300 + ".jpeg", None),
    ],
)
def test_a_name_is_shown_without_what_deceives(app, db, draft, token, sent, shown):
    sent = sent if isinstance(sent, bytes) else sent.encode()
    page = send(app, page_of(draft), token, part("files", files.jpeg(), sent), status=303).follow()
    [row] = kept(db)
    assert shown is None or row.name == shown
    assert len(row.name) <= 100
    assert row.name.endswith(("g", "d", "e", "t"))
    assert "<script>alert" not in page.text


def test_the_middle_of_a_long_name_goes():
    name = clean_name("a" * 200 + " facture du 12 mars.pdf")
    assert (len(name), name[-17:]) == (100, "re du 12 mars.pdf")


class TestRefusedAtTheDoor:
    def test_a_crowd_of_parts(self, app, draft, token):
        crowd = [part(f"x{n}", b"") for n in range(uploads.PARTS_MAX + 1)]
        assert send(app, page_of(draft), token, *crowd).status_int == 400

    def test_an_endless_text(self, app, draft, token):
        assert send(app, page_of(draft), token, part("piece", b"x" * (uploads.TEXT_MAX + 1))).status_int == 413

    def test_a_body_that_says_to_be_endless_is_not_read(self, app, draft, token):
        answer = send(app, page_of(draft), token, length=uploads.BODY_MAX + 1)
        assert answer.status_int == 413

    def test_one_that_breaks_off(self, app, draft, token):
        half = part("files", files.jpeg(), b"a.jpg")[:-200]
        assert send(app, page_of(draft), token, half, end=False).status_int == 400

    @pytest.mark.parametrize("text", [b"\xff", b"a\0b"])
    def test_text_that_is_none(self, app, draft, token, text):
        assert send(app, page_of(draft), token, part("piece", text)).status_int == 400

    def test_another_page_takes_no_file(self, app, draft, token):
        for path in ("/mes-informations/fixe", "/mes-informations/adresse", "/connexion", "/nulle-part"):
            assert send(app, path, token, part("files", files.jpeg(), b"a.jpg")).status_int in (400, 404)

    def test_a_file_under_the_name_of_a_text_is_no_text(self, app, draft, token):
        page = send(app, page_of(draft), token, part("next", b"/x", b"x.txt"), status=422)
        assert "« x.txt » n’est ni une photo (JPEG, PNG," in words_of(page)


def test_whoever_is_not_signed_in_writes_no_file_to_the_disk(app, db, draft, token, monkeypatch):
    written = []

    class Spool(BytesIO):
        def __init__(self, **_options):
            super().__init__()

        def write(self, data):
            written.append(len(data))
            return super().write(data)

    monkeypatch.setattr(uploads, "SpooledTemporaryFile", Spool)
    send(app, page_of(draft), token, part("files", files.jpeg(), b"a.jpg"), status=303)
    assert written
    written.clear()
    app.reset()
    send(app, page_of(draft), token, part("files", files.jpeg(), b"a.jpg"))
    assert written == []


def test_an_attempt_after_a_conflict_finds_the_files_again(app, db, draft, token, monkeypatch):
    """pyramid_retry plays the request again with the body already read."""
    from sqlalchemy.exc import OperationalError

    from member_space.services import asked_piece

    calls, real = [], asked_piece.add_files

    def once(*arguments, **more):
        calls.append([sent.file.read() for sent in arguments[3]])
        if len(calls) == 1:
            import psycopg

            raise OperationalError("x", {}, psycopg.errors.SerializationFailure("conflict"))
        return real(*arguments, **more)

    monkeypatch.setattr(asked_piece, "add_files", once)
    send(app, page_of(draft), token, part("files", files.jpeg(), b"a.jpg"), status=303)
    assert calls == [[files.jpeg()]] * 2
    assert [row.name for row in kept(db)] == ["a.jpg"]
