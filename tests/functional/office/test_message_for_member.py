"""A colleague writes in the name of a member on the telephone: seen on each page, journaled so, told to the member."""

import pytest
from sqlalchemy import func, select

from member_space.domain.permissions import Role
from member_space.models import Event, Message, Notification, Person, Reading, Request, RequestTransition
from tests.factories.household import make_account, make_person
from tests.factories.office import make_colleague
from tests.functional.helpers import sign_in
from tests.functional.office.desk import form_of, fresh, page
from tests.log_guard import Browser

WORDS = "Pourquoi ma facture du 3 mars n’est-elle pas remboursée ?"
KNOWN = {"birth", "card", "address"}


@pytest.fixture
def path(db, member):
    return f"/bureau/adherents/{db.get(Person, member[0].person_id).public_id}/message"


def band(response):
    found = response.html.select_one(".band")
    return found.get_text(" ", strip=True) if found else None


def fill(response, checks=KNOWN, topic="message.amount", body=WORDS):
    form = response.forms[next(key for key, one in response.forms.items() if "body" in one.fields)]
    form["topic"].force_value(topic)
    form["body"] = body
    for box in form.fields["checks"]:
        box.checked = box._value in checks
    return form.submit(expect_errors=True)


def reads_back(response):
    return next(form for form in response.forms.values() if "sent" in form.fields)


def written(desk, path):
    answer = reads_back(fill(desk.get(path))).submit("sent")
    assert answer.status_int == 303
    return answer.follow()


def test_it_is_read_back_then_sent_as_his_and_each_page_says_for_whom(desk, db, member, path, claire):
    person_page = path.removesuffix("/message")
    first = desk.get(person_page).click("Écrire un message")
    assert band(first).startswith("Vous agissez pour Nadia Benali")
    second = fill(first)
    assert band(second).startswith("Vous agissez pour Nadia Benali")
    assert WORDS in second.html.select_one(".letter").get_text()
    assert db.scalar(select(func.count()).select_from(Request)) == 0
    third = reads_back(second).submit("sent").follow()
    assert "Le message est envoyé en son nom. L’adhérent est prévenu par e-mail." in third
    assert band(third) is None
    row = db.scalars(select(Request)).one()
    assert (row.author_person_id, row.author_account_id, row.state) == (member[0].person_id, member[0].id, "to_do")
    assert third.request.path == page(row)
    assert "Claire Martin, au nom de l’adhérent" in third
    message = db.scalars(select(Message)).one()
    assert (message.side, message.account_id, message.body) == ("member", claire.id, WORDS)


def test_the_log_and_the_journal_say_in_whose_name_and_by_what_he_was_known(desk, db, member, path, claire):
    written(desk, path)
    said = {"on_behalf": True, "checks": ["birth", "card", "address"]}
    log = db.scalars(select(RequestTransition)).one()
    assert (log.act, log.account_id, log.details) == ("send", claire.id, said)
    events = db.scalars(select(Event).where(Event.kind.in_(("request:moved", "message:sent")))).all()
    assert [one.kind for one in events] == ["request:moved", "message:sent"]
    for event in events:
        assert event.actor_account_id == claire.id
        assert event.subject_person_id == member[0].person_id
        assert said.items() <= event.details.items()
    assert set(db.scalars(select(Reading.reason))) == {"assistance", "traitement d’une demande"}


def test_the_member_is_told_whatever_he_chose_and_reads_who_wrote(app, wsgi_app, desk, db, tools, member, path):
    written(desk, path)
    told = db.scalars(select(Notification).where(Notification.account_id == member[0].id)).all()
    row = db.scalars(select(Request)).one()
    assert [(one.kind, one.channel, one.state) for one in told] == [("request_written_for_you", "email", "waiting")]
    assert told[0].values["link"] == f"/demandes/{row.public_id}"
    theirs = sign_in(Browser(wsgi_app), db, member[0])
    shown = theirs.get(f"/demandes/{row.public_id}")
    assert "Vous, par un conseiller au téléphone" in shown
    assert "Claire Martin" not in shown
    # Not he who called? Nobody has begun it: it goes.
    form_of(shown, "retirer").submit()
    assert fresh(db, row).state == "withdrawn"


def test_the_same_form_twice_is_one_message(desk, db, path):
    form = reads_back(fill(desk.get(path)))
    first, second = form.submit("sent"), form.submit("sent")
    assert first.location == second.location
    assert db.scalar(select(func.count()).select_from(Request)) == 1
    assert db.scalar(select(func.count()).select_from(Notification)) == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"checks": {"card", "address", "iban_end"}}, "Il manque : « "),
        ({"checks": {"birth"}}, "Points encore à vérifier dans la liste : 2"),
        ({"topic": ""}, "Choisissez l’objet dans la liste"),
        ({"topic": "claim.optics"}, "Choisissez l’objet dans la liste"),
        ({"body": " "}, "Écrivez ce que l’adhérent demande"),
        ({"body": "x" * 10_001}, "Ce texte est trop long"),
        ({"checks": set(), "body": ""}, "Il manque : « "),
        ({"checks": set(), "body": ""}, "Écrivez ce que l’adhérent demande"),
    ],
)
def test_what_is_missing_is_told_and_nothing_typed_is_lost(desk, db, path, changes, words):
    answer = fill(desk.get(path), **changes)
    assert answer.status_int == 422
    assert (
        words in answer.text.replace("&nbsp;", "\N{NO-BREAK SPACE}").replace(" :", "\N{NO-BREAK SPACE}:")
        or words in answer
    )
    assert answer.html.find(id="body").get_text().strip() == changes.get("body", WORDS).strip()
    assert band(answer).startswith("Vous agissez pour Nadia Benali")
    assert db.scalar(select(func.count()).select_from(Request)) == 0


def test_sent_at_once_without_being_known_it_is_refused_too(desk, db, path):
    """The reading back is a page; the rule is the service's."""
    desk.get(path)
    fields = {"topic": "message.amount", "body": WORDS, "checks": "birth", "sent": "oui"}
    answer = desk.post(path, {"csrf_token": desk.cookies["csrf"], **fields}, expect_errors=True)
    assert answer.status_int == 422
    assert db.scalar(select(func.count()).select_from(Request)) == 0


def test_correcting_comes_back_to_what_was_typed(desk, path):
    answer = reads_back(fill(desk.get(path))).submit("again")
    assert answer.html.find(id="body").get_text().strip() == WORDS
    ticked = {one["value"] for one in answer.html.select("input[name=checks]") if one.has_attr("checked")}
    assert ticked == KNOWN


def test_a_member_without_a_contract_is_told_apart(desk, db, member):
    person = make_person(db, "Paul", last_name="Durand")
    make_account(db, person)
    db.commit()
    answer = reads_back(fill(desk.get(f"/bureau/adherents/{person.public_id}/message"))).submit(
        "sent", expect_errors=True
    )
    assert answer.status_int == 422
    assert "n’a pas de contrat" in answer


def test_it_is_for_those_who_handle_requests_and_a_member_of_nobody_is_not_there(app, wsgi_app, db, desk, member, path):
    auditor = make_colleague(db, Role.AUDITOR)
    admin = make_colleague(db, Role.ADMINISTRATOR)
    db.commit()
    for account in (auditor, admin):
        assert sign_in(Browser(wsgi_app), db, account, proved=True).get(path, expect_errors=True).status_int == 403
    assert sign_in(Browser(wsgi_app), db, member[0]).get(path, expect_errors=True).status_int in (403, 404)
    gone = make_person(db, "Zoé")
    db.commit()
    assert desk.get(f"/bureau/adherents/{gone.public_id}/message", expect_errors=True).status_int == 404
