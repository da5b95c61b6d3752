"""Contracts, and what each promises on a day, with what is left of its ceilings."""

from dataclasses import fields
from enum import StrEnum
from typing import Any

from pyramid.request import Request
from translationstring import TranslationStringFactory

from member_space.domain.allowance import Allowance, Measure
from member_space.domain.guarantee import Formula
from member_space.domain.permissions import Permission
from member_space.domain.readings import What
from member_space.services.allowance import allowances_of
from member_space.services.contract import ContractSheet, ContractSummary, contract_sheet, contracts_of, promises_for
from member_space.services.contract_history import Promise
from member_space.services.figures import figures_of
from member_space.views.api.endpoint import asked, endpoint
from member_space.views.api.invalid import Unfit
from member_space.views.api.values import amount, answer, decimal
from member_space.views.guarantee_words import by_kind
from member_space.views.words import data_words

_ = TranslationStringFactory("member_space")

CONTRACTS = _("Vos contrats")
GUARANTEES = _("Votre tableau de garanties")
ALLOWANCES = _("Voir ce qu’il reste de vos forfaits")
SIMULATE = _("Simuler un remboursement")
NO_SUCH_ACT = _("Aucun acte n’a ce code.")


@endpoint("api_contracts", Permission.VIEW_CONTRACT, reads=What.CONTRACT)
def contracts(request: Request) -> dict[str, Any]:
    found = contracts_of(request.db, request.context.household)
    return answer(
        request,
        {"contracts": [_summary(one) for one in found]},
        source=(CONTRACTS, request.route_url("contracts")),
        actions=[(ALLOWANCES, request.route_url("allowances"))],
    )


@endpoint("api_guarantees", Permission.VIEW_CONTRACT, reads=What.CONTRACT)
def guarantees(request: Request) -> dict[str, Any]:
    """The table of the contract on a day, whole or for one act; ceilings are those of today."""
    household, query = request.context.household, asked(request)
    sheet = contract_sheet(request.db, household, request.context.found.contract_id, query.get("date"))
    promised = sheet.guarantees
    if "act" in query:
        act = figures_of(request.db).acts.get(query["act"])
        if act is None:
            raise Unfit("act", NO_SUCH_ACT)
        promised = promises_for(sheet, act)
    body = {
        "contract": {"id": sheet.public_id, "number": sheet.number},
        "day": sheet.on,
        "table": sheet.table.label if sheet.table else None,
        "guarantees": [
            {"heading": heading, "lines": [_promise(one) for one in promises]} for heading, promises in promised
        ],
        "allowances": _allowances(request, sheet, {one.line.rank for _heading, lines in promised for one in lines}),
    }
    return answer(
        request,
        body,
        source=(GUARANTEES, request.route_url("contract", contract_id=sheet.public_id)),
        actions=[(ALLOWANCES, request.route_url("allowances")), (SIMULATE, request.route_url("simulator"))],
    )


def _summary(one: ContractSummary) -> dict[str, Any]:
    return {
        "id": one.public_id,
        "number": one.number,
        "member_number": one.member_number,
        "product": one.product,
        "plan": one.plan,
        "from": one.period.start,
        "until": one.period.end,
        "is_over": one.is_over,
        "covered": [
            {"name": who.name, "relation": who.relation, "from": who.period.start, "until": who.period.end}
            for who in one.covered
        ],
    }


def _promise(one: Promise) -> dict[str, Any]:
    line = one.line
    return {
        "rank": line.rank,
        "label": data_words(line.label),
        "article": line.article,
        "since": one.since,
        "basket": line.basket,
        "formulas": [_formula(kind, formula) for kind, formula in by_kind(line.formulas)],
        "ceilings": [
            {"period": cap.period, "amount": cap.amount and amount(cap.amount), "count": cap.count} for cap in line.caps
        ],
    }


def _formula(kind: str, formula: Formula) -> dict[str, Any]:
    """Its own facts by name: rates as percentages, the others as amounts."""
    told: dict[str, Any] = {"kind": kind}
    for name in (field.name for field in fields(formula)):
        value = getattr(formula, name)
        if isinstance(value, tuple):
            told[name] = [{"lenses": lenses, "amount": amount(most)} for lenses, most in value]
        elif value is None or isinstance(value, StrEnum):
            told[name] = value
        else:
            told[name] = decimal(value) if name in ("rate", "without_optam") else amount(value)
    return told


def _allowances(request: Request, sheet: ContractSheet, ranks: set[int]) -> list[dict[str, Any]]:
    """What is left today of these lines, of each person whose care the member reads."""
    return [
        {
            "person": {"id": person.public_id, "name": person.name},
            "left": [_left(one) for one in person.allowances if one.line.rank in ranks],
        }
        for person in allowances_of(request.db, request.context.household).persons
        if person.contract_number == sheet.number
    ]


def _left(one: Allowance) -> dict[str, Any]:
    def counted(value: int) -> dict[str, str] | int:
        return amount(value) if one.measure is Measure.AMOUNT else value

    return {
        "rank": one.line.rank,
        "measure": one.measure,
        "period": one.period,
        "limit": counted(one.limit),
        "used": counted(one.used),
        "left": counted(one.left),
        "again_on": one.again_on,
    }
