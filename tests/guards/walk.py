"""Every route of the application, asked by one visitor with the ids of everybody else."""

import html
import importlib
import io
import json
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import colander
import pypdf
from pyramid.security import NO_PERMISSION_REQUIRED
from sqlalchemy import text
from sqlalchemy.orm import Session

import member_space.forms
from member_space.domain.permissions import GRANTS, Role
from member_space.models import Account, ApiGrant, Base
from member_space.security.policy import API
from member_space.security.route_facts import permission_of, route_facts
from tests.factories.api import bearer, token_of
from tests.functional.helpers import sign_in
from tests.log_guard import Browser

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
PLACEHOLDER = re.compile(r"\{(\w+)(?::((?:[^{}]|\{[^{}]*\})*))?\}")
FREE = {
    "challenge_id": "00000000-0000-4000-8000-000000000009",
    "refusal": "abandon",
    "slug": "aide",
    "entry": "card-validity",
    "locale": "fr",
    "version": "000000000000",
    "name": "theme.css",
    "page": "1",
    "year": "2026",
    "form": "a4",
    "wish": "perte",
    "shared_id": "00000000-0000-4000-8000-000000000009",
    "code": "a-code-of-no-card-at-all",
    "rank": "1",
    "sealed": "a-link-of-nobody",
    "practice_id": "00000000-0000-4000-8000-000000000009",
    "report_id": "00000000-0000-4000-8000-000000000009",
    # Of the FHIR façade, where a cookie opens nothing: tests/functional/api/test_fhir.py walks it with tokens.
    "fhir_coverage_id": "00000000-0000-4000-8000-000000000009",
    "fhir_explanation_id": "00000000-0000-4000-8000-000000000009",
    "fhir_claim_id": "00000000-0000-4000-8000-000000000009",
    "fhir_communication_id": "00000000-0000-4000-8000-000000000009",
    "fhir_document_id": "00000000-0000-4000-8000-000000000009",
}
"""Placeholders that name nobody's data, each with a value that works."""
BY_SECRET = {"oauth_token", "oauth_revoke", "oauth_introspect"}
"""Asked by applications, which prove who they are; no cookie is read there, so none is worth a token of forms."""
CSRF = "a-token-of-the-walk-that-both-halves-share"
NOBODYS = "00000000-0000-4000-8000-000000000007"
USUAL_NAMES = ("id", "person", "person_id", "contract", "contract_id", "statement_id", "payment_id", "next")


class UnknownPlaceholderError(Exception):
    """A new route has a placeholder for which the walk knows no id."""


@dataclass(slots=True)
class Visitor:
    """`hidden`: words never to be shown. `own`: ids that may be opened. `others`: ids that may not, by placeholder.

    `watched`: words of other persons that may be shown, by person: whenever they are, the journal knows.
    `grant`: what he allowed an assistant, with whose token the API is asked; None: without one.
    """

    account: Account | None
    hidden: list[str]
    own: dict[str, list[str]]
    others: dict[str, list[str]]
    hidden_people: list[int]
    watched: dict[int, list[str]] = field(default_factory=dict)
    grant: ApiGrant | None = None
    problems: list[str] = field(default_factory=list)
    requests: int = 0


def squeezed(words: str) -> str:
    """Without any space nor case, so that « 1 234,56 », &nbsp; and a NIR in groups are all found."""
    return re.sub(r"[\s\u00a0\u202f\u2009]+", "", html.unescape(words)).casefold()


def text_of(response: Any) -> str:
    """Everything a visitor can read in an answer: its body whatever its kind, where it sends, its other headers."""
    headers = " ".join(f"{name}: {value}" for name, value in response.headerlist)
    if response.content_type == "application/pdf" and response.body:
        pages = pypdf.PdfReader(io.BytesIO(response.body)).pages
        return headers + " ".join(page.extract_text() for page in pages)
    return headers + response.body.decode("utf-8", "replace")


def routes_of(wsgi_app: Any) -> list[tuple[str, str]]:
    """(name, pattern) of each route, from the application itself."""
    found = wsgi_app.registry.introspector.get_category("routes")
    return sorted((entry["introspectable"]["name"], entry["introspectable"]["pattern"]) for entry in found)


def field_names() -> dict[str, list[str]]:
    """Every field of every form, with its choices where it has some."""
    fields: dict[str, list[str]] = {name: [] for name in USUAL_NAMES}
    for module in pkgutil.iter_modules(member_space.forms.__path__):
        for found in vars(importlib.import_module(f"member_space.forms.{module.name}")).values():
            if isinstance(found, type) and issubclass(found, colander.MappingSchema):
                for node in found():
                    fields[node.name] = list(getattr(node.validator, "choices", []))
    return fields


def paths_of(pattern: str, ids: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
    """(path, the id in it or "") for each id of the pattern's placeholder."""
    names = [match.group(1) for match in PLACEHOLDER.finditer(pattern)]
    unknown = [name for name in names if name not in FREE and name not in ids]
    if unknown:
        raise UnknownPlaceholderError(
            f"route {pattern}: give Family.ids in tests/guards/families.py the ids of {{{unknown[0]}}}, "
            f"or FREE in tests/guards/walk.py a value when it names nobody's data"
        )
    held = [name for name in names if name not in FREE]
    base = PLACEHOLDER.sub(lambda match: FREE.get(match.group(1), "{" + match.group(1) + "}"), pattern)
    if not held:
        yield base, ""
        return
    for one in ids[held[0]]:
        yield base.replace("{" + held[0] + "}", one), one


def talk_here(db: Session, account: Account) -> None:
    """His talk with the adviser is of his latest session: no other one shows it."""
    latest = "select max(id) from web_session where account_id = :account"
    db.execute(
        text(f"update adviser_talk set session_id = ({latest}) where account_id = :account"), {"account": account.id}
    )
    db.commit()


class Walk:
    """All the requests of one visitor; what is wrong is gathered in `visitor.problems`."""

    def __init__(self, browser: Browser, db: Session, visitor: Visitor) -> None:
        self.browser, self.db, self.visitor = browser, db, visitor
        self.fields = field_names()
        self.marks = [(mark, squeezed(mark)) for mark in visitor.hidden]
        self.watched = {person: [squeezed(mark) for mark in marks] for person, marks in visitor.watched.items()}
        self.journal = 0

    def run(self, only: str | None = None, under: str = "/") -> list[str]:
        """Walk every route, or the one named, or those under a prefix; the problems found, in words."""
        for name, pattern in routes_of(self.browser.app):
            if only not in (None, name) or not pattern.startswith(under):
                continue
            before = self._others_rows()
            self._route(name, pattern)
            changed = {table for table, digest in self._others_rows().items() if before[table] != digest}
            if changed:
                self.visitor.problems.append(f"{name}: changed rows of others in {', '.join(sorted(changed))}")
        return self.visitor.problems

    def _route(self, name: str, pattern: str) -> None:
        self._come_in()
        # A new session: what was read before, by another route, is read again.
        self.journal = self.db.scalar(text("select coalesce(max(id), 0) from event"))
        unknown: dict[str, tuple[int, str]] = {}
        answered = self._methods(name)
        for rank, (path, one) in enumerate(paths_of(pattern, self.visitor.others)):
            # A method that the route does not answer is refused before its id is read: once is enough.
            for method in METHODS if rank == 0 else answered:
                seen = self._outcome(self._ask(name, method, path, one, {}), one)
                if one and method not in unknown:
                    answer = self._ask(name, method, path.replace(one, NOBODYS), "", {})
                    unknown[method] = self._outcome(answer, NOBODYS)
                if one and seen != unknown[method]:
                    self.visitor.problems.append(f"{name}: {method} tells that {path} exists: {seen}")
        for rank, (path, one) in enumerate(paths_of(pattern, self.visitor.own)):
            fields = () if rank else self._ids_for_fields(name)
            for method in answered:
                self._ask(name, method, path, one, {})
                for other in fields:
                    for values in self._filled(other, method):
                        self._ask(name, method, path, other, values)

    def _methods(self, name: str) -> list[str]:
        known = route_facts(self.browser.app.registry)[name].methods
        return [method for method in METHODS if method in known or (not known and method in ("GET", "POST"))]

    def _filled(self, other: str, method: str) -> list[dict[str, str]]:
        """Every field of every form with this id; where there are choices, a POST sends the first, then the last.

        An address holds so many characters: a GET asks with one half of the fields, then the other. What a HEAD would
        show, its GET shows.
        """
        if method == "HEAD":
            return []
        names = list(self.fields)
        parts, ends = ((names,), (0, -1)) if method == "POST" else ((names[::2], names[1::2]), (0,))
        return [
            {name: self.fields[name][end] if self.fields[name] else other for name in part} | {"next": f"/{other}"}
            for part in parts
            for end in ends
        ]

    def _ids_for_fields(self, name: str) -> list[str]:
        """All the persons, and one id of each other kind: a field that takes one takes all of its kind; each once.

        At a door that is closed to him whatever the fields hold, the first alone: no view reads them.
        """
        found = self.visitor.others.items()
        ids = dict.fromkeys(one for kind, ids in found for one in (ids if kind == "person_id" else ids[:1]))
        return list(ids) if self._may_enter(name) else list(ids)[:1]

    def _may_enter(self, name: str) -> bool:
        """Whether a view of this route is for anybody, or for the visitor's role."""
        views = self.browser.app.registry.introspector.get_category("views")
        asked = {permission_of(one) for one in views if one["introspectable"]["route_name"] == name}
        account = self.visitor.account
        return bool(asked & ({NO_PERMISSION_REQUIRED} | (GRANTS[Role(account.role)] if account else set())))

    def _come_in(self) -> None:
        self.browser.reset()
        if self.visitor.account is not None:
            # A second factor was just given: what asks for one is walked too, not only its door.
            sign_in(self.browser, self.db, self.visitor.account, proved=True)
            talk_here(self.db, self.visitor.account)
        self.browser.set_cookie("csrf", CSRF)
        # A new token as well, for the same reason as the session.
        self.token = bearer(token_of(self.db, self.visitor.grant)) if self.visitor.grant else {}
        self.db.commit()

    def _ask(self, name: str, method: str, path: str, asked: str, values: dict[str, str]) -> Any:
        self.visitor.requests += 1
        if path.startswith(API):
            response = self._ask_api(method, path, values)
        elif method in ("GET", "HEAD"):
            ask = self.browser.get if method == "GET" else self.browser.head
            response = ask(path, values or None, expect_errors=True)
        else:
            ask = getattr(self.browser, method.lower())
            response = ask(path, {**values, "csrf_token": CSRF}, expect_errors=True)
        if response.status_int >= 500 and name != "readyz":
            self.visitor.problems.append(f"{name}: {method} {path} broke: {response.status_int}")
        # What the visitor typed is no news to him.
        words = squeezed(text_of(response)).replace(asked.casefold(), "") if asked else squeezed(text_of(response))
        shown = [mark for mark, word in self.marks if word in words]
        if shown:
            self.visitor.problems.append(f"{name}: {method} {path} {values or ''} shows {', '.join(shown)}")
        unnoted = {person for person, marks in self.watched.items() if any(mark in words for mark in marks)}
        if unnoted and (unnoted := unnoted - self._read_by_the_visitor()):
            self.visitor.problems.append(
                f"{name}: {method} {path} read persons {unnoted} and the journal does not know"
            )
        return response

    def _ask_api(self, method: str, path: str, values: dict[str, str]) -> Any:
        query = f"?{urlencode(values)}" if values and method in ("GET", "HEAD") else ""
        body = {"params": json.dumps(values)} if method in ("POST", "PUT", "PATCH") else {}
        ask = getattr(self.browser, method.lower())
        headers = self.token | ({"Content-Type": "application/json"} if body else {})
        return ask(path + query, headers=headers, expect_errors=True, **body)

    def _read_by_the_visitor(self) -> set[int]:
        """Whose data the journal says that the visitor read on this route."""
        rows = self.db.execute(
            text(
                "select subject_person_id from event where kind = 'data:read' and actor_account_id = :who and id > :id"
            ),
            {"who": self.visitor.account.id, "id": self.journal},
        )
        return set(rows.scalars())

    @staticmethod
    def _outcome(response: Any, asked: str = "") -> tuple[int, str]:
        location = response.headers.get("Location", "").partition("?")[0]
        return response.status_int, location.replace(asked, "") if asked else location

    def _others_rows(self) -> dict[str, str]:
        """A digest of every table without what the visitor may write: his own session, journal, person and consents."""
        account = self.visitor.account
        own = {"account": account.id if account else 0, "person": account.person_id if account else 0}
        own["client"] = self.visitor.grant.client_id if self.visitor.grant else 0
        where = {
            "web_session": "account_id <> :account",
            "sign_in_failure": "false",
            "account": "id <> :account",
            "person": "id <> :person",
            "device": "account_id <> :account",
            "passkey": "account_id <> :account",
            "recovery_code": "account_id <> :account",
            # Those of nobody known are nobody's.
            "challenge": "account_id <> :account",
            "notification": "account_id <> :account",
            "code_sending": "false",
            "draft": "account_id <> :account",
            "certificate": "person_id <> :person",
            "consent": "person_id <> :person",
            "terms_acceptance": "account_id <> :account",
            "terms_text": "false",
            "notification_preference": "account_id <> :account",
            # Issued by whoever of the contract asks for it first.
            "card": "contract_id not in (select contract_id from coverage where person_id = :person)",
            "card_share": "account_id <> :account",
            "api_grant": "account_id <> :account",
            "api_count": "who not in ('member:' || cast(:account as text), 'client:' || cast(:client as text))",
            "adviser_talk": "account_id <> :account",
            "adviser_turn": "talk_id in (select id from adviser_talk where account_id <> :account)",
            "api_token": "grant_id in (select id from api_grant where account_id <> :account)",
            "reading": "account_id <> :account",
            # Who closes his care takes back the files that the holder of his contract has not taken yet.
            "data_export": """account_id not in (
                select account.id from account
                join coverage on coverage.person_id = account.person_id
                where contract_id in (select contract_id from coverage where person_id = :person)
            )""",
            "breach_person": "told_person_id <> :person",
            "request": "author_person_id <> :person",
            "request_transition": "request_id in (select id from request where author_person_id <> :person)",
            "message": "author_person_id <> :person",
            "request_words": "request_id in (select id from request where author_person_id <> :person)",
            "quote_line": "request_id in (select id from request where author_person_id <> :person)",
            "attachment": "author_person_id <> :person",
            "event": "actor_account_id <> :account or subject_person_id = any(:hidden)",
        }
        parts = [
            f"select '{table.name}', md5(coalesce(string_agg(t::text, '|' order by t::text), '')) "
            f"from {table.name} t where {where.get(table.name, 'true')}"
            for table in Base.metadata.sorted_tables
        ]
        rows = self.db.execute(text(" union all ".join(parts)), {**own, "hidden": self.visitor.hidden_people})
        return dict(rows.all())
