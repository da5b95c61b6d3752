"""Every page as it leaves: nothing inline without its own nonce, nothing from elsewhere, forms with their token."""

import re

from member_space.security.route_facts import route_facts
from tests.functional.helpers import sign_in
from tests.guards.families import make_family
from tests.guards.test_templates import REFUSED
from tests.guards.walk import paths_of, routes_of

NONCE = re.compile(r"nonce=\"([^\"]+)\"")
FORM = re.compile(r"<form\b[^>]*method=\"?post.*?</form>", re.IGNORECASE | re.DOTALL)


def problems_of(response) -> list[str]:
    body = response.text
    found = [what for what, pattern in REFUSED.items() if pattern.search(body)]
    allowed = re.search(r"'nonce-([^']+)'", response.headers["Content-Security-Policy"]).group(1)
    found += ["another answer's nonce" for nonce in NONCE.findall(body) if nonce != allowed]
    found += ["a form without its token" for form in FORM.findall(body) if 'name="csrf_token"' not in form]
    return found


def test_every_page_keeps_to_the_policy(app, db, cipher):
    family = make_family(db, cipher, "Quetzalbert", 116)
    facts = route_facts(app.app.registry)
    pages = 0
    for signed_in in (False, True):
        if signed_in:
            sign_in(app, db, family.account)
        for name, pattern in routes_of(app.app):
            for path, _one in paths_of(pattern, family.ids) if "GET" in facts[name].methods else ():
                response = app.get(path, expect_errors=True)
                if response.content_type == "text/html":
                    pages += 1
                    assert problems_of(response) == [], f"{path} as {'a member' if signed_in else 'nobody'}"
    assert pages > 25
