"""The surface of the application: its routes are frozen, each view says who may ask, each form is protected."""

import difflib
from pathlib import Path

from pyramid.security import NO_PERMISSION_REQUIRED

from member_space.domain.permissions import Permission
from member_space.security.policy import API, CLOSED
from member_space.security.route_facts import methods_of, permission_of, route_facts
from tests.guards.walk import BY_SECRET, routes_of

FROZEN = Path(__file__).parent / "routes.txt"
PUBLIC = {
    "activation",
    "activation_address",
    "activation_channel",
    "activation_code",
    "activation_done",
    "activation_help",
    "activation_link",
    "activation_password",
    "api_docs",
    "api_document",
    "fhir_metadata",
    "asset",
    "certificate_check",
    "card_check",
    "card_link",
    "card_phone_state",
    "card_shell",
    "card_shared",
    "content",
    "disown",
    "email_reminder",
    "healthz",
    "language",
    "manifest",
    "metrics",
    "nothing_comes",
    "oidc",
    "oidc_back",
    "oidc_refused",
    *("oauth_token", "oauth_revoke", "oauth_introspect", "oauth_server", "oauth_resource"),
    "office_activation",
    "office_activation_password",
    "password_reset",
    "password_reset_code",
    "password_reset_link",
    "password_reset_new",
    "readyz",
    "recovery_entry",
    "recovery_entry_password",
    "passkey_options",
    "passkey_sign_in",
    "service_worker",
    "sign_in",
    "sign_in_code",
    "sign_in_code_others",
    "sign_in_code_send",
    "sign_out",
    "undo_change",
}
"""Who may ask for these: anybody. Another one is a decision, taken here."""
DEMO_ONLY = {"demo_messages", "demo_outbox", "patterns"}
"""Public too, and not found outside the demo."""


def our_views(wsgi_app):
    """(route, view of the introspector) for each view of a route; error pages have none."""
    views = wsgi_app.registry.introspector.get_category("views")
    return [(view["introspectable"]["route_name"], view) for view in views if view["introspectable"]["route_name"]]


def surface(wsgi_app) -> list[str]:
    facts = route_facts(wsgi_app.registry)
    return [
        f"{pattern}  {name}  {','.join(sorted(facts[name].methods)) if name in facts else 'NO VIEW'}"
        for name, pattern in sorted(routes_of(wsgi_app), key=lambda route: route[1])
    ]


def test_the_list_of_routes_is_the_one_agreed(wsgi_app):
    agreed, found = FROZEN.read_text(encoding="utf-8").splitlines(), surface(wsgi_app)
    changes = "\n".join(difflib.unified_diff(agreed, found, "tests/guards/routes.txt", "the application", lineterm=""))
    assert not changes, f"routes have changed; if that is meant, change routes.txt too:\n{changes}"


def test_every_view_names_its_permission(wsgi_app):
    known = {NO_PERMISSION_REQUIRED, *Permission}
    assert [route for route, view in our_views(wsgi_app) if permission_of(view) not in known] == []


def test_only_the_agreed_routes_are_public(wsgi_app):
    public = {route for route, view in our_views(wsgi_app) if permission_of(view) == NO_PERMISSION_REQUIRED}
    assert public == PUBLIC | DEMO_ONLY


def test_every_view_names_its_methods(wsgi_app):
    """Else a GET could change something, and the wrong method would not be a 405."""
    assert [route for route, view in our_views(wsgi_app) if not methods_of(view)] == []


def test_no_view_of_a_page_turns_the_protection_of_forms_off(wsgi_app):
    """Beneath /api/ there is no form: a cookie opens nothing there (tests/functional/api)."""
    patterns = dict(routes_of(wsgi_app))
    unprotected = {route for route, view in our_views(wsgi_app) if view["introspectable"]["require_csrf"] is False}
    assert {route for route in unprotected if not patterns[route].startswith(API)} == BY_SECRET


def test_every_form_refuses_a_post_without_its_token(app, wsgi_app):
    """Asked for real, of every route that anybody may post to; the others are refused before their form is read."""
    for name, pattern in routes_of(wsgi_app):
        facts = route_facts(wsgi_app.registry)[name]
        if facts.public and "POST" in facts.methods:
            answer = app.post(pattern, {"email": "a@example.org"}, expect_errors=True)
            assert answer.status_int in ((400, 401) if name in BY_SECRET else (400,)), name


def test_a_view_without_permission_is_closed(wsgi_app, engine):
    from pyramid.response import Response

    from member_space.config import configurator
    from tests.conftest import TEST_INI
    from tests.log_guard import Browser

    config = configurator(TEST_INI, engine)
    config.add_route("forgotten", "/oubli")
    config.add_view(lambda request: Response("open"), route_name="forgotten")
    assert Browser(config.make_wsgi_app()).get("/oubli").location.startswith("http://localhost/connexion")
    assert CLOSED not in set(Permission)


def test_the_pages_of_the_demo_do_not_exist_elsewhere(app, wsgi_app):
    assert not wsgi_app.registry.member_space.demo
    for name, pattern in routes_of(wsgi_app):
        if name in DEMO_ONLY:
            app.get(pattern, status=404)
