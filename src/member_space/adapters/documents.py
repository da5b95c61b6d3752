"""What people send, opened by the real parser of its kind: Pillow and libheif for photographs, qpdf and pdfium for PDF.

Memory is that of one picture at a time: JPEG is decoded smaller where that is enough, pages one after the other.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from typing import Any, BinaryIO
from zipfile import is_zipfile

import filetype
import pillow_heif
from PIL import Image, ImageOps
from zope.interface import implementer

from member_space.adapters import pdf_check, pdf_pages
from member_space.domain.attachment import PAGES_MAX, PIXELS_MAX, FileRefused, Found, Kind, Refusal, Sheet, Shown
from member_space.interfaces import IDocuments

pillow_heif.register_heif_opener(thumbnails=False)
# Its own guard against decompression bombs warns from here on; the pixels of such a picture are never decoded.
Image.MAX_IMAGE_PIXELS = PIXELS_MAX

FORMATS = {
    Kind.JPEG: ("JPEG", "MPO"),
    Kind.PNG: ("PNG",),
    Kind.GIF: ("GIF",),
    Kind.WEBP: ("WEBP",),
    Kind.TIFF: ("TIFF",),
    Kind.HEIC: ("HEIF",),
}
HEAD = 1024
"""Readers of PDF accept its header that far, so one that hides in a picture begins there."""
MARKUP = re.compile(rb"<(?:script|html[\s>]|\?php\s|!doctype html)")
"""Of bytes in lower case. What follows « html » and « php » counts: five bytes alone occur by chance in one photograph
out of 23,000."""
LONG_SIDE = 2000
"""Pixels of what is shown: an A4 page at 170 dots an inch. Half of what telephones take, which JPEG decodes at a fourth
of the memory: whole, one photograph of 12 million pixels would take 94 MB."""
SMALLER = ((LONG_SIDE, 85), (LONG_SIDE, 70), (1600, 70), (1280, 60), (1000, 50))
"""Sizes and qualities tried until a photograph fits."""
PREVIEW_SIDE, PREVIEW_QUALITY = 1600, 80
SMALL_SIDE, SMALL_QUALITY = 320, 70


@contextmanager
def _opened(file: BinaryIO, kind: Kind) -> Iterator[Image.Image]:
    """The picture, by the parser of its kind alone; whatever breaks in there is a picture that cannot be read."""
    file.seek(0)
    try:
        with Image.open(file, formats=FORMATS[kind]) as image:
            if image.width * image.height > PIXELS_MAX:
                raise FileRefused(Refusal.TOO_MANY_PIXELS)
            yield image
    except (FileRefused, MemoryError):
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise FileRefused(Refusal.TOO_MANY_PIXELS) from None
    except Exception as error:  # parsers raise of every kind on a broken file
        raise FileRefused(Refusal.UNREADABLE) from error


@implementer(IDocuments)
class Documents:
    def inspect(self, file: BinaryIO, limit: int) -> Found:
        file.seek(0)
        head = file.read(HEAD)
        if not head:
            raise FileRefused(Refusal.EMPTY)
        kind = _kind_of(head)
        # Before anything is looked for in it: a photograph is made smaller by the worker, nobody can do that to a PDF.
        if kind is Kind.PDF and file.seek(0, 2) > limit:
            raise FileRefused(Refusal.TOO_BIG)
        _nothing_else(file, head, kind)
        pages = pdf_check.check(file) if kind is Kind.PDF else _check_image(file, kind)
        if pages > PAGES_MAX:
            raise FileRefused(Refusal.TOO_MANY_PAGES)
        return Found(kind, pages)

    def make_shown(self, sheets: Sequence[Sheet], limit: int) -> Shown:
        first = sheets[0]
        if first.media_type == Kind.PDF:
            pages = pdf_check.check(first.file)
            first.file.seek(0)
            return Shown(first.file.read(), Kind.PDF.value, pages)
        several = len(sheets) > 1
        # What a PDF adds to each photograph, generously.
        room = limit // len(sheets) - 2000 if several else limit
        pictures = [_picture(sheet, room) for sheet in sheets]
        faxed = Kind(first.media_type) is Kind.TIFF and not several
        if faxed and (pages := _pages_shown(first.file)) > 1:
            pictures = [_picture(first, limit // pages - 2000, page) for page in range(pages)]
        if len(pictures) == 1:
            return Shown(pictures[0], Kind.JPEG.value, 1)
        return Shown(pdf_pages.of_pictures(pictures), Kind.PDF.value, len(pictures))

    def previews(self, shown: Shown) -> Iterator[bytes]:
        if shown.media_type == Kind.PDF:
            yield from (_jpeg(page, PREVIEW_QUALITY) for page in pdf_pages.drawn(shown.data, PREVIEW_SIDE))
        else:
            with _opened(BytesIO(shown.data), Kind.JPEG) as image:
                _reduce(image, PREVIEW_SIDE)
                yield _jpeg(image, PREVIEW_QUALITY)

    def small(self, preview: bytes, turns: int) -> bytes:
        with _opened(BytesIO(preview), Kind.JPEG) as image:
            _reduce(image, SMALL_SIDE)
            return _jpeg(_by_hand(image, turns), SMALL_QUALITY)


def _kind_of(head: bytes) -> Kind:
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"%PDF-"):
        return Kind.PDF
    guessed = filetype.guess(head)
    media_type = guessed.mime if guessed else ""
    try:
        return Kind({"image/heif": "image/heic"}.get(media_type, media_type))
    except ValueError:
        # A PDF behind something else: what stands before it is meant for another program.
        raise FileRefused(Refusal.POLYGLOT if b"%PDF-" in head else Refusal.UNKNOWN_KIND) from None


def _nothing_else(file: BinaryIO, head: bytes, kind: Kind) -> None:
    """Refuse a file that another program would read as something else: an archive, a page, a PDF in a picture.

    What telephones write after their pictures (a film, a second picture) is none of that; it is never shown.
    """
    if is_zipfile(file) or (kind is not Kind.PDF and (b"%PDF-" in head or _has_markup(file))):
        raise FileRefused(Refusal.POLYGLOT)


def _has_markup(file: BinaryIO) -> bool:
    file.seek(0)
    before = b""
    while chunk := file.read(1 << 18):
        lower = (before + chunk).lower()
        if MARKUP.search(lower):
            return True
        before = chunk[-16:]
    return False


def _check_image(file: BinaryIO, kind: Kind) -> int:
    """Read it to its end, as cheaply as its kind allows; the number of its pages."""
    if kind is Kind.HEIC:
        # Its pixels are decoded by the worker alone: they would be the whole picture in memory here.
        _whole_boxes(file)
    with _opened(file, kind) as image:
        pages = _frames(image) if kind is Kind.TIFF else 1
        if kind is Kind.JPEG:
            image.draft("RGB", (image.width // 8, image.height // 8))
            image.load()
        elif kind is Kind.PNG:
            image.verify()
        elif kind is not Kind.HEIC:
            image.load()
    return pages


def _whole_boxes(file: BinaryIO) -> None:
    """Refuse an ISO file (HEIC) that ends before its last box does."""
    end = file.seek(0, 2)
    at = 0
    while at < end:
        file.seek(at)
        header = file.read(16)
        size = int.from_bytes(header[:4], "big")
        if size == 1:
            size = int.from_bytes(header[8:16], "big")
        size = size or end - at
        if size < 8 or at + size > end:
            raise FileRefused(Refusal.UNREADABLE)
        at += size


def _frames(image: Image.Image) -> int:
    """How many pages a TIFF has, counted one beyond what is taken: a chain of many costs the square of its length."""
    count = 0
    try:
        while count <= PAGES_MAX:
            image.seek(count)
            count += 1
    except EOFError:
        pass
    image.seek(0)
    return count


def _pages_shown(file: BinaryIO) -> int:
    with _opened(file, Kind.TIFF) as image:
        return min(_frames(image), PAGES_MAX)


def _picture(sheet: Sheet, room: int, page: int = 0) -> bytes:
    """A JPEG of a picture, turned as it was held and by hand, without anything else, of at most `room` bytes where
    that can be."""
    with _opened(sheet.file, Kind(sheet.media_type)) as image:
        if page:
            image.seek(page)
        exif = _or_none(image.getexif)
        _reduce(image, LONG_SIDE)
        held = _turned(_on_white(image), exif.get(0x0112, 1) if exif else 1)
        plain = _by_hand(held, sheet.turns)
    data = b""
    for side, quality in SMALLER:
        if side < max(plain.size):
            plain.thumbnail((side, side))
        data = _jpeg(plain, quality)
        if len(data) <= room:
            break
    return data


def _reduce(image: Image.Image, side: int) -> None:
    """At most so many pixels on its long side; a JPEG is decoded no larger than it takes."""
    scale = min(1, side / max(image.size))
    image.draft(None, (int(image.width * scale), int(image.height * scale)))
    image.thumbnail((side, side), reducing_gap=None)


def _or_none(read: Callable[[], Any]) -> Any:
    """A broken EXIF never costs its picture (R6)."""
    try:
        return read()
    except Exception:
        return None


def _on_white(image: Image.Image) -> Image.Image:
    """As RGB or grey: sixteen bits, palettes, CMYK; what is transparent lies on white paper."""
    if image.mode.startswith(("I", "F")):
        low, high = image.getextrema()
        scale = 255 / high if high > 255 else 1  # type: ignore[operator]  # one band
        return image.point(lambda value: value * scale if low is not None else 0).convert("L")
    if image.has_transparency_data:
        layers = image.convert("RGBA")
        paper = Image.new("RGB", image.size, "white")
        paper.paste(layers, mask=layers.getchannel("A"))
        return paper
    return image.convert("L" if image.mode in ("1", "L") else "RGB")


def _turned(image: Image.Image, orientation: object) -> Image.Image:
    """As it was held (EXIF orientation 1 to 8); anything else is as it lies."""
    if orientation not in range(2, 9):
        return image
    tag = Image.Exif()
    tag[0x0112] = orientation
    image.info = {"exif": tag.tobytes()}
    turned = ImageOps.exif_transpose(image)
    turned.info = {}
    return turned


def _by_hand(image: Image.Image, turns: int) -> Image.Image:
    """So many quarter turns to the right; Pillow's own go to the left."""
    to_the_left = (None, Image.Transpose.ROTATE_270, Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_90)[turns % 4]
    return image if to_the_left is None else image.transpose(to_the_left)


def _jpeg(image: Image.Image, quality: int) -> bytes:
    """The pixels alone."""
    data = BytesIO()
    if image.mode not in ("L", "RGB"):
        image = image.convert("RGB")
    image.save(data, "JPEG", quality=quality, optimize=False, exif=b"", icc_profile=None, comment=b"")
    return data.getvalue()
