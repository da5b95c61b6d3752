"""Files as people send them, each made here: telephones' oddities, broken ones, and those that mean harm."""

import struct
import zipfile
import zlib
from functools import cache
from hashlib import sha256
from io import BytesIO

import numpy as np
import pikepdf
import pillow_heif
from PIL import Image

from member_space.domain.attachment import SentFile

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
"""What every antivirus takes for a virus, and is none."""
ORIENTATION, GPS, MAKE = 0x0112, 0x8825, 0x010F
SECRET_PLACE = 48.0
CORNERS = {"red": (255, 0, 0), "green": (0, 160, 0), "blue": (0, 0, 255), "white": (255, 255, 255)}


def drawing(width: int = 400, height: int = 300, mode: str = "RGB") -> Image.Image:
    """A picture whose corners tell how it lies: red, green; blue, white."""
    image = Image.new("RGB", (width, height), "white")
    w, h = width // 2, height // 2
    image.paste(CORNERS["red"], (0, 0, w, h))
    image.paste(CORNERS["green"], (w, 0, width, h))
    image.paste(CORNERS["blue"], (0, h, w, height))
    return image.convert(mode)


def noise(width: int, height: int) -> Image.Image:
    """What hardly gets smaller, as the photograph of a carpet."""
    return Image.fromarray(np.random.default_rng(7).integers(0, 255, (height, width, 3), dtype=np.uint8))


def saved(image: Image.Image, kind: str, **options) -> bytes:
    data = BytesIO()
    image.save(data, kind, **options)
    return data.getvalue()


def jpeg(width: int = 400, height: int = 300, **options) -> bytes:
    return saved(drawing(width, height), "JPEG", **options)


def placed_jpeg() -> bytes:
    """With where it was taken, and by which telephone."""
    exif = Image.Exif()
    exif[MAKE] = "TelephoneSecret"
    exif[GPS] = {1: "N", 2: (SECRET_PLACE, 51.0, 24.0), 3: "E", 4: (2.0, 21.0, 7.0)}
    return jpeg(exif=exif)


def heic(width: int = 400, height: int = 300) -> bytes:
    data = BytesIO()
    pillow_heif.from_pillow(drawing(width, height)).save(data, quality=60)
    return data.getvalue()


def pdf(pages: int = 1, **options) -> bytes:
    data = BytesIO()
    with pikepdf.new() as made:
        for _page in range(pages):
            made.add_blank_page(page_size=(595, 842))
        made.save(data, **options)
    return data.getvalue()


def streams_pdf(pages: int, each: int) -> bytes:
    """Each page drawn by so many streams, as programs that add to a page leave them."""
    data = BytesIO()
    with pikepdf.new() as made:
        for _page in range(pages):
            page = made.add_blank_page(page_size=(595, 842))
            for n in range(each):
                page.contents_add(f"q 1 0 0 1 {n} 0 cm Q".encode())
        made.save(data)
    return data.getvalue()


def long_tiff(pages: int) -> bytes:
    """The same small page so many times, each with a directory of its own in the chain."""
    entries = [(256, 8), (257, 8), (258, 8), (259, 1), (262, 1), (273, 8), (278, 8), (279, 64)]
    size, at = 2 + 12 * len(entries) + 4, 72
    said = struct.pack("<H", len(entries)) + b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in entries)
    chain = [said + struct.pack("<I", at + size * (n + 1) if n + 1 < pages else 0) for n in range(pages)]
    return b"II*\0" + struct.pack("<I", at) + bytes(64) + b"".join(chain)


def locked_pdf() -> bytes:
    return pdf(encryption=pikepdf.Encryption(owner="owner", user="secret"))


def acting_pdf(action: dict, where: str = "/OpenAction") -> bytes:
    data = BytesIO()
    with pikepdf.new() as made:
        page = made.add_blank_page(page_size=(595, 842))
        one = made.make_indirect(pikepdf.Dictionary(action))
        if where == "/OpenAction":
            made.Root.OpenAction = one
        else:
            page.obj.Annots = pikepdf.Array(
                [pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=one)]
            )
        made.save(data)
    return data.getvalue()


def script_pdf() -> bytes:
    return acting_pdf({"/S": pikepdf.Name.JavaScript, "/JS": "app.alert(1)"})


def carrying_pdf(name: str, content: bytes) -> bytes:
    """With a file within."""
    data = BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page(page_size=(595, 842))
        made.attachments[name] = pikepdf.AttachedFileSpec(made, content, filename=name)
        made.save(data)
    return data.getvalue()


@cache
def inflating_pdf(size: int, layers: int = 1) -> bytes:
    """Small, and `size` bytes once opened; `layers` of packing."""
    data = b"\0" * size
    for _layer in range(layers):
        data = zlib.compress(data, 9)
    made = BytesIO(pdf())
    with pikepdf.open(made) as opened:
        names = [pikepdf.Name.FlateDecode] * layers
        stream = pikepdf.Stream(opened, data, Filter=names if layers > 1 else names[0])
        opened.pages[0].Contents = opened.make_indirect(stream)
        out = BytesIO()
        opened.save(out, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    return out.getvalue()


def zipped(name: str = "x.txt", content: bytes = b"x") -> bytes:
    data = BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr(name, content)
    return data.getvalue()


def sent(name: str, content: bytes) -> SentFile:
    """As security.uploads gives it."""
    return SentFile(name, BytesIO(content), len(content), sha256(content).digest())
