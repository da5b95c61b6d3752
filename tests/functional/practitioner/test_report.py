"""What is told of the directory reaches the office, and stays until a colleague has dealt with it."""

import uuid

import pytest
from sqlalchemy import func, select

from member_space.domain.permissions import Role
from member_space.models import DirectoryReport, Practice
from tests.factories.office import make_colleague
from tests.functional.helpers import sign_in
from tests.functional.practitioners import URL, add_practice, problems, told, told_anywhere

# What is told of the directory


def tell(browser, row, status=303, **fields):
    form = browser.get(f"{URL}/{row.public_id}").click("Signaler une erreur").forms["signalement"]
    for name, value in fields.items():
        form[name] = value
    return form.submit(status=status)


def test_an_error_reaches_the_office_and_stays_until_dealt_with(app, db, browser):
    row = add_practice(db)
    page = tell(browser, row, souhait="error", texte="Le cabinet a déménagé.\nAu 14.").follow()
    assert "Votre signalement est enregistré" in told_anywhere(page)
    hugo = make_colleague(db, Role.HANDLER)
    office = sign_in(app, db, hugo)
    page = office.get("/bureau")
    assert "1 signalement attend une réponse." in told(page)
    page = page.click("Lire les signalements")
    assert "Une erreur a été vue" in told(page)
    assert "Dr Élise VALMONT, 12 rue des Lilas, 69003 Lyon" in told(page)
    assert "Le cabinet a déménagé. Au 14." in told(page)
    form = next(form for form in page.forms.values() if "act" in form.fields and "checked" not in form.fields)
    # Nobody is hidden for an error that somebody saw.
    asked = {"csrf_token": form["csrf_token"].value, "act": "hide", "checked": "1"}
    office.post(form.action, asked, status=404)
    assert "Rien n’est signalé" in told(form.submit("act", value="done").follow())
    # Twice: nothing more to do.
    form.submit("act", value="done", status=404)
    assert db.scalar(select(DirectoryReport.dealt_by)) == hugo.id
    assert db.get(Practice, row.id).shown


def test_a_practitioner_who_asks_is_hidden_once_a_colleague_has_checked(app, db, browser):
    row = add_practice(db)
    other = add_practice(db, last_name="RESTE")
    page = tell(browser, row, souhait="hide", texte="Retirez-moi.", status=422)
    assert "Écrivez votre adresse e-mail" in problems(page)[0]
    assert page.html.select_one("textarea").get_text().strip() == "Retirez-moi."
    tell(browser, row, souhait="hide", texte="Retirez-moi.", email="Cabinet@Exemple.fr")
    office = sign_in(app, db, make_colleague(db, Role.HANDLER))
    page = office.get("/bureau/annuaire")
    assert page.html.select_one("a[href='mailto:cabinet@exemple.fr']")
    form = next(form for form in page.forms.values() if "checked" in form.fields)
    page = form.submit("act", value="hide", status=422)
    assert "Cochez la case une fois la demande vérifiée" in told(page)
    form = next(form for form in page.forms.values() if "checked" in form.fields)
    form["checked"] = True
    assert "n’est plus montré" in told_anywhere(form.submit("act", value="hide").follow())
    db.expire_all()
    assert not db.get(Practice, row.id).shown
    assert db.get(Practice, other.id).shown


def test_who_left_the_directory_meanwhile_is_not_said_to_be_hidden(app, db, browser):
    """Nobody would be remembered, and the next extract may bring him back: the report waits on."""
    row = add_practice(db)
    tell(browser, row, souhait="hide", texte="Retirez-moi.", email="cabinet@exemple.fr")
    office = sign_in(app, db, make_colleague(db, Role.HANDLER))
    form = next(form for form in office.get("/bureau/annuaire").forms.values() if "checked" in form.fields)
    db.delete(row)
    db.commit()
    form["checked"] = True
    form.submit("act", value="hide", status=404)
    assert "n’est déjà plus montrée" in told(office.get("/bureau/annuaire"))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"texte": "Fermé"}, "Dites qui vous êtes"),
        ({"souhait": "error"}, "Écrivez ce qui est faux"),
        ({"souhait": "error", "texte": " \n "}, "Écrivez ce qui est faux"),
        ({"souhait": "error", "texte": "x" * 2001}, "Ce texte est trop long"),
        ({"souhait": "error", "texte": "Fermé", "email": "moi"}, "Écrivez une adresse e-mail complète"),
    ],
)
def test_a_report_that_cannot_be_read_says_why(browser, db, fields, words):
    page = tell(browser, add_practice(db), status=422, **fields)
    assert words in problems(page)[0]


def test_a_browser_sends_two_characters_for_the_end_of_a_line(browser, db):
    tell(browser, add_practice(db), souhait="error", texte="x" * 1989 + "\r\n" * 10 + "x")
    assert len(db.scalar(select(DirectoryReport.body))) == 2000


def test_an_address_writes_to_nobody_else(app, db, browser):
    tell(browser, add_practice(db), souhait="error", texte="Fermé", email="moi?bcc=un%40autre.fr&body=x@exemple.fr")
    page = sign_in(app, db, make_colleague(db, Role.HANDLER)).get("/bureau/annuaire")
    link = page.html.select_one("a[href^='mailto:']")["href"]
    assert link == "mailto:moi%3Fbcc%3Dun%2540autre.fr%26body%3Dx@exemple.fr"


def test_reports_are_slowed_by_network(app, db, directories, open_to_all):
    row = add_practice(db)
    for _turn in range(3):
        tell(app, row, souhait="error", texte="Fermé")
    page = tell(app, row, souhait="error", texte="Un long texte", status=429)
    assert "attendez un quart d’heure" in problems(page)[0]
    assert int(page.headers["Retry-After"]) > 0
    assert page.forms["signalement"]["texte"].value.strip() == "Un long texte"
    assert db.scalar(select(func.count()).select_from(DirectoryReport)) == 3


def test_a_report_of_nobody_is_not_found(browser, app, db):
    token = browser.get(URL).forms["autour"]["csrf_token"].value
    path = f"{URL}/{uuid.UUID(int=7)}/signaler"
    browser.get(path, status=404)
    browser.post(path, {"souhait": "error", "texte": "Fermé", "csrf_token": token}, status=404)
