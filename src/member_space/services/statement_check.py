"""What a chunk of the feed of statements must hold, beyond each value: grouping, dates, coverage, amounts.

Each rule is one expression over whole columns. The rules of the amounts are those of `domain.reimbursement`: only
the rows that the expression finds doubtful are given to it, and it says what is wrong.
"""

from datetime import date

import numpy as np

from member_space.domain.acts import ActFamily
from member_space.domain.money import WHOLE, format_money
from member_space.domain.reimbursement import (
    Finding,
    LineAmounts,
    LineProblem,
    ZeroReason,
    check_line,
    closing_difference,
    explain_zero,
    net_difference,
)
from member_space.services.statement_feed import AMOUNTS, HEADER, PLANNED, Chunk, Integers, Mask, Objects

MAX_LINES = 5_000
"""Lines of one statement: far above any true one, and less than a chunk, so that a statement is always read whole."""

_FINDINGS = {
    LineProblem.NOT_CLOSED: ("fee", "dépense ≠ AMO nette + autre assureur + notre part + reste à charge : écart de {}"),
    LineProblem.NET_DIFFERS: ("amo_net", "AMO nette ≠ AMO brute − participation − franchise + report : écart de {}"),
    LineProblem.MIXED_SIGNS: ("fee", "un montant n'a pas le signe de la dépense : {}"),
    LineProblem.OVERPAID: ("member_share", "les remboursements dépassent la dépense de {}"),
    LineProblem.DEDUCTION_REFUNDED: ("our_share", "contrat responsable : participation ou franchise remboursée, {}"),
    LineProblem.GROSS_DIFFERS: ("amo_gross", "AMO brute ≠ base × taux : écart de {}"),
}


class Seen:
    """The references of the statements of a file: 64 bits each, so that a million of them take 8 MB."""

    def __init__(self) -> None:
        self._hashes = np.zeros(0, np.uint64)

    def again(self, references: Objects) -> Mask:
        """Which of these references came before, in this call or an earlier one; all are remembered."""
        import pandas as pd

        hashes = pd.util.hash_array(references, categorize=False)
        before: Mask = np.asarray(pd.Series(hashes).duplicated())
        if len(self._hashes):
            at = np.searchsorted(self._hashes, hashes).clip(max=len(self._hashes) - 1)
            before = before | (self._hashes[at] == hashes)
        self._hashes = np.sort(np.concatenate([self._hashes, hashes]), kind="stable")
        return before


def check_statements(chunk: Chunk, seen: Seen) -> None:
    """The lines of a statement follow each other, repeat the same header, and make its total."""
    first = chunk.starts[chunk.statement]
    rows = np.arange(len(chunk))
    again = seen.again(chunk.text("statement_ref")[chunk.starts])
    chunk.refuse(
        again[chunk.statement] & (rows == first),
        "statement_ref",
        "décompte déjà vu plus haut dans le fichier : ses lignes doivent se suivre, sa référence ne sert qu'une fois",
    )
    for name in HEADER:
        codes = chunk.columns[name].codes
        chunk.refuse(codes != codes[first], name, "diffère de la première ligne du même décompte")
    chunk.refuse(rows - first == MAX_LINES, "statement_ref", f"décompte de plus de {MAX_LINES} lignes")
    total = chunk.number("statement_total")
    paid = np.add.reduceat(chunk.number("our_share"), chunk.starts)[chunk.statement]
    whole = ~chunk.bad_statements[chunk.statement]
    chunk.refuse(
        whole & (rows == first) & (total != paid),
        "statement_total",
        lambda row: f"le total n'est pas la somme de notre part : écart de {format_money(int(total[row] - paid[row]))}",
    )


def check_dates(chunk: Chunk, today: date) -> None:
    """Care comes before its statement, which is not of tomorrow; a transfer has both its reference and its day."""
    issued, care = chunk.number("issued_on"), chunk.number("care_date")
    chunk.refuse(issued > today.toordinal(), "issued_on", "date dans le futur")
    chunk.refuse(care > issued, "care_date", "soins postérieurs au décompte")
    transfer, paid = chunk.text("payment_ref") != "", chunk.number("paid_on")
    chunk.refuse(transfer & (paid == 0), "paid_on", "virement sans date de paiement")
    chunk.refuse(~transfer & (paid != 0), "payment_ref", "date de paiement sans référence de virement")
    chunk.refuse(~transfer & (chunk.text("iban_last4") != ""), "payment_ref", "IBAN sans référence de virement")
    chunk.refuse(paid > (today + PLANNED).toordinal(), "paid_on", f"paiement à plus de {PLANNED.days} jours")


def doubtful(amounts: dict[str, Integers], responsible: Mask) -> Mask:
    """The rows on which `check_line` has a finding; `amounts` holds the fields of LineAmounts, one array each."""
    sign = np.where(amounts["fee"] < 0, -1, 1)
    line = {name: values if name == "amo_rate" else values * sign for name, values in amounts.items()}
    shares = ("base", "participation", "franchise", "amo_gross", "other_insurer", "our_share")
    mixed = np.minimum.reduce([line[name] for name in shares]) < 0
    deducted = line["participation"] + line["franchise"] - line["deferred"]
    refunded = np.minimum(deducted - line["member_share"], line["our_share"]) > 0
    gross = (np.abs(line["base"]) * line["amo_rate"] + WHOLE // 2) // WHOLE * np.sign(line["base"])
    of_fee = mixed | (line["member_share"] < 0) | (refunded & responsible)
    closing = [line[name] for name in ("fee", "amo_net", "other_insurer", "our_share", "member_share")]
    net = [line[name] for name in ("amo_net", "amo_gross", "participation", "franchise", "deferred")]
    return np.asarray(
        (closing_difference(*closing) != 0)  # type: ignore[arg-type]
        | (net_difference(*net) != 0)  # type: ignore[arg-type]
        | (of_fee & (line["fee"] != 0))
        | (np.abs(line["amo_gross"] - gross) > 1)
    )


def check_amounts(chunk: Chunk, responsible: Mask) -> None:
    """Each line closes to the cent; what is only odd is reported and kept, as it was paid so."""
    amounts = {name: chunk.number(name) for name in AMOUNTS}
    for row in np.flatnonzero(doubtful(amounts, responsible) & ~chunk.bad).tolist():
        found = check_line(line_of(amounts, row), responsible=bool(responsible[row]))
        for finding in found:
            column, reason = sentence(finding)
            tell = chunk.report.refuse if finding.is_error else chunk.report.warn
            tell(int(chunk.lines[row]), column, chunk.columns[column].raw(row), reason)
        chunk.bad[row] = any(finding.is_error for finding in found)


def sentence(finding: Finding) -> tuple[str, str]:
    """The column that a finding is about, and what to say of it, with the difference in euros."""
    column, words = _FINDINGS[finding.problem]
    return column, words.format(format_money(finding.difference))


def line_of(amounts: dict[str, Integers], row: int) -> LineAmounts:
    """The amounts of one row."""
    return LineAmounts(**{name: int(values[row]) for name, values in amounts.items()})


def check_rights(chunk: Chunk, covered: Mask) -> None:
    """Care outside the coverage is refused, unless the line says that for this reason we paid nothing."""
    ours = chunk.number("our_share")
    told = chunk.text("zero_reason") == ZeroReason.OUT_OF_RIGHTS
    chunk.refuse(~covered & ~told, "care_date", "la personne n'est pas couverte par ce contrat à la date des soins")
    chunk.refuse((chunk.text("zero_reason") != "") & (ours != 0), "zero_reason", "motif de 0 € sur une ligne payée")


def zero_reasons(chunk: Chunk, families: Objects) -> Objects:
    """Why our share is 0: what the feed says, else the first reason that holds; "" where we paid."""
    reasons = chunk.text("zero_reason").copy()
    amounts = {name: chunk.number(name) for name in AMOUNTS}
    for row in np.flatnonzero((amounts["our_share"] == 0) & (reasons == "") & ~chunk.bad).tolist():
        reason = explain_zero(line_of(amounts, row), family=ActFamily(families[row]))
        reasons[row] = reason or ""
    return reasons
