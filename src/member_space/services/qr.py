"""The squares that a telephone reads, and the drawing of any symbol of modules."""

from collections.abc import Sequence

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


def svg_of(modules: Sequence[Sequence[int]]) -> str:
    """A symbol as one path, without its quiet zone: runs of dark modules, row by row."""
    runs = []
    for y, row in enumerate(modules):
        x = 0
        while x < len(row):
            if not row[x]:
                x += 1
                continue
            start = x
            while x < len(row) and row[x]:
                x += 1
            runs.append(f"M{start} {y}h{x - start}v1h{start - x}z")
    size = f"{len(modules[0])} {len(modules)}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}" shape-rendering="crispEdges">'
        f'<path d="{"".join(runs)}"/></svg>'
    )
