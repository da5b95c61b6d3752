"""The squares that a telephone reads, as the PDF layouts draw them (templates/pdf/qr.typ)."""


def qr_of(text: str) -> list[list[int]]:
    """The modules of a QR, row by row, 1 where it is dark, without its quiet zone."""
    import segno

    return [list(row) for row in segno.make(text, error="m", micro=False).matrix]
