"""Welcome letters: written by command, read on paper, used once (C1)."""

import io
import re
from datetime import date, timedelta

import pypdf
import pytest
from click.testing import CliRunner
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from member_space.cli import member_space
from member_space.models import Account, Event, WelcomeLetter
from member_space.services.qr import qr_of
from member_space.services.tools import Tools
from member_space.services.welcome_letter import write_letters
from tests.conftest import TEST_INI
from tests.factories.household import make_account, make_contract, make_person
from tests.functional.clock import clock_at
from tests.functional.test_activation import DONE, choose_password, form_at, messages

CODE = re.compile(r"\b([A-HJ-NP-Z2-9]{5}) ([A-HJ-NP-Z2-9]{5})\b")


@pytest.fixture(autouse=True)
def clock(app):
    with clock_at(app, 2026, 11, 20) as clock:
        yield clock


@pytest.fixture
def tools(app):
    registry = app.app.registry
    return Tools(registry.member_space, registry.getUtility)


@pytest.fixture
def family(db):
    """A couple, a child of seventeen, one of fifteen; the spouse has an account."""
    holder = make_person(db, "Nadia", last_name="D’Arc-Ürgüp", city="Paris", postcode="75011", address_line1="1 rue A")
    spouse = make_person(db, "Sami", email="sami@example.org")
    elder = make_person(db, "Zoé", date(2009, 5, 5))
    younger = make_person(db, "Ali", date(2011, 5, 5))
    make_contract(db, holder, (spouse, "spouse"), (elder, "child"), (younger, "child"), number="C-LETTRES")
    make_account(db, spouse)
    db.commit()
    return {"holder": holder, "elder": elder}


def text_of(letter) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(letter.pdf)).pages)


def code_of(letter) -> str:
    return "".join(CODE.search(text_of(letter)).groups())


def by_letter(app, code, birth="12/04/1985"):
    form = form_at(app.get("/activation"), "/activation", "letter")
    form["letter"], form["letter_birth_date"] = code, birth
    return form.submit(expect_errors=True)


def test_each_grown_person_without_account_has_one(db, tools, family):
    letters = list(write_letters(db, tools, "C-LETTRES"))
    assert len(letters) == 2
    said = text_of(letters[0])
    for words in ("Nadia D’Arc-Ürgüp", "1 rue A", "75011 Paris", "19/01/2027", "/activation"):
        assert words in said
    assert "Nadia" not in letters[0].name
    assert [event.subject_person_id for event in db.query(Event).filter_by(kind="letter:written")] == [
        family["holder"].id,
        family["elder"].id,
    ]
    # Only new ones, unless a contract is named.
    assert list(write_letters(db, tools)) == []
    assert len(list(write_letters(db, tools, "C-LETTRES"))) == 2


def described(node) -> list[str]:
    """What the figures of a tagged PDF say to who does not see them."""
    node = node.get_object()
    if not hasattr(node, "get"):
        return []
    kids = node.get("/K", [])
    found = [described(kid) for kid in (kids if isinstance(kids, list) else [kids])]
    return ([node["/Alt"]] if "/Alt" in node else []) + [words for one in found for words in one]


def test_the_letter_is_tagged_and_its_square_is_the_address(db, tools, family, monkeypatch):
    squares = []
    monkeypatch.setattr("member_space.services.welcome_letter.qr_of", lambda text: squares.append(text) or qr_of(text))
    letter = next(iter(write_letters(db, tools, "C-LETTRES")))
    assert squares == [f"http://localhost:6543/activation#{code_of(letter)}"]
    reader = pypdf.PdfReader(io.BytesIO(letter.pdf))
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert len(reader.pages) == 1
    assert "Code à viser avec l’appareil photo" in " ".join(described(reader.trailer["/Root"]["/StructTreeRoot"]))


def test_the_code_of_the_letter_opens_the_space_once(app, db, tools, family):
    code = code_of(next(iter(write_letters(db, tools, "C-LETTRES"))))
    db.commit()
    assert by_letter(app, code, "12/04/1984").status_int == 422
    for _ in range(2):  # going back and typing it again burns nothing
        assert by_letter(app, f"{code[:5].lower()}-{code[5:]}").location.endswith("/activation/mot-de-passe")
    assert choose_password(app).location == DONE
    assert db.query(Account).filter_by(person_id=family["holder"].id).one().mobile is None
    assert "ne sert plus" in by_letter(app, code)


def test_whoever_took_a_letter_does_not_stay_unseen(app, db, tools, family):
    """The person is told where we knew her, whatever contacts the account was opened with."""
    family["holder"].mobile = "+33612345601"
    code = code_of(next(iter(write_letters(db, tools, "C-LETTRES"))))
    db.commit()
    by_letter(app, code)
    choose_password(app)
    told = [(channel, to) for channel, to, _values, _secret in messages(app, db, "account_activated")]
    assert told == [("email", None), ("sms", "+33612345601")]


def test_who_activates_otherwise_makes_the_letter_worthless(app, db, tools, family):
    first, second = [code_of(letter) for letter in write_letters(db, tools, "C-LETTRES")]
    again = code_of(next(iter(write_letters(db, tools, "C-LETTRES"))))
    db.commit()
    by_letter(app, again)
    choose_password(app)
    assert by_letter(app, first).status_int == 422
    assert by_letter(app, second, "05/05/2009").location.endswith("/activation/mot-de-passe")


def test_a_letter_lives_sixty_days(app, db, tools, family, clock):
    code = code_of(next(iter(write_letters(db, tools, "C-LETTRES"))))
    db.commit()
    clock.at += timedelta(days=60)
    assert by_letter(app, code).status_int == 422
    clock.at -= timedelta(seconds=1)
    assert by_letter(app, code).location.endswith("/activation/mot-de-passe")


def test_guessing_codes_waits(app, db, tools, family):
    code = code_of(next(iter(write_letters(db, tools, "C-LETTRES"))))
    db.commit()
    said = [by_letter(app, "ABCDEFGHJ" + "ABCDEFGHJK"[n]).status_int for n in range(10)]
    assert set(said) == {422}
    assert by_letter(app, code).status_int == 429


def test_no_code_is_kept_nor_logged(db, tools, family):
    with capture_logs() as logs:
        letters = list(write_letters(db, tools, "C-LETTRES"))
    codes = [code_of(letter) for letter in letters]
    kept = " ".join(str(row.code_index) for row in db.query(WelcomeLetter))
    details = " ".join(str(row.details) for row in db.query(Event))
    assert not [code for code in codes if code in kept + details + str(logs) + "".join(one.name for one in letters)]


@pytest.mark.xdist_group("own database")
def test_the_command(own_database, tmp_path):
    ini = tmp_path / "letters.ini"
    lines = [f"{name} = {value}" for name, value in TEST_INI.items() if name != "sqlalchemy.url"]
    url = own_database.url.render_as_string(hide_password=False).replace("%", "%%")
    ini.write_text("\n".join(["[app:main]", "use = egg:member-space", f"sqlalchemy.url = {url}", *lines]))
    with Session(own_database) as db:
        make_contract(db, make_person(db, "Nadia"))
        db.commit()
    folder = tmp_path / "lettres"
    run = CliRunner().invoke(member_space, ["-c", str(ini), "letters", "write", "--all-new", "--output", str(folder)])
    assert (run.exit_code, run.output) == (0, f"1 lettre(s) écrite(s) dans {folder}\n")
    (letter,) = folder.iterdir()
    assert letter.read_bytes().startswith(b"%PDF")
    assert letter.stat().st_mode & 0o077 == 0
    for wrong in ([], ["--all-new", "--contract", "C1"]):
        run = CliRunner().invoke(member_space, ["-c", str(ini), "letters", "write", *wrong, "--output", str(folder)])
        assert run.exit_code == 2
