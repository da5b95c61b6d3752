"""The PDF of a card of four persons and twelve domains, beside the same card through WeasyPrint: processor's time.

WeasyPrint has a Python of its own under var/, made once by pip, and needs Pango on the machine (`libpango-1.0-0` and
`libpangoft2-1.0-0` on Debian); where that cannot be, it says why and only ours is measured.
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from typing import Any

from font_source_sans_pro import font_directory

from benchmarks.large import settings
from benchmarks.measure import beside, best_of, under
from benchmarks.peer import python_of
from member_space.adapters.pdf import TypstPdf
from member_space.config import card_code_from
from member_space.domain.card import Beneficiary, Card, CardNir, Domain, Lines
from member_space.domain.nir import key_of
from member_space.domain.period import Period
from member_space.interfaces import ICardCode, IPdf
from member_space.services.card_pdf import Format, check_url, document, to_pdf
from member_space.services.tools import Tools

VERSION = "70.0"
SITE = Path(__file__).with_name("card_weasyprint.py")
RUNS = 30
GOAL_MS = 25
FASTER = 5
CODE = "x" * 43
DOMAINS = ("PHAR", "MEDG", "SPEC", "LABO", "RADL", "AUXM", "TRAN", "DENT", "APDE", "OPTI", "AUDI", "HOSP")


def run() -> list[dict[str, object]]:
    """Each document is of another member, so that nothing is remembered; theirs is the best of as many."""
    ours = settings()
    tools = Tools(ours, {IPdf: TypstPdf(), ICardCode: card_code_from(ours)}.__getitem__)
    cards = (card(number) for number in count())
    results = []
    for form in Format:

        def make(form: Format = form) -> bytes:
            return to_pdf(tools, next(cards), CODE, datetime(2026, 1, 1, tzinfo=UTC), form)

        make()
        seconds = best_of(RUNS, make, time.process_time)
        results.append(under(f"PDF of a card, format {form.value}", seconds * 1000, "ms", GOAL_MS))
        theirs = _weasyprint(tools, cards, form)
        if theirs:
            name = f"PDF of a card, format {form.value}, beside WeasyPrint {VERSION}"
            results.append(beside(name, seconds * 1000, "ms", 1 / FASTER, peer=theirs * 1000))
    return results


def card(number: int) -> Card:
    """A family of four, its numbers its own."""
    nirs = tuple(CardNir(one + key_of(one), None) for one in ("1830459350117", "2851159009263"))
    people = tuple(
        Beneficiary(n, "Benali", f"Prénom{n}", date(1983 + n, 4, 11), 1, "child", nirs[: 1 + n % 2]) for n in range(4)
    )
    domains = tuple(
        Domain(code, f"Domaine {code}", rank, None if rank >= 8 else 100) for rank, code in enumerate(DOMAINS)
    )
    whole = Card(
        contract_number="HS-000000",
        member_number=f"{number:08d}",
        holder="Karim Benali",
        plan="Confort",
        amc_number="0775999998",
        amc_name="Mutuelle Horizon Santé",
        amc_exchange_number=None,
        csr="HS01",
        convention_types=("SP",),
        responsible=True,
        period=Period(date(2026, 1, 1), date(2026, 12, 31)),
        lines=Lines("01 99 00 97 80", "01 99 00 97 81", "01 99 00 97 82"),
        domains=domains,
        beneficiaries=people,
    )
    return replace(whole, contract_number=f"HS-{number:06d}")


def _weasyprint(tools: Tools, cards: Iterator[Card], form: Format) -> float | None:
    """Its best, in seconds, for the same texts and symbols; None where it cannot run."""
    try:
        python = python_of("weasyprint", [f"weasyprint=={VERSION}"], "import weasyprint")
    except (OSError, subprocess.CalledProcessError) as error:
        sys.stderr.write(f"card_pdf: WeasyPrint {VERSION} is not measured, it cannot be installed: {error}\n")
        return None
    url = check_url(tools.settings.site_url, CODE)
    texts: list[dict[str, Any]] = [document(tools, next(cards), url, form) for _ in range(RUNS + 1)]
    given = json.dumps({"form": form.value, "fonts": font_directory, "cards": texts})
    done = subprocess.run([python, SITE], input=given, stdout=subprocess.PIPE, check=True, text=True)
    return float(done.stdout)
