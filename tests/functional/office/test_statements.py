"""The list and the page of a request run as many statements whatever they show."""

from member_space.services import request as requests
from member_space.services.request import Actor
from tests.factories.request import MEMBER, make_request
from tests.functional.clock import counted_statements
from tests.functional.office.desk import LIST, page


def test_the_statements_are_counted_not_the_rows(engine, desk, db, tools, member, mine):
    def cost(path):
        desk.get(path)  # what is read for the first time is written down
        with counted_statements(engine) as statements:
            desk.get(path)
        return len(statements)

    before = {path: cost(path) for path in (LIST, page(mine))}
    for _n in range(20):
        make_request(db, tools, *member)
        requests.say(db, tools, mine, Actor(MEMBER, member[0].id), "Encore un mot.")
    db.commit()
    assert {path: cost(path) for path in before} == before
