"""What the application itself says of its routes: which methods they answer, and whether anybody may ask."""

from dataclasses import dataclass
from typing import Any

from pyramid.security import NO_PERMISSION_REQUIRED


@dataclass(frozen=True, slots=True)
class RouteFacts:
    methods: frozenset[str]
    public: bool


def route_facts(registry: Any) -> dict[str, RouteFacts]:
    """By route name, from Pyramid's own introspection; read once, when the application is complete."""
    known: dict[str, RouteFacts] | None = getattr(registry, "route_facts", None)
    if known is None:
        known = registry.route_facts = _read(registry.introspector)
    return known


def permission_of(view: dict[str, Any]) -> str | None:
    """The permission that a view of the introspector names; None when it names none, hence is closed."""
    return next((entry["value"] for entry in view["related"] if entry.category_name == "permissions"), None)


def methods_of(view: dict[str, Any]) -> frozenset[str]:
    """The methods that a view of the introspector answers; empty for all of them."""
    asked = view["introspectable"]["request_methods"] or ()
    named = frozenset((asked,) if isinstance(asked, str) else asked)
    return named | {"HEAD"} if "GET" in named else named


def _read(introspector: Any) -> dict[str, RouteFacts]:
    facts: dict[str, RouteFacts] = {}
    for view in introspector.get_category("views"):
        name = view["introspectable"]["route_name"]
        if name:
            before = facts.get(name, RouteFacts(frozenset(), True))
            public = before.public and permission_of(view) == NO_PERMISSION_REQUIRED
            facts[name] = RouteFacts(before.methods | methods_of(view), public)
    return facts
