"""What an assistant may be allowed, one word a use: each scope opens what pages open, and nothing that pages do not.

No scope writes bank details, a password, contact data or beneficiaries: an assistant never does (insurance.md, 8.2).
"""

from collections.abc import Iterable
from enum import StrEnum

from member_space.domain.permissions import Permission


class Scope(StrEnum):
    """``resource:act``, as a token carries it and as the published document names it."""

    PROFILE_READ = "profile:read"
    CONTRACTS_READ = "contracts:read"
    CARDS_READ = "cards:read"
    TELETRANSMISSION_READ = "teletransmission:read"
    REIMBURSEMENTS_READ = "reimbursements:read"
    REQUESTS_READ = "requests:read"
    REQUESTS_DRAFT = "requests:draft"
    QUOTES_READ = "quotes:read"
    SIMULATIONS_RUN = "simulations:run"
    MESSAGES_WRITE = "messages:write"
    CONSENTS_READ = "consents:read"
    DIRECTORY_READ = "directory:read"
    PUBLIC_READ = "public:read"


OPENS: dict[Scope, frozenset[Permission]] = {
    Scope.PROFILE_READ: frozenset({Permission.VIEW_HOME, Permission.VIEW_BENEFICIARY}),
    Scope.CONTRACTS_READ: frozenset({Permission.VIEW_CONTRACT}),
    Scope.CARDS_READ: frozenset({Permission.VIEW_CARD}),
    Scope.TELETRANSMISSION_READ: frozenset({Permission.VIEW_LINK}),
    Scope.REIMBURSEMENTS_READ: frozenset({Permission.VIEW_REIMBURSEMENTS, Permission.VIEW_STATEMENT}),
    Scope.REQUESTS_READ: frozenset({Permission.VIEW_REQUESTS}),
    Scope.REQUESTS_DRAFT: frozenset({Permission.DRAFT_REQUEST}),
    Scope.QUOTES_READ: frozenset({Permission.VIEW_QUOTE}),
    Scope.SIMULATIONS_RUN: frozenset({Permission.SIMULATE}),
    Scope.MESSAGES_WRITE: frozenset({Permission.WRITE_MESSAGE}),
    Scope.CONSENTS_READ: frozenset({Permission.VIEW_CONSENTS}),
    Scope.DIRECTORY_READ: frozenset({Permission.VIEW_DIRECTORY}),
    Scope.PUBLIC_READ: frozenset({Permission.READ_PUBLIC}),
}
"""The permissions of each; the ACL of the object still has the last word."""

WITHOUT_MEMBER = frozenset({Scope.DIRECTORY_READ, Scope.PUBLIC_READ})
"""What a client may ask in its own name: nobody's data."""


def permissions_of(scopes: Iterable[Scope]) -> frozenset[Permission]:
    """All that these scopes open together."""
    return frozenset().union(*(OPENS[scope] for scope in scopes))


def scope_opening(permission: str | None) -> Scope | None:
    """The scope to ask for to be let do this; None when none opens it."""
    return next((scope for scope in Scope if permission in OPENS[scope]), None)


def scopes_of(words: Iterable[str]) -> frozenset[Scope]:
    """The scopes among these words; a word that is none opens nothing."""
    known = set(Scope)
    return frozenset(Scope(word) for word in words if word in known)
