"""No route shows or changes anything of somebody else: two families, a beneficiary with an own account, nobody.

Routes are found in the application itself, so a new one is walked without being named here.
"""

from dataclasses import replace

import pytest
from pyramid.response import Response
from sqlalchemy import text

from member_space.resources.household import household_context
from member_space.security.policy import API
from member_space.services.reimbursement import latest_lines
from tests.factories.api import bearer, make_client, make_grant, token_of
from tests.functional.helpers import sign_in
from tests.guards.families import ROLES, make_family
from tests.guards.walk import UnknownPlaceholderError, Visitor, Walk, routes_of, squeezed, text_of

CHILDREN = ("child", "second child")
OF_AN_ACCOUNT = (
    "browser_id",
    "passkey_id",
    "export_id",
    "file_id",
    "office_account_id",
    "recovery_id",
    "request_id",
    "handled_id",
    "breach_id",
    "certificate_id",
    "attachment_id",
    "legal_hold_id",
    "share_id",
    "access_id",
    "turn_id",
    "api_client_id",
)
"""Placeholders whose ids are those of the holder's account, then as many of the spouse's."""


UNLIMITED = 1_000_000
"""Questions a minute: what is refused for their number would show nothing."""


@pytest.fixture(autouse=True)
def unlimited(app, monkeypatch):
    registry = app.app.registry
    monkeypatch.setattr(registry, "member_space", replace(registry.member_space, api_member_per_minute=UNLIMITED))


@pytest.fixture
def families(db, cipher):
    return make_family(db, cipher, "Quetzalbert", 116), make_family(db, cipher, "Wombatier", 207)


def halves(ids: list[str]) -> tuple[list[str], list[str]]:
    """The holder's, and the spouse's."""
    return ids[: len(ids) // 2], ids[len(ids) // 2 :]


def holder_of(db, mine, theirs) -> Visitor:
    """Sees his family, but of the other adult the amounts only; shows it all to an assistant."""
    return Visitor(
        mine.account,
        theirs.all_marks + mine.marks_of(("spouse",), ("care",)) + mine.notes,
        mine.ids | {name: halves(mine.ids[name])[0] for name in OF_AN_ACCOUNT},
        theirs.ids | {name: theirs.ids[name] + halves(mine.ids[name])[1] for name in OF_AN_ACCOUNT},
        [person.id for person in theirs.people.values()],
        watched={mine.people[role].id: mine.marks_of((role,), ("nir", "care", "amount")) for role in ROLES[1:]},
        grant=make_grant(db, mine.account, make_client(db, per_minute=UNLIMITED), mine.people.values()),
    )


def holder_alone_of(db, mine, theirs) -> Visitor:
    """The holder, who shows an assistant himself and nobody else of his family."""
    rest = ("spouse", *CHILDREN)
    firsts = ("person_id", "statement_id", "payment_id", "line_id")
    own = mine.ids | {name: mine.ids[name][:1] for name in firsts}
    own |= {name: halves(mine.ids[name])[0] for name in OF_AN_ACCOUNT}
    return Visitor(
        mine.account,
        theirs.all_marks + mine.marks_of(rest) + mine.notes,
        own,
        {name: theirs.ids[name] + [one for one in mine.ids[name] if one not in own[name]] for name in theirs.ids},
        [person.id for person in theirs.people.values()] + [mine.people[role].id for role in rest],
        grant=make_grant(db, mine.account, make_client(db, per_minute=UNLIMITED), [mine.people["holder"]]),
    )


def spouse_of(db, mine, theirs) -> Visitor:
    """Sees the contract and own care; of the holder and the children nothing but that the holder holds it."""
    rest = ("holder", *CHILDREN)
    own_statement = [mine.ids["statement_id"][ROLES.index("spouse")]]
    own_payment = [mine.ids["payment_id"][ROLES.index("spouse")]]
    own_person = [str(mine.people["spouse"].public_id)]
    own = {
        "contract_id": mine.ids["contract_id"],
        "version_id": mine.ids["version_id"],
        # The same for the whole contract; each reads his own rows of it.
        "card_id": mine.ids["card_id"],
        "person_id": own_person,
        "statement_id": own_statement,
        "line_id": [f"{one}.1" for one in own_statement],
        "payment_id": own_payment,
        # A colleague's, which no member opens: the same for all.
        "answer_id": mine.ids["answer_id"],
        "webhook_id": mine.ids["webhook_id"],
        **{name: halves(mine.ids[name])[1] for name in OF_AN_ACCOUNT},
    }
    others = {name: theirs.ids[name] + [one for one in mine.ids[name] if one not in own[name]] for name in theirs.ids}
    return Visitor(
        mine.spouse_account,
        theirs.all_marks
        + mine.marks_of(rest, ("nir", "care", "amount"))
        + mine.marks_of(CHILDREN, ("name",))
        + mine.notes,
        own,
        others,
        [person.id for person in theirs.people.values()] + [mine.people[role].id for role in rest],
        grant=make_grant(db, mine.spouse_account, make_client(db, per_minute=UNLIMITED), [mine.people["spouse"]]),
    )


def nobody(_db, mine, theirs) -> Visitor:
    ids = {name: mine.ids[name] + theirs.ids[name] for name in mine.ids}
    people = [person.id for family in (mine, theirs) for person in family.people.values()]
    return Visitor(None, mine.all_marks + theirs.all_marks, {name: ["x"] for name in ids}, ids, people)


# Each walk is some thousands of requests: from one side or the other, not from both.
@pytest.mark.long
@pytest.mark.parametrize(("of", "turned"), [(holder_of, False), (spouse_of, True), (nobody, False)])
def test_nothing_of_the_others_is_shown_or_changed(app, db, families, of, turned):
    visitor = of(db, *(reversed(families) if turned else families))
    db.commit()
    assert Walk(app, db, visitor).run() == []
    assert visitor.requests > len(routes_of(app.app)) * 6


def test_an_assistant_is_shown_nobody_who_was_not_ticked(app, db, families):
    visitor = holder_alone_of(db, *families)
    db.commit()
    assert Walk(app, db, visitor).run(under=API) == []
    assert visitor.requests > 100


def test_the_marks_would_be_seen(app, db, families):
    """What is hidden from the others shows on one's own pages: the walk looks for the right words."""
    family = families[0]
    sign_in(app, db, family.account)
    pages = ["/remboursements", "/beneficiaires", *(f"/beneficiaires/{one}" for one in family.ids["person_id"])]
    for one in family.ids["statement_id"]:
        pages += [f"/remboursements/decomptes/{one}{end}" for end in ("", ".csv", ".pdf")]
    pages += [f"/contrats/{family.ids['contract_id'][0]}"]
    sent, drafted = halves(family.ids["request_id"])[0]
    pages += [f"/demandes/{sent}", f"/demandes/{drafted}/message"]
    words = squeezed(" ".join(text_of(app.get(page)) for page in pages))
    grant = make_grant(db, family.account, make_client(db, per_minute=UNLIMITED), family.people.values())
    headers = bearer(token_of(db, grant))
    db.commit()
    words += squeezed(text_of(app.get("/api/v1/reimbursements", headers=headers)))
    expected = family.common + family.marks_of(kinds=("name", "amount"))
    expected += family.marks_of(("holder", *CHILDREN), ("care",))
    # An amount is shown in euros; its cents alone would only be found in JSON.
    assert [mark for mark in expected if not mark.isdigit() and squeezed(mark) not in words] == []


def problems_of(browser, db, families) -> list[str]:
    return Walk(browser, db, holder_of(db, *families)).run(only="hole")


def test_a_page_that_shows_somebody_else_is_found(holed, db, families):
    def view(request):
        found = request.db.scalar(
            text("select label from statement_line l join statement s on s.id = statement_id where s.public_id = :id"),
            {"id": request.matchdict["statement_id"]},
        )
        return Response(found or "", status=200 if found else 404)

    problems = problems_of(holed("/trou/{statement_id}", view), db, families)
    assert any("shows Acte secret Wombatier" in problem for problem in problems)
    assert any("exists" in problem for problem in problems)


def test_a_filter_that_reads_somebody_else_is_found(holed, db, families):
    def view(request):
        asked = request.GET.get("personne", "")
        found = request.db.scalar(text("select first_name from person where public_id::text = :id"), {"id": asked})
        return Response(found or "")

    assert any("shows Womb" in problem for problem in problems_of(holed("/trou", view), db, families))


def test_a_form_that_changes_somebody_else_is_found(holed, db, families):
    def view(request):
        if request.method == "POST":
            request.db.execute(
                text("update person set care_open_to_holder = true where public_id::text = :id"),
                {"id": request.POST.get("person_id")},
            )
        return Response()

    assert "hole: changed rows of others in person" in problems_of(holed("/trou", view), db, families)


def test_a_page_that_shows_one_s_family_and_does_not_write_it_down_is_found(holed, db, families):
    """Below the services, where nobody notes anything: an amount of the spouse, whom the holder may see."""

    def view(request):
        found = request.db.scalar(text("select our_share from statement_line where person_id = :id"), {"id": spouse})
        return Response(str(found) if request.identity else "")

    spouse = families[0].people["spouse"].id
    problems = problems_of(holed("/trou", view), db, families)
    assert f"hole: GET /trou read persons {{{spouse}}} and the journal does not know" in problems


def test_a_page_that_forgets_to_say_what_it_shows_fails(holed, db, families):
    """Through the services, which note whom they read: the view has no `reads`, and answers nothing at all."""

    def view(request):
        lines = latest_lines(request.db, request.context.household, 5)
        return Response(", ".join(line.label or "" for line in lines))

    problems = problems_of(holed("/trou", view, factory=household_context), db, families)
    assert "hole: GET /trou broke: 500" in problems


def test_a_route_with_an_unknown_placeholder_says_what_to_add(holed, db, families):
    with pytest.raises(UnknownPlaceholderError, match=r"the ids of \{quote_id\}"):
        problems_of(holed("/devis/{quote_id}", lambda request: Response()), db, families)
