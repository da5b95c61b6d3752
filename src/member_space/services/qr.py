"""The squares that a telephone reads, as the PDF layouts draw them (templates/pdf/qr.typ)."""

from member_space.domain.symbol import rows_of

MEDIUM = 2
"""Level M of correction: 15 % of the symbol may be hidden."""


def qr_of(text: str) -> list[list[int]]:
    """The modules of a QR, row by row, 1 where it is dark, without its quiet zone."""
    import zint

    # By zint and not by segno, which takes ten times as long to choose the mask.
    symbol = zint.Symbol()
    symbol.symbology = zint.Symbology.QRCODE
    symbol.option_1 = MEDIUM
    symbol.encode(text.encode())
    return rows_of(symbol.encoded_data, symbol.width, symbol.rows)
