"""No form does anything for who is signed in without its token: every POST of the application, with real ids.

Routes are found in the application itself. What a member may post is posted by a member, what the office may by each of
its roles; a second factor was just given, so that nothing else than the token refuses.
"""

import pytest
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from sqlalchemy import text

from member_space.config import configurator
from member_space.domain.permissions import Role
from member_space.models import Base
from member_space.security.policy import API
from member_space.security.route_facts import route_facts
from tests.conftest import TEST_INI
from tests.factories.office import make_colleague
from tests.functional.helpers import sign_in
from tests.guards.families import make_family
from tests.guards.walk import BY_SECRET, CSRF, field_names, paths_of, routes_of, talk_here
from tests.log_guard import Browser

OFFICE = [role for role in Role if role is not Role.MEMBER]
WRONG = {"without a token": {}, "with another one": {"csrf_token": "a-token-of-another-session"}}
REFUSED = (400, 401, 403, 404)
"""Its token is missed; the role may not; nothing of his is there; no secret of an application is given. Only
400 says that the token was read."""


@pytest.fixture
def family(db, cipher):
    return make_family(db, cipher, "Quetzalbert", 116)


@pytest.fixture
def colleague(db, cipher):
    def make(role):
        account = make_colleague(db, role, totp_secret=cipher.encrypt("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"))
        db.commit()
        return account

    return make


def everything(db) -> dict[str, str]:
    """A digest of each table."""
    parts = [
        f"select '{table.name}', md5(coalesce(string_agg(t::text, '|' order by t::text), '')) from {table.name} t"
        for table in Base.metadata.sorted_tables
    ]
    return dict(db.execute(text(" union all ".join(parts))).all())


def posts(wsgi_app, ids, prefix="/"):
    """(route, path) of all that can be posted under this prefix, with one's own ids.

    Beneath /api/ there is no form, and a cookie opens nothing (tests/functional/api).
    """
    facts = route_facts(wsgi_app.registry)
    for name, pattern in routes_of(wsgi_app):
        if pattern.startswith(prefix) and not pattern.startswith(API) and "POST" in facts[name].methods:
            for path, _one in paths_of(pattern, ids):
                yield name, path


def walk(browser, db, account, ids, prefix="/") -> tuple[list[str], set[str]]:
    """What a POST without its token got else than a refusal, or changed; and the routes where the token was missed."""
    browser.reset()
    sign_in(browser, db, account, proved=True)
    talk_here(db, account)
    browser.set_cookie("csrf", CSRF)
    browser.get("/connexion", expect_errors=True)  # the sign of life of the session is noted before
    filled = {name: choices[0] if choices else "1" for name, choices in field_names().items()}
    before, faults, missed = everything(db), [], set()
    for name, path in posts(browser.app, ids, prefix):
        for how, token in WRONG.items():
            status = browser.post(path, filled | token, expect_errors=True).status_int
            if status not in REFUSED:
                faults.append(f"{name}: {path} {how}: {status}")
            if status == 400 and name not in BY_SECRET:
                missed.add(name)
        after = everything(db)
        changed = [table for table in before if before[table] != after[table]]
        if changed:
            faults.append(f"{name}: {path} changed {', '.join(changed)}")
            before = after
    return faults, missed


def names(wsgi_app, ids, prefix="/") -> set[str]:
    return {name for name, _path in posts(wsgi_app, ids, prefix)}


def test_a_member_who_is_signed_in(app, db, family):
    faults, missed = walk(app, db, family.account, family.ids)
    assert faults == []
    # The office does not exist for him; all that is his was refused for its token.
    assert names(app.app, family.ids) - missed == BY_SECRET | names(app.app, family.ids, "/bureau/") - {
        "office_activation",
        "office_activation_password",
    }


def test_the_colleagues_of_each_role(app, db, family, colleague):
    refused = set()
    for role in OFFICE:
        faults, missed = walk(app, db, colleague(role), family.ids, "/bureau/")
        assert faults == []
        refused |= missed
    assert refused == names(app.app, family.ids, "/bureau/")


def test_a_form_that_forgets_its_token_is_found(engine, session_factory, db, family):
    def view(request):
        request.db.execute(text("update account set email = 'ailleurs@example.org' where id = :id"), {"id": mine})
        return Response()

    mine = family.account.id
    config = configurator(TEST_INI, engine)
    config.add_route("hole", "/trou")
    config.add_view(
        view, route_name="hole", permission=NO_PERMISSION_REQUIRED, require_csrf=False, request_method="POST"
    )
    app = config.make_wsgi_app()
    app.registry.session_factory = session_factory
    assert walk(Browser(app), db, family.account, family.ids, "/trou") == (
        [
            "hole: /trou without a token: 200",
            "hole: /trou with another one: 200",
            "hole: /trou changed account",
        ],
        set(),
    )
