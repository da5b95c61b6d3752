"""Our part of a line: what the guarantee promises, what a responsible contract owes, then every ceiling that bites.

A responsible contract owes at least the ticket modérateur (or the hospital's daily charge) on what the fund refunds,
whatever its caps: so **a cap counts what is paid beyond that minimum**, and the order in which the acts of a period
come changes nothing to their total. For a lump sum on care that no fund refunds, that is all of it.
"""

from collections.abc import Iterator

from member_space.domain.acts import ActFamily
from member_space.domain.money import Money
from member_space.domain.reimbursement import LOW_VALUE_DRUG_RATE
from member_space.domain.reimbursement_limits import EQUIPMENTS, Bite, caps, legal_limits, renewal, renewal_key
from member_space.domain.reimbursement_promise import Situation, promised
from member_space.domain.reimbursement_steps import Part, Rule, Told
from member_space.domain.reimbursement_usage import CARE, LUMP, Ours, Used


def our_part(at: Situation, told: list[Told], used: list[Used]) -> Money:
    """What we pay, in cents; its steps and what it takes of caps are added to the two lists."""
    line, room, responsible = at.line, at.room, at.cover.table.responsible
    ours, lump = promised(at, line, told) if line else (0, 0)
    others = ours - lump
    owed, rule = _owed(at) if responsible else (0, Rule.LEGAL_MINIMUM)
    if owed > ours:
        told.append((rule, Part.OURS, owed - ours, {"owed": owed}, ""))
        ours = owed
    floor = min(owed, room)
    if ours > room:
        ours = _bitten(Bite(Rule.LEFT_TO_PAY, room, {"left": room}), ours, floor, told)
    if responsible and (at.rules.is_without_optam or at.care.act_code in EQUIPMENTS):
        for bite in (*legal_limits(at), *renewal(at, floor)):
            ours = _bitten(bite, ours, floor, told)
    if line and line.caps and ours > floor:
        for bite in caps(at, line, ours, floor):
            ours = _bitten(bite, ours, floor, told)
    if ours > floor:
        used.extend(_taken(at, ours - floor, min(lump, max(0, ours - others))))
    return ours


def _taken(at: Situation, beyond: Money, lump: Money) -> Iterator[Used]:
    """What this act takes of the line's caps, of its yearly lump sum, and of the delay between two equipments."""
    day, quantity = at.care.care_date, at.care.quantity
    act, basket = at.care.act_code, at.rules.basket
    if at.line and at.line.caps:
        yield Used(Ours(CARE, act, basket), day, beyond, quantity)
    if at.line and lump:
        yield Used(Ours(LUMP, act, basket), day, lump)
    key = renewal_key(at)
    if key:
        yield Used(key, day, beyond, quantity)


def _bitten(bite: Bite, ours: Money, floor: Money, told: list[Told]) -> Money:
    """Our part under this ceiling, never below what is owed; a step says what it took off."""
    kept = max(floor, min(ours, bite.limit))
    if kept < ours:
        told.append((bite.rule, Part.OURS, kept - ours, bite.values | {"taken": ours - kept}, bite.article))
    return kept


def _owed(at: Situation) -> tuple[Money, Rule]:
    """What a responsible contract owes at least: the ticket modérateur, and the daily charges of a hospital.

    Not owed: the ticket modérateur of drugs that the fund refunds little, and of thermal cures.
    """
    rules, fund = at.rules, at.fund
    if rules.copayment is not None:
        return min(at.care.fee, rules.copayment * at.care.quantity), Rule.DAILY_CHARGE
    family = rules.act.family
    is_low = family is ActFamily.PHARMACY and fund.rate <= LOW_VALUE_DRUG_RATE
    if not fund.gross_in_pathway or is_low or family is ActFamily.THERMAL:
        return 0, Rule.LEGAL_MINIMUM
    return max(0, fund.base - fund.gross_in_pathway), Rule.LEGAL_MINIMUM
