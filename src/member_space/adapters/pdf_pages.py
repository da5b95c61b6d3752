"""Pages of PDF: made of photographs as they are, and drawn one after the other."""

from collections.abc import Iterator, Sequence
from io import BytesIO

import pikepdf
import pypdfium2
from PIL import Image

A4 = (595, 842)


def of_pictures(pictures: Sequence[bytes]) -> bytes:
    """A PDF with a JPEG a page, each as large as A4 allows; their bytes are not touched."""
    made = BytesIO()
    with pikepdf.new() as pdf:
        for data in pictures:
            with Image.open(BytesIO(data)) as image:
                (width, height), grey = image.size, image.mode == "L"
            paper = A4 if height >= width else A4[::-1]
            scale = min(paper[0] / width, paper[1] / height)
            page = pdf.add_blank_page(page_size=(width * scale, height * scale))
            picture = pikepdf.Stream(
                pdf,
                data,
                Type=pikepdf.Name.XObject,
                Subtype=pikepdf.Name.Image,
                Width=width,
                Height=height,
                BitsPerComponent=8,
                ColorSpace=pikepdf.Name.DeviceGray if grey else pikepdf.Name.DeviceRGB,
                Filter=pikepdf.Name.DCTDecode,
            )
            page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Photo=picture))
            page.obj.Contents = pdf.make_stream(
                f"{width * scale:.2f} 0 0 {height * scale:.2f} 0 0 cm /Photo Do".encode()
            )
        pdf.save(made)
    return made.getvalue()


def drawn(data: bytes, longest: int) -> Iterator[Image.Image]:
    """Each page as a picture of so many pixels on its long side."""
    document = pypdfium2.PdfDocument(data)
    try:
        for page in document:
            scale = longest / max(*page.get_size(), 1)
            bitmap = page.render(scale=min(scale, 4), may_draw_forms=False)
            try:
                yield bitmap.to_pil().convert("RGB")
            finally:
                bitmap.close()
                page.close()
    finally:
        document.close()
