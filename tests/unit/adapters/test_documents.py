"""Photographs as telephones make them, files that are broken, files that mean harm: each for what it is."""

import zlib
from io import BytesIO

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from member_space.adapters import pdf_check
from member_space.adapters.documents import LONG_SIDE, Documents
from member_space.domain.attachment import PAGES_MAX, FileRefused, Kind, Refusal, Sheet
from tests.factories import files

MEGABYTES = 3_000_000
documents = Documents()


def inspect(content: bytes, limit: int = 50_000_000):
    return documents.inspect(BytesIO(content), limit)


def show(*contents: bytes, limit: int = MEGABYTES):
    return documents.make_shown([Sheet(inspect(one).kind.value, BytesIO(one)) for one in contents], limit)


def opened(data: bytes) -> Image.Image:
    image = Image.open(BytesIO(data))
    image.load()
    return image


def near(colour, expected) -> bool:
    return all(abs(one - other) < 40 for one, other in zip(colour, expected, strict=True))


def corners(image: Image.Image) -> list[str]:
    """Where each colour of `files.drawing` lies, read as a page is."""
    image = image.convert("RGB")
    right, low = image.width - 8, image.height - 8
    found = [image.getpixel(at) for at in ((8, 8), (right, 8), (8, low), (right, low))]
    return [next(name for name, value in files.CORNERS.items() if near(one, value)) for one in found]


AS_HELD = ["red", "green", "blue", "white"]
ODD = {
    "a plain JPEG": (lambda: files.jpeg(), Kind.JPEG),
    "HEIC": (lambda: files.heic(), Kind.HEIC),
    "CMYK": (lambda: files.saved(files.drawing(mode="CMYK"), "JPEG"), Kind.JPEG),
    "a grey JPEG": (lambda: files.saved(files.drawing(mode="L"), "JPEG"), Kind.JPEG),
    "a progressive JPEG": (lambda: files.jpeg(progressive=True), Kind.JPEG),
    "PNG": (lambda: files.saved(files.drawing(), "PNG"), Kind.PNG),
    "a transparent PNG": (lambda: files.saved(files.drawing(mode="RGBA"), "PNG"), Kind.PNG),
    "a PNG with a palette": (lambda: files.saved(files.drawing(mode="P"), "PNG"), Kind.PNG),
    "a GIF with a palette": (lambda: files.saved(files.drawing(mode="P"), "GIF"), Kind.GIF),
    "WebP": (lambda: files.saved(files.drawing(), "WEBP"), Kind.WEBP),
    "TIFF": (lambda: files.saved(files.drawing(), "TIFF"), Kind.TIFF),
    "TIFF as a fax": (lambda: files.saved(files.drawing(mode="1"), "TIFF", compression="group4"), Kind.TIFF),
    "a broken EXIF": (lambda: files.jpeg(exif=b"Exif\0\0MM\0*\0\0\0\x08\xff\xff\x01\x12\xff\xff"), Kind.JPEG),
    "a film after the picture": (lambda: files.jpeg() + b"\0\0\0\x18ftypmp42" + bytes(500), Kind.JPEG),
}


# Pillow warns of the broken EXIF, and goes on.
@pytest.mark.filterwarnings("ignore:.*EXIF")
@pytest.mark.parametrize(("make", "kind"), ODD.values(), ids=ODD)
def test_an_odd_photograph_is_recognised_and_shown_as_a_jpeg(make, kind):
    content = make()
    assert inspect(content).kind is kind
    shown = show(content)
    image = opened(shown.data)
    assert (shown.media_type, shown.pages, image.format) == ("image/jpeg", 1, "JPEG")
    assert image.size == (400, 300)
    if image.mode == "RGB":
        assert corners(image) == AS_HELD
    [preview] = documents.previews(shown)
    assert opened(preview).size == (400, 300)


def test_sixteen_bits_keep_their_greys():
    ramp = Image.new("I;16", (256, 64))
    ramp.putdata([column * 256 for _row in range(64) for column in range(256)])
    image = opened(show(files.saved(ramp, "PNG")).data)
    assert image.getpixel((10, 5)) < 40
    assert 100 < image.getpixel((128, 5)) < 155
    assert image.getpixel((250, 5)) > 215


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photograph_is_turned_as_it_was_held(orientation):
    """The pixels are those that a telephone stores: turned, they are the drawing."""
    stored = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[orientation]
    drawing = files.drawing()
    exif = Image.Exif()
    exif[files.ORIENTATION] = orientation
    content = files.saved(drawing.transpose(stored) if stored is not None else drawing, "JPEG", exif=exif)
    image = opened(show(content).data)
    assert image.size == (400, 300)
    assert corners(image) == AS_HELD
    assert dict(image.getexif()) == {}


def test_nothing_but_the_picture_is_left():
    content = files.placed_jpeg()
    assert b"TelephoneSecret" in content
    image = opened(show(content).data)
    assert dict(image.getexif()) == {}
    assert not {"exif", "icc_profile", "comment", "xmp"} & set(image.info)


def test_a_heavy_photograph_is_made_to_fit():
    content = files.saved(files.noise(3000, 2200), "JPEG", quality=95)
    assert len(content) > MEGABYTES
    shown = show(content)
    assert len(shown.data) <= MEGABYTES
    assert max(opened(shown.data).size) <= LONG_SIDE


def test_several_photographs_are_the_pages_of_one_document():
    shown = show(files.jpeg(), files.heic(), files.saved(files.drawing(300, 400), "PNG"))
    assert (shown.media_type, shown.pages) == ("application/pdf", 3)
    with pikepdf.open(BytesIO(shown.data)) as pdf:
        assert [float(page.mediabox[2]) > float(page.mediabox[3]) for page in pdf.pages] == [True, True, False]
    first, second, third = (opened(page) for page in documents.previews(shown))
    assert corners(first) == corners(second) == AS_HELD
    assert third.height > third.width


def test_a_fax_of_several_pages_is_a_document():
    pages = [files.drawing(), files.drawing()]
    content = files.saved(pages[0], "TIFF", save_all=True, append_images=pages[1:])
    assert inspect(content).pages == 2
    shown = show(content)
    assert (shown.media_type, shown.pages, len(list(documents.previews(shown)))) == ("application/pdf", 2, 2)


def test_a_pdf_is_shown_as_it_is():
    content = files.pdf(3)
    shown = show(content)
    assert (shown.data, shown.pages, len(list(documents.previews(shown)))) == (content, 3, 3)


def _truncated(content: bytes) -> bytes:
    return content[: len(content) // 2]


REFUSED = {
    "0 byte": (lambda: b"", Refusal.EMPTY),
    "text": (lambda: b"Bonjour, voici ma facture.", Refusal.UNKNOWN_KIND),
    "HTML named .pdf": (lambda: b"<!DOCTYPE html><html><script>alert(1)</script>", Refusal.UNKNOWN_KIND),
    "SVG": (lambda: b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', Refusal.UNKNOWN_KIND),
    "ZIP": (lambda: files.zipped(), Refusal.UNKNOWN_KIND),
    "a program": (lambda: b"MZ" + bytes(200), Refusal.UNKNOWN_KIND),
    "a truncated JPEG": (lambda: _truncated(files.saved(files.noise(300, 300), "JPEG")), Refusal.UNREADABLE),
    "a truncated PNG": (lambda: _truncated(files.saved(files.noise(300, 300), "PNG")), Refusal.UNREADABLE),
    "a truncated GIF": (lambda: _truncated(files.saved(files.noise(300, 300).convert("P"), "GIF")), Refusal.UNREADABLE),
    "a truncated WebP": (lambda: _truncated(files.saved(files.noise(300, 300), "WEBP")), Refusal.UNREADABLE),
    "a truncated TIFF": (lambda: _truncated(files.saved(files.noise(300, 300), "TIFF")), Refusal.UNREADABLE),
    "a truncated HEIC": (lambda: _truncated(files.heic()), Refusal.UNREADABLE),
    "a truncated PDF": (lambda: files.pdf()[:-40], Refusal.UNREADABLE),
    "a PDF of noise": (lambda: b"%PDF-1.7\n" + bytes(range(256)) * 4 + b"\n%%EOF", Refusal.UNREADABLE),
    "a bomb of pixels": (lambda: files.saved(Image.new("1", (20_000, 20_000)), "PNG"), Refusal.TOO_MANY_PIXELS),
    "a PDF with a password": (lambda: files.locked_pdf(), Refusal.ENCRYPTED),
    "a PDF with a script": (lambda: files.script_pdf(), Refusal.ACTIVE),
    "a PDF that opens a page of the web": (
        lambda: files.acting_pdf({"/S": pikepdf.Name.URI, "/URI": "https://example.org"}),
        Refusal.ACTIVE,
    ),
    "a PDF that starts a program": (
        lambda: files.acting_pdf({"/S": pikepdf.Name.Launch, "/F": "cmd.exe"}, "/Annots"),
        Refusal.ACTIVE,
    ),
    "a PDF with a program in it": (lambda: files.carrying_pdf("setup.exe", b"MZ"), Refusal.ACTIVE),
    "a PDF whose invoice data are a program": (lambda: files.carrying_pdf("factur-x.xml", b"MZ"), Refusal.ACTIVE),
    "a PDF that inflates": (lambda: files.inflating_pdf(250_000_000), Refusal.INFLATED),
    "a PDF that inflates twice": (lambda: files.inflating_pdf(250_000_000, layers=2), Refusal.INFLATED),
    "a PDF and a ZIP after it": (lambda: files.pdf() + files.zipped(), Refusal.POLYGLOT),
    "a PDF and a page after it": (lambda: files.pdf() + b"<html></html>", Refusal.POLYGLOT),
    "something before a PDF": (lambda: b"#!/bin/sh\n" + files.pdf(), Refusal.POLYGLOT),
    "a JPEG and a ZIP": (lambda: files.jpeg() + files.zipped(), Refusal.POLYGLOT),
    "a GIF and a script": (
        lambda: files.saved(files.drawing(mode="P"), "GIF") + b"<script>alert(1)</script>",
        Refusal.POLYGLOT,
    ),
    "a JPEG and a page": (lambda: files.jpeg() + b"<HTML lang=fr>", Refusal.POLYGLOT),
    "a JPEG and a program": (lambda: files.jpeg() + b"<?php\n", Refusal.POLYGLOT),
    "a JPEG and a PDF in it": (lambda: files.jpeg(comment=b"%PDF-1.4"), Refusal.POLYGLOT),
    "too many pages": (lambda: files.pdf(51), Refusal.TOO_MANY_PAGES),
}


@pytest.mark.parametrize(("make", "why"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_a_plain_document_is_refused_for_what_it_is(make, why):
    with pytest.raises(FileRefused) as refused:
        inspect(make())
    assert refused.value.why is why


def test_letters_that_stand_in_a_photograph_by_chance_are_no_page():
    assert inspect(files.jpeg(comment=b"<html\x8f<?php\x02")).kind is Kind.JPEG


def test_a_pdf_above_the_limit_is_not_opened(monkeypatch):
    monkeypatch.setattr(pdf_check, "check", lambda _file: pytest.fail("opened"))
    content = files.pdf()
    with pytest.raises(FileRefused) as refused:
        inspect(content, limit=len(content) - 1)
    assert refused.value.why is Refusal.TOO_BIG


def test_the_pages_of_a_tiff_are_counted_no_further_than_what_is_taken(monkeypatch):
    read = []
    load = ImageFileDirectory_v2.load
    monkeypatch.setattr(ImageFileDirectory_v2, "load", lambda self, file: read.append(1) or load(self, file))
    with pytest.raises(FileRefused) as refused:
        inspect(files.long_tiff(3000))
    assert refused.value.why is Refusal.TOO_MANY_PAGES
    assert len(read) < 3 * PAGES_MAX
    assert inspect(files.long_tiff(PAGES_MAX)).pages == PAGES_MAX


@pytest.mark.parametrize("stream", [b"", b"\x78\x9c", b"\x78\x9c\xff\xff\xff"], ids=["empty", "begun", "broken"])
def test_streams_without_number_are_refused_before_a_parser_reads_them(monkeypatch, stream):
    """Each costs a search, a copy, an inflater: many of them are minutes, whatever they give."""
    opened = []
    inflater = zlib.decompressobj
    monkeypatch.setattr(zlib, "decompressobj", lambda: opened.append(1) or inflater())
    with pytest.raises(FileRefused) as refused:
        inspect(b"%PDF-1.7\n" + (b"stream\n" + stream) * 100_000 + b"\n%%EOF")
    assert refused.value.why is Refusal.INFLATED
    assert len(opened) <= 4 * pdf_check.INFLATED_MAX // pdf_check.LEAST


def test_a_plain_document_of_many_streams_is_taken():
    assert inspect(files.streams_pdf(50, 40)).pages == 50


def test_a_bomb_of_a_pdf_is_measured_and_never_held():
    import tracemalloc

    content = files.inflating_pdf(250_000_000)
    assert len(content) < 400_000
    tracemalloc.start()
    with pytest.raises(FileRefused):
        inspect(content)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5_000_000


def test_a_link_that_one_clicks_and_invoice_data_are_no_harm():
    link = files.acting_pdf({"/S": pikepdf.Name.URI, "/URI": "https://example.org"}, "/Annots")
    invoice = files.carrying_pdf("factur-x.xml", b"<?xml version='1.0'?><invoice/>")
    first_page = files.acting_pdf({"/S": pikepdf.Name.GoTo, "/D": pikepdf.Array([0])})
    assert [inspect(one).kind for one in (link, invoice, first_page)] == [Kind.PDF] * 3


# Pillow warns of the broken EXIF, and goes on.
@pytest.mark.filterwarnings("ignore:.*EXIF")
@given(turns=st.lists(st.integers(0, 3), max_size=5), kind=st.sampled_from(sorted(ODD)))
@settings(max_examples=30, deadline=None)
def test_turns_by_hand_add_up_and_four_are_none(turns, kind):
    """Whatever the photograph, and after its own EXIF: only their sum counts, and four quarters are no turn."""
    make, _kind = ODD[kind]
    content = make()
    media_type = inspect(content).kind.value

    def shown(turned: int) -> Image.Image:
        return opened(documents.make_shown([Sheet(media_type, BytesIO(content), turned)], MEGABYTES).data)

    turned, plain = shown(sum(turns)), shown(0)
    assert turned.tobytes() == shown(sum(turns) % 4).tobytes()
    assert (turned.size == plain.size[::-1]) or sum(turns) % 2 == 0
    for _quarter in range(sum(turns) % 4):
        plain = plain.transpose(Image.Transpose.ROTATE_270)
    # Written as JPEG after it was turned, and before: the same picture to the eye.
    assert ImageChops.difference(turned.convert("L"), plain.convert("L")).getextrema()[1] < 24
