"""Who sees whom, on the rows of a real database."""

from datetime import date

from member_space.domain.privacy import View
from member_space.services.household import load_household
from tests.factories.household import make_contract, make_person

TODAY = date(2026, 11, 21)


def views(db, viewer):
    return {m.first_name: m.view for m in load_household(db, viewer.id, TODAY).members}


def test_the_holder_sees_children_whole_and_adults_amounts_unless_opened(db):
    holder = make_person(db, "Hélène")
    spouse, child = make_person(db, "Sami"), make_person(db, "Zoé", date(2015, 5, 5))
    make_contract(db, holder, (spouse, "spouse"), (child, "child"))
    assert views(db, holder) == {"Hélène": View.FULL, "Sami": View.AMOUNTS_ONLY, "Zoé": View.FULL}
    spouse.care_open_to_holder = True
    db.flush()
    assert views(db, holder)["Sami"] is View.FULL


def test_a_beneficiary_sees_nobody_else(db):
    holder, student = make_person(db, "Hélène"), make_person(db, "Lou", date(2005, 5, 5))
    make_contract(db, holder, (student, "child"))
    assert views(db, student) == {"Lou": View.FULL}


def test_a_child_of_two_contracts_is_seen_only_on_the_one_that_is_held(db):
    mother, father = make_person(db, "Maud"), make_person(db, "Paul")
    child = make_person(db, "Zoé", date(2015, 5, 5))
    hers = make_contract(db, mother, (child, "child"))
    his = make_contract(db, father, (mother, "other"), (child, "child"))
    household = load_household(db, mother.id, TODAY)
    assert household.view_on(hers.id, child.id) is View.FULL
    assert household.view_on(his.id, child.id) is View.NONE
    assert (his.id, child.id) not in household.visible
