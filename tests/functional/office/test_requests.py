"""The office's one list of requests: its order, its counters, its search, and « Dossier suivant »."""

from datetime import timedelta
from uuid import uuid4

from sqlalchemy import select

from member_space.domain.nir import Nir
from member_space.domain.request import Act
from member_space.models import Person, Reading
from member_space.services import request as requests
from member_space.services.nir_end import fill_ends
from member_space.services.request import Actor
from tests.factories.household import make_account, make_contract, make_person
from tests.factories.request import MEMBER, OFFICE, make_draft, make_request, take
from tests.functional.clock import counted_statements
from tests.functional.helpers import sign_in
from tests.functional.office.desk import LIST, form_of, fresh, page, send
from tests.log_guard import Browser


def tabs(response):
    links = response.html.select(".desk-tabs a")
    return {one.contents[0].strip(): int(one.select_one(".desk-count").text) for one in links}


def numbers(response):
    return [one.text.split()[-1] for one in response.html.select("tbody th a")]


TOPICS = [
    ("claim", "claim.optics"),
    ("claim", "claim.unknown_care"),
    ("quote", "quote.optics"),
    ("message", "message.amount"),
]


def search(desk, words):
    form = desk.get(LIST).forms
    form = next(one for one in form.values() if "cherche" in one.fields)
    form["cherche"] = words
    return form.submit(expect_errors=True)


def test_the_list_shows_what_waits_for_the_office_by_urgency(desk, db, tools, member, clock, claire):
    clock.at += timedelta(days=-1)
    quote = make_request(db, tools, *member, kind="quote", topic="quote.optics")
    claim = make_request(db, tools, *member, kind="claim", topic="claim.optics")
    clock.at += timedelta(days=1)
    message = make_request(db, tools, *member)
    make_draft(db, tools, *member)
    db.commit()
    answer = desk.get(LIST)
    # The quote was due yesterday's morrow; the claim has two days, the message one.
    assert set(numbers(answer)) == {quote.number, message.number, claim.number}
    assert numbers(answer)[0] == quote.number
    assert tabs(answer)["Au bureau"] == 3
    assert "Nadia Benali" in answer.text
    assert db.scalars(select(Reading.reason)).all() == ["traitement d’une demande"]


def test_a_message_of_the_member_shows_on_its_line_until_a_colleague_opens_it(
    app, wsgi_app, desk, db, clock, member, mine, hugo, engine
):
    """Not the one that it was sent with: that one is the request itself."""

    def statements():
        with counted_statements(engine) as run:
            desk.get(LIST)
        return len(run)

    assert "Nouveau message" not in desk.get(LIST)
    before = statements()
    path = f"/demandes/{mine.public_id}"
    clock.at += timedelta(minutes=2)
    browser = sign_in(Browser(wsgi_app), db, member[0])
    browser.get(path)
    send(browser, path + "/repondre", texte="J’ai oublié de vous dire une chose.")
    assert [one.get_text(strip=True) for one in desk.get(LIST).html.select("tbody .chip")][-1] == "Nouveau message"
    assert statements() == before
    sign_in(Browser(wsgi_app), db, hugo).get(page(mine))
    assert "Nouveau message" not in desk.get(LIST)


def test_a_further_message_has_a_clock_until_it_is_answered(app, desk, db, tools, member, mine, claire, clock):
    """One open day of 9 h 30, from Tuesday 16 June at 10: orange after 5 h 42, red after 8 h 33 of them, then late."""
    clock.at += timedelta(minutes=1)
    requests.say(db, tools, mine, Actor(MEMBER, member[0].id), "Encore une chose.")
    db.commit()
    seen = []
    for hour in (timedelta(0), timedelta(hours=6), timedelta(hours=23, minutes=10), timedelta(days=1, hours=1)):
        clock.at += hour - (clock.at - mine.activity_at)
        sign_in(app, db, claire)
        [chip] = [one for one in desk.get(LIST).html.select("tbody .chip") if "Réponse attendue" in one.text]
        seen.append(chip["class"][-1])
        assert "réponse attendue avant le 17 juin 2026" in desk.get(page(mine)).text
    assert seen == ["chip-good", "chip-wait", "chip-bad", "chip-bad"]
    requests.say(db, tools, mine, Actor(MEMBER, member[0].id), "Merci.", kind="thanks")
    send(desk, page(mine) + "/repondre", version=fresh(db, mine).version, body="Voici.", then="reste")
    assert "Réponse attendue" not in desk.get(LIST)
    assert "réponse attendue" not in desk.get(page(mine))


def test_a_counter_is_the_list_that_it_leads_to(app, desk, db, tools, member, clock, claire, hugo):
    rows = [make_request(db, tools, *member, kind=kind, topic=topic) for kind, topic in TOPICS * 2]
    take(db, tools, rows[0], claire)
    take(db, tools, rows[1], hugo)
    take(db, tools, rows[2], claire)
    form = {"pieces": ["paid_invoice"], "version": rows[2].version}
    db.commit()
    send(desk, page(rows[2]) + "/pieces", **form)
    clock.at += timedelta(days=10)
    sign_in(app, db, claire)
    for query in ("", "?genre=claim", "?file=unknown_care", "?chez=moi", "?etat=in_review"):
        answer = desk.get(LIST + query)
        for link in answer.html.select(".desk-tabs a"):
            count = int(link.select_one(".desk-count").text)
            assert len(numbers(desk.get(link["href"]))) == count, (query, link.text)
    assert tabs(desk.get(LIST)) == {
        "Au bureau": 7,
        "À moi": 1,
        "À personne": 5,
        "En retard": 7,
        "Attendent l’adhérent": 1,
    }


def test_a_reply_that_is_late_counts_as_late(app, desk, db, tools, member, mine, claire, clock):
    """Its own target has five days left; a message of the member's has waited for one open day."""
    clock.at += timedelta(minutes=1)
    requests.say(db, tools, mine, Actor(MEMBER, member[0].id), "Encore une chose.")
    mine.due_at = clock.at + timedelta(days=7)
    db.commit()
    seen = []
    for later in (timedelta(days=1, minutes=-1), timedelta(minutes=1)):
        clock.at += later
        sign_in(app, db, claire)
        answer = desk.get(LIST)
        [chip] = [one for one in answer.html.select("tbody .chip") if "Réponse attendue" in one.text]
        late = desk.get(LIST + "?retard=oui")
        seen.append((tabs(answer)["En retard"], numbers(late), "chip-bad" in chip["class"]))
    assert seen == [(0, [], True), (1, [mine.number], True)]
    requests.move(db, tools, mine, Act.ASK_PIECE, Actor(OFFICE, claire.id))
    db.commit()
    assert tabs(desk.get(LIST))["En retard"] == 0, "the member has the hand"


def test_the_pages_of_a_long_list_follow_each_other(desk, db, tools, member, clock):
    rows = []
    for _n in range(52):
        rows.append(make_request(db, tools, *member))
        clock.at += timedelta(seconds=1)
    db.commit()
    first = desk.get(LIST)
    second = first.click("Moins urgentes")
    assert numbers(first) == [row.number for row in rows[:50]]
    assert numbers(second) == [row.number for row in rows[50:]]
    assert numbers(second.click("Plus urgentes")) == numbers(first)


def test_a_request_is_found_by_words_numbers_and_names(desk, db, tools, member, sent):
    other = make_person(db, "Paul", last_name="Durand")
    make_request(db, tools, make_account(db, other), make_contract(db, other), body="Ma facture 9740974 😀")
    db.commit()
    for words in (
        sent.number,
        sent.number.lower().replace("-", ""),
        "benali",
        "Nàdia montant",
        member[1].member_number,
    ):
        assert numbers(search(desk, words)) == [sent.number], words
    assert len(numbers(search(desk, "9740974"))) == 1
    for words in ("740974", "nadia facture", "😀", "'); drop"):
        answer = search(desk, words)
        assert answer.status_int == 200
        assert "Aucune demande trouvée" in answer.text
    assert search(desk, "").status_int == 422


def test_a_request_is_found_by_the_end_of_a_nir(desk, db, cipher, tools, member, sent):
    person = db.get(Person, member[0].person_id)
    nir = Nir.parse("2850475056123")
    person.nir_encrypted, person.nir_index = cipher.encrypt(nir.text), cipher.blind_index(nir.text)
    db.commit()
    end = nir.text[-5:]
    assert numbers(search(desk, end)) == []
    assert fill_ends(db, cipher) == 1
    assert fill_ends(db, cipher) == 0
    db.commit()
    for asked in (end, f"{end[:3]} {end[3:]}"):
        assert numbers(search(desk, asked)) == [sent.number]
    assert numbers(search(desk, f"{int(end) + 1:05d}")) == []


def test_a_filter_that_cannot_be_read_is_told(desk):
    answer = desk.get(LIST + "?genre=facture&apres=hier", status=422)
    assert "Choisissez le type de demande" in answer.text
    assert "Choisissez qui a la demande" in desk.get(LIST + "?chez=hugo", status=422)
    assert numbers(desk.get(f"{LIST}?chez={uuid4()}")) == []


def test_the_next_one_is_the_most_urgent_and_is_taken(desk, db, sent, claire):
    answer = form_of(desk.get(LIST), "suivante").submit().follow()
    assert "Cette demande est à vous" in answer.text
    assert (fresh(db, sent).state, sent.handler_id) == ("in_review", claire.id)
    empty = form_of(desk.get(LIST), "suivante").submit().follow()
    assert "Aucune demande n’attend d’être prise" in empty.text


def test_the_next_one_is_of_the_kind_that_the_list_shows(desk, db, tools, member, sent):
    claim = make_request(db, tools, *member, kind="claim", topic="claim.optics")
    db.commit()
    form_of(desk.get(LIST + "?genre=claim"), "suivante").submit()
    assert fresh(db, claim).state == "in_review"
    assert fresh(db, sent).state == "to_do"


def test_a_request_is_found_by_its_amount_and_the_page_says_what_is_not_searched(desk, db, tools, member):
    row = make_request(db, tools, *member, kind="claim", topic="claim.optics", amount=45_20)
    db.commit()
    answer = search(desk, "45,20 €")
    assert numbers(answer) == [row.number]
    assert "Ni le contenu des fichiers ni les notes ne sont cherchés" in answer.text
