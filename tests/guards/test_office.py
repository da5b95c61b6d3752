"""No role of the office reads of a member more than its grants: every route, with the ids of two families."""

import re

import pytest
from pyramid.response import Response
from sqlalchemy import select, text

from member_space.domain.permissions import GRANTS, Permission, Role
from member_space.models import Account, Event
from member_space.resources.office import office_context, office_member_context, office_recovery_context
from member_space.security.route_facts import permission_of
from tests.factories.office import make_colleague
from tests.functional.helpers import sign_in
from tests.guards.families import make_family
from tests.guards.walk import NOBODYS, Visitor, Walk, routes_of, squeezed, text_of

OFFICE = [role for role in Role if role is not Role.MEMBER]


@pytest.fixture
def families(db, cipher):
    return make_family(db, cipher, "Quetzalbert", 116), make_family(db, cipher, "Wombatier", 207)


def colleague(db, cipher, role):
    account = make_colleague(db, role, totp_secret=cipher.encrypt("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"))
    db.commit()
    return account


def watched_by(role, families):
    """Whoever is shown by name to who may help a member: the journal must know of it, hence « Qui a consulté »."""
    if Permission.VIEW_MEMBER not in GRANTS[role]:
        return {}
    kinds = ("name", "care")
    return {person.id: family.marks_of((of,), kinds) for family in families for of, person in family.people.items()}


@pytest.mark.long
@pytest.mark.parametrize("role", OFFICE)
def test_no_role_reads_more_than_its_grants(app, db, cipher, families, role):
    """The contract and care beside a request for who handles it, and the journal knows; nothing for the others."""
    kinds = ("nir",) if Permission.HANDLE_REQUESTS in GRANTS[role] else ("name", "nir", "care", "amount")
    hidden = [mark for family in families for mark in family.marks_of(kinds=kinds)]
    if Permission.HANDLE_REQUESTS not in GRANTS[role]:
        hidden += [note for family in families for note in family.notes]
    own = {name: families[0].ids[name] + families[1].ids[name] for name in families[0].ids}
    others = {name: [NOBODYS] for name in own}
    visitor = Visitor(colleague(db, cipher, role), hidden, own, others, [], watched_by(role, families))
    problems = Walk(app, db, visitor).run()
    # What he decides at the office is written there; of the members nothing is.
    allowed = re.compile(r"office_\w+: changed rows of others in [\w, ]*")
    assert [one for one in problems if not allowed.fullmatch(one)][:9] == []
    members = {"person", "contract", "coverage", "statement", "statement_line", "payment", "bank_account", "consent"}
    changed = {table for one in problems for table in one.partition(" in ")[2].split(", ")}
    assert not changed & members
    assert visitor.requests > len(routes_of(app.app))


def test_the_contacts_of_a_member_are_masked_for_who_may_see_him(app, db, cipher, families):
    browser = sign_in(app, db, colleague(db, cipher, Role.HANDLER))
    person = families[0].people["holder"]
    words = squeezed(text_of(browser.get(f"/bureau/adherents/{person.public_id}")))
    assert squeezed(person.last_name) in words
    assert squeezed(person.email) not in words
    assert person.mobile not in words
    assert "0" + person.mobile[3:] not in words
    events = db.scalars(select(Event).where(Event.kind == "data:read", Event.subject_person_id == person.id)).all()
    assert [event.details["role"] for event in events] == ["handler"]


def problems_of_a_hole(holed, db, cipher, families, pattern, view, factory):
    """What the walk of a handler finds on one more route of the office."""
    ids = {"person_id": families[0].ids["person_id"], "recovery_id": families[0].ids["recovery_id"]}
    visitor = Visitor(
        colleague(db, cipher, Role.HANDLER),
        [],
        ids,
        {name: [NOBODYS] for name in ids},
        [],
        watched_by(Role.HANDLER, families),
    )
    return Walk(holed(pattern, view, factory), db, visitor).run(only="hole")


def test_a_page_of_the_office_that_names_a_member_and_writes_nothing_down_is_found(holed, db, cipher, families):
    """Below the services, where nobody notes anything."""

    def view(request):
        asked = {"id": request.matchdict["person_id"]}
        found = request.db.scalar(text("select first_name from person where public_id::text = :id"), asked)
        return Response(found or "", status=200 if found else 404)

    problems = problems_of_a_hole(holed, db, cipher, families, "/trou/{person_id}", view, None)
    for person in families[0].people.values():
        told = f"hole: GET /trou/{person.public_id} read persons {{{person.id}}} and the journal does not know"
        assert told in problems


@pytest.mark.parametrize(
    ("pattern", "factory", "show"),
    [
        ("/trou/{person_id}", office_member_context, lambda request: request.context.found.name),
        ("/trou/{recovery_id}", office_recovery_context, lambda request: request.context.found.member),
        ("/trou", office_context, lambda request: str(request.context.shown.note([1]))),
    ],
)
def test_a_page_of_the_office_that_forgets_to_say_what_it_shows_fails(
    holed, db, cipher, families, pattern, factory, show
):
    """Through the services, which note whom they load: the view has no `reads`, and answers nothing at all."""
    problems = problems_of_a_hole(
        holed, db, cipher, families, pattern, lambda request: Response(show(request)), factory
    )
    assert [one for one in problems if re.fullmatch(r"hole: GET /trou\S* broke: 500", one)]
    assert not [one for one in problems if "journal" in one]


def test_every_view_of_the_office_is_in_the_matrix(wsgi_app):
    """Its permission is granted to some role of the office and never to a member; nothing else is granted there."""
    ours = [
        (entry["introspectable"]["route_name"], permission_of(entry))
        for entry in wsgi_app.registry.introspector.get_category("views")
        if (entry["introspectable"]["route_name"] or "").startswith("office_")
        and not entry["introspectable"]["route_name"].startswith("office_activation")
    ]
    granted = {permission for role in OFFICE for permission in GRANTS[role]} - GRANTS[Role.MEMBER]
    assert {permission for _route, permission in ours} == granted


def test_a_role_is_never_both(db):
    """The grants of members and of the office share the account on itself, and nothing else."""
    for role in OFFICE:
        assert GRANTS[role] & GRANTS[Role.MEMBER] == {Permission.EDIT_SECURITY}
    assert db.scalars(select(Account.role).where(Account.person_id.is_not(None), Account.role != "member")).all() == []
