"""Twenty colleagues at once, with real commits: one decision and one message to the member, no request twice."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select

from member_space.domain.decision import Line, Reason
from member_space.domain.permissions import Role
from member_space.domain.request import NotAllowed
from member_space.models import Account, Contract, DecisionLine, Message, Notification, Request, RequestTransition
from member_space.services import request_handling as handling
from member_space.services import request_writing as writing
from member_space.services.request import Stale
from member_space.services.request_decision import decide
from member_space.services.request_handling import Hand, NotHeld, OwnDecision, take_next
from member_space.services.tools import INSIDE
from tests.factories.household import make_account, make_contract, make_person
from tests.factories.office import make_colleague, office_identity_of
from tests.factories.request import make_request, take
from tests.transactions.together import PATIENCE, wait_for_a_waiter

AT_ONCE = 20


@pytest.fixture
def colleagues(sessions):
    with sessions.begin() as db:
        return [office_identity_of(make_colleague(db, Role.HANDLER)) for _n in range(AT_ONCE)]


def make_requests(sessions, tools, count):
    with sessions.begin() as db:
        person = make_person(db)
        account, contract = make_account(db, person), make_contract(db, person)
        return [make_request(db, tools, account, contract, "claim", "claim.optics").id for _n in range(count)]


def all_at_once(act):
    """What each of twenty threads, let go together, answers."""
    together = Barrier(AT_ONCE)

    def run(n):
        together.wait()
        return act(n)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(run, range(AT_ONCE)))


def test_twenty_decisions_at_once_are_one_decision_and_one_message(sessions, tools, colleagues):
    """Twenty tabs of whoever holds it: all read the same version, half would accept and half refuse."""
    [request_id] = make_requests(sessions, tools, 1)
    me = colleagues[0]
    with sessions.begin() as db:
        row = db.get_one(Request, request_id)
        take(db, tools, row, db.get_one(Account, me.account_id))
        version = row.version
    ready = Barrier(AT_ONCE)

    def decide_once(n):
        with sessions() as db:
            row = db.get_one(Request, request_id)
            ready.wait()
            line = Line("Lunettes", 100, 100 if n % 2 else 40, None if n % 2 else Reason.CAP_REACHED)
            try:
                decide(db, tools, Hand(me, row, version, INSIDE), [line], f"Lettre {n}")
                db.commit()
            except (Stale, NotAllowed, NotHeld) as refusal:
                db.rollback()
                return type(refusal).__name__
            return "decided"

    answers = all_at_once(decide_once)
    assert answers.count("decided") == 1
    assert answers.count("Stale") == AT_ONCE - 1
    with sessions() as db:
        of = {"request_id": request_id}
        assert db.scalar(select(func.count()).select_from(DecisionLine).filter_by(**of)) == 1
        assert db.scalar(select(func.count()).select_from(Message).filter_by(kind="decision", **of)) == 1
        assert db.scalar(select(func.count()).select_from(RequestTransition).filter_by(act="decide", **of)) == 1
        assert db.scalar(select(func.count()).select_from(Notification).filter_by(kind="request_decided")) == 1


@pytest.mark.parametrize("waiting", [AT_ONCE, 7])
def test_twenty_colleagues_who_ask_for_the_next_one_never_get_the_same(sessions, tools, colleagues, waiting):
    made = make_requests(sessions, tools, waiting)

    def take_one(n):
        with sessions.begin() as db:
            found = take_next(db, tools, colleagues[n], None, None, INSIDE)
            return found and found.id

    taken = [one for one in all_at_once(take_one) if one]
    assert sorted(taken) == sorted(made)
    with sessions() as db:
        holders = db.scalars(select(Request.handler_id).where(Request.state == "in_review")).all()
        assert len(set(holders)) == waiting
        assert db.scalar(select(func.count()).select_from(RequestTransition).filter_by(act="take")) == waiting


def test_whoever_decided_never_gets_the_complaint_about_it(sessions, tools, colleagues):
    """All ask for the next one, he first: it goes to another, who cannot give it back to him."""
    [judged_id] = make_requests(sessions, tools, 1)
    judge, others = colleagues[0], colleagues[1:]
    with sessions.begin() as db:
        judged = db.get_one(Request, judged_id)
        take(db, tools, judged, db.get_one(Account, judge.account_id))
        decide(db, tools, Hand(judge, judged, judged.version, INSIDE), [Line("Lunettes", 100, 100)], "Lettre")
        account, contract = db.get_one(Account, judged.author_account_id), db.get_one(Contract, judged.contract_id)
        complaint_id = make_request(
            db, tools, account, contract, "complaint", "complaint.decision", linked_id=judged_id
        ).id
    with sessions.begin() as db:
        assert take_next(db, tools, judge, None, None, INSIDE) is None
        row = db.get_one(Request, complaint_id)
        with pytest.raises(OwnDecision):
            handling.take(db, tools, Hand(judge, row, row.version, INSIDE))
        assert (row.state, row.handler_id) == ("to_do", None)

    def take_one(n):
        with sessions.begin() as db:
            found = take_next(db, tools, colleagues[n], None, None, INSIDE)
            return found and found.handler_id

    [holder_id] = [one for one in all_at_once(take_one) if one]
    assert holder_id != judge.account_id
    with sessions.begin() as db:
        row = db.get_one(Request, complaint_id)
        mine = Hand(next(one for one in others if one.account_id == holder_id), row, row.version, INSIDE)
        with pytest.raises(OwnDecision):
            handling.give(db, tools, mine, judge.account_id)
        third = next(one for one in others if one.account_id != holder_id)
        handling.give(db, tools, mine, third.account_id)
    with sessions() as db:
        row = db.get_one(Request, complaint_id)
        assert (row.state, row.handler_id) == ("in_review", third.account_id)


@pytest.fixture
def both_his(sessions, tools, colleagues):
    """A colleague has a complaint in hand, and takes what it contests: what acts as he does on either."""
    me = colleagues[0]
    contested_id, *_others = make_requests(sessions, tools, 1)
    with sessions.begin() as db:
        contested, account = db.get_one(Request, contested_id), db.get_one(Account, me.account_id)
        author, contract = db.get_one(Account, contested.author_account_id), db.get_one(Contract, contested.contract_id)
        of = {"kind": "complaint", "topic": "complaint.decision", "linked_id": contested_id}
        complaint_id = take(db, tools, make_request(db, tools, author, contract, **of), account).id
        take(db, tools, contested, account)

    def hand(db, row_id):
        row = db.get_one(Request, row_id)
        return Hand(me, row, row.version, INSIDE)

    def decide_it(db):
        decide(db, tools, hand(db, contested_id), [Line("Lunettes", 100, 100)], "Lettre")

    return decide_it, lambda db: hand(db, complaint_id)


@pytest.mark.parametrize("act", ["reply", "answer", "ask_pieces", "mark_duplicate"])
def test_whoever_decides_what_a_complaint_of_his_contests_no_longer_answers_it(sessions, tools, both_his, act):
    decide_it, complaint = both_his
    with sessions.begin() as db:
        decide_it(db)
    words = {"ask_pieces": (["quote"], None, "Lettre"), "mark_duplicate": ("1-A", "Lettre")}.get(act, ("Lettre",))
    with sessions() as db, pytest.raises(OwnDecision):
        getattr(writing, act)(db, tools, complaint(db), *words)
    with sessions.begin() as db:
        handling.release(db, tools, complaint(db))  # it can still be given back


def test_nor_does_he_while_that_decision_is_being_written(sessions, tools, both_his):
    """It is not committed yet: his answer in another tab waits for it."""
    decide_it, complaint = both_his

    def answer_it():
        with sessions() as db:
            writing.answer(db, tools, complaint(db), "Lettre")

    with ThreadPoolExecutor() as pool, sessions() as db:
        decide_it(db)
        answering = pool.submit(answer_it)
        wait_for_a_waiter(db)
        db.commit()
        with pytest.raises(OwnDecision):
            answering.result(PATIENCE)
