"""A family, an assistant that they let ask, and how to ask."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from member_space.domain.api_scope import Scope
from member_space.services.reference import load_reference
from tests.factories.api import bearer, client_token, make_client, make_grant, token_of
from tests.factories.card import make_model, print_by
from tests.factories.household import make_account, make_contract, make_person
from tests.factories.request import make_request
from tests.factories.statement import line_values, make_statement


@pytest.fixture
def family(db):
    """Nadia, her husband Karim, and Tom, under one contract; an assistant."""
    holder = make_person(db, "Nadia", date(1984, 2, 3))
    spouse = make_person(db, "Karim", date(1983, 5, 6))
    child = make_person(db, "Tom", date(2018, 8, 9))
    contract = make_contract(db, holder, (spouse, "spouse"), (child, "child"))
    return {
        "holder": holder,
        "spouse": spouse,
        "child": child,
        "contract": contract,
        "account": make_account(db, holder),
        "client": make_client(db),
    }


@pytest.fixture
def grant(db, family):
    """All the scopes, on Nadia and Tom."""
    return make_grant(db, family["account"], family["client"], [family["holder"], family["child"]])


@pytest.fixture
def headers(db, grant):
    """The token of that grant."""
    made = bearer(token_of(db, grant))
    db.commit()
    return made


@pytest.fixture
def scoped(db, grant) -> Callable[..., dict[str, str]]:
    """A token of these scopes only."""

    def make(*scopes: Scope) -> dict[str, str]:
        made = bearer(token_of(db, grant, scopes))
        db.commit()
        return made

    return make


@pytest.fixture
def in_its_own_name(db, family):
    """A token of the assistant without a member."""
    made = bearer(client_token(db, family["client"]))
    db.commit()
    return made


@pytest.fixture
def ask(app, headers) -> Callable[..., Any]:
    """GET an address beneath /api/v1 with the family's token, or another one; what is in its JSON."""

    def get(path: str, query: dict[str, str] | None = None, *, with_: dict[str, str] | None = None, **options: Any):
        return app.get(f"/api/v1{path}", query, headers=with_ or headers, **options).json

    return get


@pytest.fixture
def known(app, db, tools, family, headers):
    """Values that mean something, by the name of their parameter."""
    load_reference(db)
    make_model(db)
    print_by(db, family["contract"])
    statement = make_statement(db, family["contract"], [line_values(family["holder"], family["contract"])])
    thread = make_request(db, tools, family["account"], family["contract"], "message", "message.amount", body="Bonjour")
    db.commit()
    return {
        "contract_id": str(family["contract"].public_id),
        "card_id": app.get("/api/v1/cards", headers=headers).json["cards"][0]["id"],
        "line_id": f"{statement.public_id}.1",
        "request_id": str(thread.public_id),
        "speciality": "dentiste",
        "place": "75011",
        "act": "G",
        "topic": "message.amount",
        "person": str(family["holder"].public_id),
        "beneficiary": str(family["holder"].public_id),
    }
