"""The file of a guarantee table, as an actuary writes it (docs/guarantees.md), read into versions.

Nothing here asks the law: that is `guarantee_law`. Everything wrong is told at once, by line and key, but for what is
no TOML at all: its reader stops there.
"""

import re
import tomllib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from member_space.domain.acts import ActFamily
from member_space.domain.dates import date_short
from member_space.domain.guarantee import (
    BasePercent,
    Basket,
    Cap,
    CapPeriod,
    FeePercent,
    Formula,
    FullCost,
    GuaranteeLine,
    Heading,
    LensClass,
    LumpSum,
    OpticsCeilings,
    Per,
)
from member_space.domain.guarantee_versions import Version
from member_space.domain.money import Money
from member_space.domain.period import ONE_DAY, Period
from member_space.services.guarantee_entry import Decimal, Entry, Problem, Problems, did_you_mean, repeated
from member_space.services.toml_lines import TomlLines

MAX_BYTES = 1 << 20
MOST_PERCENT = 1_000
MOST_ACTS = 500
MOST_DOTS = 1_000
"""On a line: the reader of TOML takes the square of a key's parts, so hours for those of a file of 1 Mo."""
DEDUCTIONS = frozenset({"PF", "PARTICIPATION", "FRANCHISE", "FRANCHISES"})
"""What people write for the deductions of the fund, which no act is."""

# A number that TOML cannot read, as people write it; quoted, it is read as a text and told with all the rest.
# Each run of blanks is taken whole (`++`, `*+`): a line of ten thousand spaces is not tried in all the ways to cut it.
_LOOSE_NUMBER = re.compile(
    r"^([ \t]*+[A-Za-z0-9_.-]++[ \t]*+=[ \t]*+)([0-9][0-9.,]*+(?:[ \t\u00a0\u202f]++[0-9.,]++)*+"
    r"[ \t\u00a0\u202f]*+[€%]?)[ \t]*+(#.*)?$",
    re.M,
)
_TOML_NUMBER = re.compile(r"(?:0|[1-9][0-9]*)(?:\.[0-9]+)?", re.ASCII)
_AT = re.compile(r"\(at (?:line (\d+), column \d+|end of document)\)")
_CAUSES = {
    "Cannot overwrite": "cette clé est écrite deux fois",
    "Cannot declare": "cette table est écrite deux fois",
    "Unterminated string": "il manque un guillemet à la fin",
    "invalid character": "un caractère de contrôle",
    "Illegal character": "un caractère de contrôle, ou un texte qui ne se ferme pas",
    "Unclosed": "un crochet ou une accolade ne se ferme pas",
}


@dataclass(frozen=True, slots=True)
class GuaranteeFile:
    """A table as its file says it: its versions by date, an empty one at the end when it says a last day."""

    code: str
    label: str
    responsible: bool
    versions: tuple[Version, ...]
    problems: Problems
    paths: dict[tuple[date, int], tuple[str | int, ...]]
    """Where each line stands, by the start of its version and its rank; the version itself has rank 0."""

    def refuse(self, start: date, rank: int | None, name: str, reason: str) -> None:
        """Tell what is wrong with a line; with its version when `rank` is None."""
        self.problems.add(self.paths[start, rank or 0], name, reason)


def read_guarantees(content: bytes, acts: Collection[str]) -> GuaranteeFile:
    """Read a file. Its `problems` are those found; nothing else of it is of use when there is one.

    ``acts``: the codes of the acts that exist.
    """
    if len(content) > MAX_BYTES:
        return _unreadable(1, "fichier de plus de 1 Mo : ce n’est pas une table de garanties")
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        return _unreadable(content[: error.start].count(b"\n") + 1, "n’est pas en UTF-8 : enregistrez-le ainsi")
    for number, line in enumerate(text.split("\n"), start=1):
        if line.count(".") > MOST_DOTS and not line.lstrip().startswith("#"):
            return _unreadable(
                number, f"plus de {MOST_DOTS} points sur une ligne : ce n’est pas une table de garanties"
            )
    try:
        values = tomllib.loads(_LOOSE_NUMBER.sub(_quoted, text), parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        return _unreadable(*_syntax(str(error), text))
    return _Reader(TomlLines(text), acts).read(values)


def _quoted(match: re.Match[str]) -> str:
    number = match[2].rstrip()
    return match[0] if _TOML_NUMBER.fullmatch(number) else f'{match[1]}"{number}" {match[3] or ""}'


def _unreadable(line: int, reason: str) -> GuaranteeFile:
    return GuaranteeFile("", "", False, (), Problems(TomlLines(""), [Problem(line, "", reason)]), {})


def _syntax(message: str, text: str) -> tuple[int, str]:
    """The line and the cause, in French, of what the TOML reader refuses."""
    at = _AT.search(message)
    line = int(at[1]) if at and at[1] else max(1, len(text.rstrip("\n").split("\n")))
    cause = next((words for start, words in _CAUSES.items() if start in message), "attendu : clé = valeur")
    return line, f"n’est pas du TOML ({cause}) : corrigez cette ligne, le reste du fichier n’a pas été lu"


class _Reader:
    def __init__(self, lines: TomlLines, acts: Collection[str]) -> None:
        self._problems, self._acts = Problems(lines), acts
        self._paths: dict[tuple[date, int], tuple[str | int, ...]] = {}

    def read(self, values: dict[str, Any]) -> GuaranteeFile:
        top = Entry((), values, self._problems)
        code, label = top.text("code", 20), top.text("label", 120)
        responsible = top.flag("responsible", required=True)
        versions = self._versions(top)
        top.close()
        return GuaranteeFile(code, label, responsible, tuple(versions), self._problems, self._paths)

    def _versions(self, top: Entry) -> list[Version]:
        """Each `[[version]]`, from its first day; they follow each other without a day twice or without any."""
        entries = top.tables("version")
        if not entries and not top.has("version"):
            top.refuse("version", "aucune version : il en faut une, [[version]], avec sa date starts_on")
        found: list[Version] = []
        before: tuple[date, date | None] | None = None
        for entry in entries:
            start, end = entry.day("starts_on", required=True), entry.day("ends_on")
            if start and end and end < start:
                entry.refuse("ends_on", "la version finit avant de commencer")
            if start and before:
                self._refuse_place(entry, start, *before)
            # Read even without its first day, so that what is wrong with its lines is told too.
            self._paths[start or date.min, 0] = entry.path
            lines = self._lines(entry, start or date.min, found[-1] if found else None)
            if start:
                found.append(Version.of(start, lines))
                before = start, end
            entry.close()
        if before and before[1]:
            found.append(Version(before[1] + ONE_DAY, frozenset()))
        return found

    def _refuse_place(self, entry: Entry, start: date, last_start: date, last_end: date | None) -> None:
        if start <= last_start:
            words = f"les versions vont par date : celle d’avant commence le {date_short(last_start)}"
            entry.refuse("starts_on", words)
        elif last_end and start <= last_end:
            entry.refuse("starts_on", f"chevauche la version d’avant, qui finit le {date_short(last_end)}")
        elif last_end and start > last_end + ONE_DAY:
            gap = f"du {date_short(last_end + ONE_DAY)} au {date_short(start - ONE_DAY)}"
            entry.refuse("starts_on", f"trou {gap} : aucune version n’y est en vigueur")

    def _lines(self, version: Entry, start: date, before: Version | None) -> Iterable[GuaranteeLine]:
        entries = version.tables("line")
        if not entries and not version.has("without"):
            version.refuse("line", "aucune garantie : il en faut au moins une, [[version.line]]")
        lines: dict[int, GuaranteeLine] = {}
        for entry in entries:
            line = self._line(entry)
            entry.close()
            if line and line.rank in lines:
                entry.refuse("rank", f"le rang {line.rank} est déjà pris dans cette version")
            elif line:
                self._paths[start, line.rank] = entry.path
                lines[line.rank] = line
        return (self._repeated(version, start, before) | lines).values()

    def _repeated(self, version: Entry, start: date, before: Version | None) -> dict[int, GuaranteeLine]:
        """The lines of the version before that an amendment leaves as they are, by rank."""
        gone = version.wholes("without")
        if not version.flag("amends"):
            if gone:
                version.refuse("without", "ne va qu’avec amends = true")
            return {}
        if before is None:
            version.refuse("amends", "il n’y a pas de version avant celle-ci dans le fichier : écrivez-la en entier")
            return {}
        known = {line.rank: line for line in before.lines}
        for rank in gone:
            if rank not in known:
                version.refuse("without", f"la version d’avant n’a pas de rang {rank}")
        for rank in known:
            self._paths.setdefault((start, rank), self._paths[before.start, rank])
        return {rank: line for rank, line in known.items() if rank not in gone}

    def _line(self, entry: Entry) -> GuaranteeLine | None:
        rank = entry.whole("rank", 1, 999, required=True)
        heading = entry.choice("heading", Heading, required=True)
        label, article = entry.text("label", 120), entry.text("article", 40, required=False)
        families = entry.choices("families", ActFamily)
        acts = self._named_acts(entry)
        if not entry.has("families") and not entry.has("acts"):
            entry.refuse("", "cette garantie n’est pour aucun soin : donnez families ou acts")
        if families and acts:
            entry.refuse("families", "families et acts s’excluent : les actes nommés suffisent")
        basket = entry.choice("basket", Basket)
        formulas, caps = self._formulas(entry), self._caps(entry)
        if rank is None or heading is None:
            return None
        return GuaranteeLine(
            rank, heading, label, article, Period(date.min), families, acts, basket, tuple(formulas), caps
        )

    def _named_acts(self, entry: Entry) -> frozenset[str]:
        named = entry.texts("acts")
        if len(named) > MOST_ACTS:
            entry.refuse("acts", f"plus de {MOST_ACTS} actes : nommez des familles (families)")
            return frozenset()
        for code in named:
            if code.upper() in DEDUCTIONS:
                entry.refuse(
                    "acts",
                    f"« {repeated(code)} » : la participation forfaitaire et les franchises restent toujours à la "
                    "charge de l’assuré, aucune garantie ne les rembourse ; retirez cette ligne",
                )
            elif code not in self._acts:
                near = did_you_mean(code, self._acts) or " ; les codes sont ceux de reference/acts.csv"
                entry.refuse("acts", f"acte « {repeated(code)} » inconnu{near}")
        return frozenset(named)

    def _formulas(self, entry: Entry) -> list[Formula]:
        formulas: list[Formula] = []
        base, without_optam = (
            entry.percent(name, MOST_PERCENT) for name in ("base_percent", "base_percent_without_optam")
        )
        if base is not None:
            formulas.append(BasePercent(base, without_optam))
        elif without_optam is not None and not entry.has("base_percent"):
            entry.refuse("base_percent_without_optam", "ne va pas sans base_percent, celui des autres médecins")
        lump_sum, per = entry.amount("lump_sum"), entry.choice("lump_sum_per", Per)
        if lump_sum is not None:
            formulas.append(LumpSum(lump_sum, per or Per.ACT))
        elif per and not entry.has("lump_sum"):
            entry.refuse("lump_sum_per", "ne va pas sans lump_sum, le montant")
        fee = entry.percent("fee_percent", 100)
        if fee is not None:
            formulas.append(FeePercent(fee))
        if entry.flag("full_cost"):
            formulas.append(FullCost())
            if len(formulas) > 1:
                entry.refuse("full_cost", "paie déjà tout : aucune autre formule ne va avec")
        glasses = entry.table("glasses")
        if glasses:
            formulas += self._glasses(glasses)
        return formulas

    def _glasses(self, entry: Entry) -> list[Formula]:
        frame = entry.amount("frame", required=True)
        ceilings: list[tuple[LensClass, Money]] = []
        for lenses in LensClass:
            ceiling = entry.amount(lenses.value)
            if ceiling is not None:
                ceilings.append((lenses, ceiling))
        entry.close()
        return [OpticsCeilings(tuple(ceilings), frame)] if frame is not None else []

    def _caps(self, entry: Entry) -> tuple[Cap, ...]:
        caps: list[Cap] = []
        for one in entry.tables("caps"):
            period = one.choice("period", CapPeriod, required=True)
            amount, count = one.amount("amount"), one.whole("count", 1, 366)
            one.close()
            if not one.has("amount") and not one.has("count"):
                one.refuse("", "un plafond dit un montant (amount), un nombre (count), ou les deux")
            elif period and (amount is not None or count is not None):
                caps.append(Cap(period, amount, count))
        return tuple(caps)
