"""The same card as HTML and CSS, laid by WeasyPrint to a tagged PDF: its best time, in seconds. Run by its own Python.

Reads {"form", "fonts", "cards"} on standard input, as `card_pdf` gives it; the first card only warms.
"""

import base64
import json
import sys
import time
from html import escape as e
from pathlib import Path

STYLE = """
body { font-family: "Source Sans Pro"; font-size: 10pt; color: #16302f; margin: 0 }
h1 { font-size: 17pt; margin: 4pt 0 } h2 { font-size: 12pt; margin: 12pt 0 6pt }
.card { border: 0.8pt solid #0a4f4a; border-radius: 8pt; padding: 7mm }
.block { display: grid; grid-template-columns: 1.35fr 1fr 1fr; gap: 4mm } .block b { display: block; font-size: 12pt }
table { border-collapse: collapse; width: 100% } th, td { border-bottom: 0.4pt solid #b9c4c0; padding: 4pt 2pt }
th:first-child, td:first-child { text-align: left; width: 58mm } td { text-align: center } img { width: 24mm }
dl div { display: inline-block; width: 45% } dt, dd { display: inline; margin: 0 3pt 0 0 }
"""
SMALL = """
@page { size: 85.6mm 54mm; margin: 2.8mm 3.2mm }
body { font-size: 5pt } h1 { font-size: 6.5pt; margin: 0 } h2 { font-size: 6pt; margin: 0 } dl { margin: 1pt 0 }
.card { border: 0; padding: 0 } .block { gap: 1mm } .block b { font-size: 5.6pt } img { width: 13.5mm }
th:first-child, td:first-child { width: 31mm } th, td { padding: 1pt 0.3pt; font-size: 4.2pt }
"""
SHEET = "@page { size: A4; margin: 14mm 15mm }"


def main() -> None:
    # Here: the list of benchmarks imports this file too, where there is no WeasyPrint.
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    given = json.load(sys.stdin)
    fonts = FontConfiguration()
    faces = "".join(
        f'@font-face {{ font-family: "Source Sans Pro"; font-weight: {weight}; src: url("{path.as_uri()}") }}'
        for path in sorted(Path(given["fonts"]).glob("SourceSansPro-*.ttf"))
        for name, weight in (("Regular", 400), ("Semibold", 600), ("Bold", 700))
        if path.stem.endswith(f"-{name}")
    )
    css = CSS(string=faces + STYLE + (SMALL if given["form"] == "carte" else SHEET), font_config=fonts)
    best = float("inf")
    for rank, card in enumerate(given["cards"]):
        start = time.process_time()
        HTML(string=page(card)).write_pdf(stylesheets=[css], font_config=fonts, pdf_variant="pdf/ua-1")
        if rank:
            best = min(best, time.process_time() - start)
    print(best)


def page(card: dict) -> str:
    """The same texts in the same order."""
    faces = "".join(face(card, rows) for rows in card["faces"])
    legend = "".join(
        f"<div><dt>{e(code)}</dt><dd>{e(words)}</dd></div>" for half in card["legend"] for code, words in half
    )
    lines = "<br>".join(f"{e(label)} <b>{e(value)}</b>" for label, value in card["lines"])
    back = f"<h2>{e(card['legend_title'])}</h2><dl>{legend}</dl><p>{e(card['rates'])}</p><p>{lines}</p>"
    back += f"{symbol(card['qr'], card['qr_alt'])}<p>{e(card['qr_words'])}</p>"
    rest = ""
    if "use" in card:
        used = "".join(f"<li>{e(one)}</li>" for one in card["use"])
        refused = "".join(f"<li><b>{e(what)}</b> {e(why)}</li>" for what, why in card["refused"])
        rest = f"<h2>{e(card['use_title'])}</h2><ul>{used}</ul><h2>{e(card['refused_title'])}</h2><ol>{refused}</ol>"
    title = e(card["title"])
    return f"<html lang=fr><title>{title}</title><body><div class=card>{faces}{back}</div>{rest}</body></html>"


def face(card: dict, rows: list[dict]) -> str:
    block = "".join(f"<div>{e(label)}<b>{e(value)}</b></div>" for label, value in card["block"])
    head = "".join(f"<th>{e(one)}</th>" for one in card["columns"])
    body = "".join(
        f"<tr><td><b>{e(row['name'])}</b><br>{e(' · '.join(row['details']))}</td>"
        + "".join(f"<td>{e(rate)}</td>" for rate, _circuit in row["cells"])
        + "</tr>"
        for row in rows
    )
    return (
        f"<p>{e(card['insurer'])}</p><h1>{e(card['title'])}</h1><p>{e(card['plan'])}<br>{e(card['holder'])}</p>"
        f"{symbol(card['matrix'], card['matrix_alt'])}<div class=block>{block}</div>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def symbol(svg: str, words: str) -> str:
    return f'<img src="data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}" alt="{e(words)}">'


if __name__ == "__main__":
    main()
