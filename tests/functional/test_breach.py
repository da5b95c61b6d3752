"""Data leaked: those whom it concerns are counted, then told at once, and read what they can do (C159)."""

import json
from contextlib import contextmanager
from datetime import date

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from member_space.cli import breach as command
from member_space.cli import member_space
from member_space.domain.breach import Leaked
from member_space.models import Breach, BreachPerson, Event, Notification
from member_space.services.breach import touched_by
from member_space.views.breach_words import WHAT, WHAT_TO_DO
from tests.factories.household import make_account, make_contract, make_person
from tests.functional.helpers import sign_in, tools_of

TITLE = "Un prestataire a été attaqué"


@pytest.fixture
def family(db):
    """Nadia and her son; Sami, of full age, without an account; Paul, of another contract."""
    holder = make_person(db, "Nadia", last_name="Benali", email="nadia@example.org", external_ref="P1")
    child = make_person(db, "Zoé", date(2018, 5, 5), last_name="Benali", external_ref="P2")
    spouse = make_person(db, "Sami", last_name="Benali", email="sami@example.org", external_ref="P3")
    contract = make_contract(db, holder, (child, "child"), (spouse, "spouse"), member_number="00041234")
    other = make_person(db, "Paul", email="paul@example.org", external_ref="P4")
    make_contract(db, other, number="C-OTHER")
    accounts = {"holder": make_account(db, holder), "other": make_account(db, other)}
    db.commit()
    return {"holder": holder, "child": child, "spouse": spouse, "paul": other, "contract": contract} | {
        "accounts": accounts
    }


@pytest.fixture
def declared(monkeypatch, session_factory, work_of, tmp_path):
    """The command, on the test's own transaction."""

    @contextmanager
    def sessions(_ini):
        yield session_factory

    monkeypatch.setattr(command, "sessions_of", sessions)
    monkeypatch.setattr(command, "work_of", work_of)
    story = tmp_path / "recit.txt"
    story.write_text("Des fichiers ont été copiés.\n\nL’accès est fermé.", "utf-8")

    def run(*words, members=(), title=TITLE, began="2026-01-05", leaked=("nir", "bank_account")):
        listed = tmp_path / "membres.txt"
        listed.write_text("\n".join(members), "utf-8")
        whom = ("--members", str(listed)) if members else ()
        kinds = [word for one in leaked for word in ("--leaked", one)]
        asked = ("breach", "declare", "--title", title, "--story", str(story), "--began", began, *kinds, *whom, *words)
        return CliRunner().invoke(member_space, asked, catch_exceptions=False)

    return run


def facts(db, kind):
    return db.scalars(select(Event.subject_person_id).where(Event.kind == kind).order_by(Event.subject_person_id)).all()


def test_the_words_of_each_kind_are_written_beforehand():
    assert set(WHAT) == set(WHAT_TO_DO) == set(Leaked)
    assert all(WHAT_TO_DO.values())


def test_a_dry_run_counts_and_shows_the_message_and_writes_nothing(db, family, declared):
    answer = declared(members=["00041234", "P4", "", "inconnu", "# une remarque"])
    assert answer.exit_code == 0
    assert "4 personnes concernées ; 3 à prévenir : 2 dans leur espace et par e-mail, 1 sans espace" in answer.output
    assert "inconnu : inconnu" in answer.stderr
    assert "Un incident concerne vos données" in answer.output
    assert "Des fichiers ont été copiés." in answer.output
    assert "relancez avec --apply" in answer.output
    assert db.scalars(select(Breach)).all() == db.scalars(select(Notification)).all() == []


def test_applied_it_is_told_to_each_by_mail_and_in_the_journal(db, family, declared):
    answer = declared("--apply", members=["00041234"])
    assert answer.exit_code == 0
    leak = db.scalars(select(Breach)).one()
    assert f"/mes-donnees/incident/{leak.public_id}" in answer.output
    told = db.execute(select(BreachPerson.person_id, BreachPerson.told_person_id).order_by(BreachPerson.id)).all()
    holder, child, spouse = (family[name].id for name in ("holder", "child", "spouse"))
    assert told == [(holder, holder), (child, holder), (spouse, spouse)]
    message = db.scalars(select(Notification)).one()
    assert (message.kind, message.channel, message.account_id) == (
        "breach_declared",
        "email",
        family["accounts"]["holder"].id,
    )
    assert message.values == {"link": f"/mes-donnees/incident/{leak.public_id}"}
    assert facts(db, "breach:declared") == [holder, child, spouse]
    counted = CliRunner().invoke(member_space, ["breach", "status", "--json"])
    said = json.loads(counted.output)
    assert (said["touched"], said["read"], said["by_letter"]) == (3, 0, ["P3"])


@pytest.mark.parametrize(("words", "count"), [((), 4), (("--contract", "C-OTHER"), 1)])
def test_a_rule_finds_who_was_covered_on_a_day(family, declared, words, count):
    assert f"{count} personnes concernées" in declared("--covered-on", "2026-01-05", *words).output
    assert "0 personnes concernées" in declared("--covered-on", "1999-01-05", *words).output


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"title": "x" * 121}, "le titre"),
        ({"began": "2126-01-05"}, "les dates"),
        ({"members": ["personne"]}, "personne n’est concerné"),
    ],
)
def test_what_nobody_could_read_is_refused_and_nothing_is_written(db, family, declared, values, why):
    answer = declared("--apply", **({"members": ["P1"]} | values))
    assert (answer.exit_code, why in answer.stderr) == (2, True)
    assert db.scalars(select(Breach)).all() == []


def test_who_is_told_must_be_named_one_way(family, declared):
    assert "--members, ou --covered-on" in declared().output
    assert declared("--covered-on", "2026-01-05", members=["P1"]).exit_code == 2


def test_a_banner_on_every_page_until_the_page_is_read(app, db, family, declared):
    declared("--apply", members=["P1", "P2"])
    browser = sign_in(app, db, family["accounts"]["holder"])
    banner = "Un incident de sécurité concerne vos données"
    for path in ("/", "/contrats", "/mes-informations"):
        assert banner in browser.get(path)
    page = browser.get("/mes-donnees").click("Lire la page de l’incident")
    assert banner not in page
    for words in (
        TITLE,
        "Des fichiers ont été copiés.",
        "5 janvier 2026",
        "Les vôtres et celles de Zoé",
        "Numéro de Sécurité sociale",
        "prélèvement que vous n’avez pas accepté",
        "délégué à la protection des données",
        "cnil.fr",
    ):
        assert words in page, words
    assert banner not in browser.get("/")
    again = browser.get("/mes-donnees").click(TITLE)
    assert facts(db, "breach:read") == [family["holder"].id]
    assert again.status_int == 200
    assert db.scalars(select(BreachPerson.read_at.is_not(None))).all() == [True, True]
    assert db.scalars(select(Notification.kind)).all() == ["breach_declared"]


def test_somebody_else_has_neither_banner_nor_page(app, db, family, declared):
    declared("--apply", members=["P1"])
    leak = db.scalars(select(Breach)).one()
    browser = sign_in(app, db, family["accounts"]["other"])
    assert "incident" not in browser.get("/mes-donnees").text
    browser.get(f"/mes-donnees/incident/{leak.public_id}", status=404)
    browser.get("/mes-donnees/incident/rien", status=404)


def test_a_minor_with_an_account_is_told_himself(app, db, family):
    teenager = make_person(db, "Lina", date(2010, 5, 5), last_name="Benali")
    contract = make_contract(db, make_person(db, "Ines"), (teenager, "child"))
    assert touched_by(db, tools_of(app), [teenager.id])[0].told_person_id == contract.holder_id
    make_account(db, teenager)
    assert touched_by(db, tools_of(app), [teenager.id])[0].told_person_id == teenager.id
