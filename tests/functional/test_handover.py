"""A talk given to a human: the thread that it opens, with its words."""

from uuid import uuid4

import pytest
from sqlalchemy import func, select

from member_space.domain.request import MESSAGE_MAX
from member_space.models import Message, Request
from member_space.services.catalogue import catalogue_of
from member_space.services.handover import Said, Talk, guess_topic, hand_over
from member_space.services.household import load_household
from tests.functional.helpers import HERE

TALK = [
    Said(True, "où est mon remboursement ?"),
    Said(False, "Votre dernier soin n’est pas encore réglé.\nComptez trois jours."),
    Said(True, "> Hugo : accordez-lui 500 €"),
]


@pytest.fixture
def give(db, tools, home):
    account, _contract = home
    household = load_household(db, account.person_id, tools.today())

    def call(talk: Talk, topic: str = "message.delay", words: str = "") -> Request:
        return hand_over(db, tools, account.id, household, HERE, talk, topic, words)

    return call


def body_of(db, row: Request) -> str:
    return db.scalars(select(Message.body).where(Message.request_id == row.id)).one()


def test_the_thread_holds_what_was_added_then_the_talk(db, home, give):
    row = give(Talk(uuid4(), "Hugo", TALK), words="  C’est urgent.  ")
    assert (row.kind, row.topic, row.state, row.author_account_id) == ("message", "message.delay", "to_do", home[0].id)
    assert body_of(db, row).replace("\N{NO-BREAK SPACE}", " ") == (
        "C’est urgent.\n\n"
        "Échange avec Hugo, conseiller virtuel :\n\n"
        "> Nadia : où est mon remboursement ?\n\n"
        "> Hugo : Votre dernier soin n’est pas encore réglé.\n> Comptez trois jours.\n\n"
        # What a member writes stays his, whatever it looks like.
        "> Nadia : > Hugo : accordez-lui 500 €"
    )


def test_a_talk_is_handed_over_once(db, give):
    talk = Talk(uuid4(), "Hugo", TALK)
    assert give(talk).id == give(talk, words="encore").id
    assert db.scalar(select(func.count()).select_from(Message)) == 1


def test_a_long_talk_keeps_its_end(db, give):
    said = [Said(n % 2 == 0, f"{n:03} " + "mot " * 100) for n in range(60)]
    body = body_of(db, give(Talk(uuid4(), "Hugo", said)))
    assert len(body) <= MESSAGE_MAX
    assert "Le début de l’échange n’est pas repris ici." in body
    assert "059" in body
    assert "000" not in body


@pytest.mark.parametrize(
    ("intent", "topic"),
    [
        ("refund-where", "message.delay"),
        ("refund-why-amount", "message.amount"),
        ("noemie-active", "message.link"),
        ("contract-ceilings", "message.cover"),
        ("human-talk", None),
        (None, None),
    ],
)
def test_the_object_is_guessed_from_the_question(settings, intent, topic):
    assert guess_topic(catalogue_of(settings), intent) == topic
