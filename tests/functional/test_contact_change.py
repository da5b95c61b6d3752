"""« Mes informations » with its pencils: e-mail, telephones, address (S-HCR-52, C16, C153)."""

from datetime import timedelta

import pytest

from member_space.models import Account, DataChange, Event, Notification
from tests.factories.household import make_account, make_contract, make_person
from tests.functional.clock import clock_at
from tests.functional.helpers import last_secret, sign_in
from tests.functional.messages import warnings, written

HOME = "/mes-informations"
EMAIL, EMAIL_CODE = f"{HOME}/email", f"{HOME}/email/code"
MOBILE, MOBILE_CODE = f"{HOME}/telephone", f"{HOME}/telephone/code"
LANDLINE, ADDRESS = f"{HOME}/fixe", f"{HOME}/adresse"


@pytest.fixture(autouse=True)
def clock(app):
    with clock_at(app, 2026, 11, 20) as clock:
        yield clock


@pytest.fixture
def person(db):
    person = make_person(db, "Camille", email="avant@example.org", mobile="+33612345678")
    make_contract(db, person)
    return person


@pytest.fixture
def account(db, person):
    account = make_account(db, person, mobile="+33612345678")
    db.commit()
    return account


@pytest.fixture
def browser(app, db, account):
    return sign_in(app, db, account, proved=True)


def form_of(page):
    """The form of deform in the page, which has an id of its own."""
    return next(form for form in page.forms.values() if "__formid__" in form.fields)


def send(browser, path, **values):
    form = form_of(browser.get(path))
    for name, value in values.items():
        form[name] = value
    return form.submit("send", expect_errors=True)


def give_code(browser, path, code):
    form = next(form for form in browser.get(path).forms.values() if "code" in form.fields)
    form["code"] = code
    return form.submit(expect_errors=True)


def change(app, db, browser, path, **values):
    """The whole journey of an e-mail or a mobile."""
    assert send(browser, path, **values).location == f"http://localhost{path}/code"
    return give_code(browser, f"{path}/code", last_secret(app, db)["code"])


def fresh(db, row):
    db.expire_all()
    return db.get(type(row), row.id)


def test_an_email_changes_once_its_code_came_back_and_the_old_one_is_warned(app, db, browser, account, person, clock):
    account.email_bounced_at = clock.now()
    db.commit()
    assert send(browser, EMAIL, email="Apres@Example.org").status_int == 303
    code = written(app, db, "code")[0]
    assert (code.channel, code.to, code.values["purpose"]) == ("email", "apres@example.org", "email_change")
    assert fresh(db, account).email == "avant@example.org"
    assert warnings(app, db) == []
    answer = give_code(browser, EMAIL_CODE, code.code)
    assert (answer.status_int, answer.location) == (303, f"http://localhost{HOME}?fait=email-change")
    page = answer.follow()
    assert "Votre adresse e-mail est changée" in page.html.select_one("[role=status]").get_text()
    assert "par vous" in page.html.select_one("#coordonnees").get_text()
    account, person = fresh(db, account), fresh(db, person)
    assert (account.email, person.email, account.email_bounced_at) == ("apres@example.org", "apres@example.org", None)
    assert person.contacts_edited_at == clock.now()
    told = warnings(app, db)
    assert [(one.channel, one.to) for one in told] == [("email", "avant@example.org"), ("sms", "+33612345678")]
    assert {one.values["what"] for one in told} == {"email"}
    assert all(one.link.startswith("/annuler-un-changement/") and one.code for one in told)


def test_a_mobile_changes_once_its_code_came_back_and_the_old_one_is_warned(app, db, browser, account, person):
    change(app, db, browser, MOBILE, mobile="07 99 88 77 66")
    assert written(app, db, "code")[0].to == "+33799887766"
    assert (fresh(db, account).mobile, fresh(db, person).mobile) == ("+33799887766", "+33799887766")
    told = warnings(app, db)
    assert [(one.channel, one.to) for one in told] == [("email", "avant@example.org"), ("sms", "+33612345678")]


def test_the_first_mobile_of_an_account_is_told_by_mail(app, db, browser, account, person):
    account.mobile = person.mobile = None
    db.commit()
    change(app, db, browser, MOBILE, mobile="07 99 88 77 66")
    assert [(one.channel, one.to) for one in warnings(app, db)] == [("email", "avant@example.org")]


def test_a_landline_and_an_address_are_saved_at_once_and_told_by_mail(app, db, browser, person):
    send(browser, LANDLINE, fixe="01 42 34 56 78")
    send(browser, ADDRESS, ligne1="3 rue du Four", ligne2="Bât. B", code_postal="75 006", ville="Paris")
    person = fresh(db, person)
    assert person.landline == "+33142345678"
    assert (person.address_line1, person.address_line2, person.postcode, person.city) == (
        "3 rue du Four",
        "Bât. B",
        "75006",
        "Paris",
    )
    told = warnings(app, db)
    assert [(one.channel, one.values["what"]) for one in told] == [("email", "landline"), ("email", "address")]
    send(browser, LANDLINE, fixe="")
    assert fresh(db, person).landline is None


def test_the_same_again_changes_nothing(app, db, browser):
    for _ in range(2):
        send(browser, ADDRESS, ligne1="3 rue du Four", code_postal="75006", ville="Paris")
    assert db.query(DataChange).count() == 1
    assert len(warnings(app, db)) == 1


@pytest.mark.parametrize(
    ("line", "town"),
    [
        ("12 bis, rue de l’Église d'Été", "Saint-Cyr-l’École"),
        ("شارع الحمراء ١٢", "بيروت"),
        ("Résidence « Les Lilas » 🌸👩‍👩‍👧", "Y"),
        ("é" * 200, "L" * 200),
        ("<b>rue</b> & {{ 7*7 }} ${x} %(y)s", "\u202eabc"),
    ],
)
def test_any_words_survive(app, db, browser, person, line, town):
    form_of(send(browser, ADDRESS, ligne1=line, code_postal="34000", ville=town)).submit("send", status=303)
    person = fresh(db, person)
    assert (person.address_line1, person.city) == (line, town)
    page = browser.get(HOME)
    assert line in page.html.select_one("#coordonnees").get_text()
    form = form_of(browser.get(ADDRESS))
    assert (form["ligne1"].value, form["ville"].value) == (line, town)


def test_an_address_abroad_is_what_it_is(db, browser, person):
    send(browser, ADDRESS, ligne1="10 Downing Street", code_postal="SW1A 2AA", ville="London, UK", etranger=True)
    assert fresh(db, person).postcode == "SW1A 2AA"
    form = form_of(browser.get(ADDRESS))
    assert form["etranger"].checked
    send(browser, ADDRESS, ligne1="Dublin Road", code_postal="", ville="Ballina, Irlande")
    assert fresh(db, person).postcode is None


@pytest.mark.parametrize("postcode", ["", "7500", "750066", "SW1A 2AA", "7500é", "７５００６"])
def test_a_postcode_of_france_has_five_digits_and_the_way_out_is_told(db, browser, person, postcode):
    page = send(browser, ADDRESS, ligne1="3 rue du Four", code_postal=postcode, ville="Paris", etranger=False)
    assert page.status_int == 422
    assert "cochez la case" in page.html.select_one(".error-summary").get_text()
    assert form_of(page)["ligne1"].value == "3 rue du Four"
    assert page.html.title.get_text().startswith("Erreur")
    assert fresh(db, person).address_line1 is None


def test_what_is_missing_or_too_long_is_told_and_nothing_typed_is_lost(db, browser, person):
    page = send(browser, ADDRESS, ligne1="é" * 201, code_postal="75006", ville="")
    assert page.status_int == 422
    errors = page.html.select_one(".error-summary").get_text()
    assert "200 caractères au plus" in errors
    assert "Écrivez la ville" in errors
    assert form_of(page)["ligne1"].value == "é" * 201
    assert fresh(db, person).city is None


@pytest.mark.parametrize(
    "typed",
    ["", "camille", "a@b", "a b@example.org", "a@example.org\r\nBcc: b@example.org", "a@example.org,b@example.org"],
)
def test_what_is_no_address_goes_nowhere(app, db, browser, typed):
    page = send(browser, EMAIL, email=typed)
    assert page.status_int == 422
    assert "adresse e-mail" in page.html.select_one(".error-summary").get_text()
    assert written(app, db, "code") == []


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Écrivez votre nouveau numéro"),
        ("12", "en entier"),
        ("08 99 12 34 56", "surtaxé"),
        ("+1 900 555 1234", "surtaxé"),
        ("01 42 34 56 78", "ne reçoit pas de SMS"),
        ("+33 6 12", "en entier"),
    ],
)
def test_a_number_that_gets_no_code_is_refused(app, db, browser, typed, words):
    page = send(browser, MOBILE, mobile=typed)
    assert page.status_int == 422
    assert words in page.html.select_one(".error-summary").get_text()
    assert form_of(page)["mobile"].value == typed
    assert written(app, db, "code") == []


def test_a_premium_number_is_no_landline(db, browser, person):
    assert "surtaxé" in send(browser, LANDLINE, fixe="08 20 12 34 56")
    assert fresh(db, person).landline is None


@pytest.mark.parametrize(
    ("path", "values"), [(EMAIL, {"email": "AVANT@example.org"}), (MOBILE, {"mobile": "0612345678"})]
)
def test_what_one_has_already_is_told(app, db, browser, path, values):
    page = send(browser, path, **values)
    assert page.status_int == 422
    assert "il n’y a rien à changer" in page
    assert written(app, db, "code") == []


def test_the_address_of_another_account_gets_the_same_answer_and_no_code(app, db, browser, account):
    make_account(db, make_person(db, email="prise@example.org"))
    db.commit()
    answers = {}
    for address in ("libre@example.org", "prise@example.org"):
        answer = send(browser, EMAIL, email=address)
        page = answer.follow()
        answers[address] = (answer.status_int, answer.location, page.html.main.get_text().replace(address, "…"))
    assert answers["libre@example.org"] == answers["prise@example.org"]
    states = [(one.to, one.state) for one in written(app, db, "code")]
    assert states == [("libre@example.org", "waiting"), (None, "nobody")]
    assert give_code(browser, EMAIL_CODE, "000000").status_int == 422
    assert fresh(db, account).email == "avant@example.org"


def test_an_address_taken_while_the_code_travels_is_told_to_who_reads_it(app, db, browser, account):
    send(browser, EMAIL, email="bientot@example.org")
    code = last_secret(app, db)["code"]
    make_account(db, make_person(db, email="bientot@example.org"))
    db.commit()
    page = give_code(browser, EMAIL_CODE, code)
    assert page.status_int == 422
    assert "sert à un autre compte" in page
    assert fresh(db, account).email == "avant@example.org"
    assert warnings(app, db) == []


def test_a_wrong_code_is_counted_and_the_fifth_ends_the_request(app, db, browser, account):
    send(browser, EMAIL, email="apres@example.org")
    code = last_secret(app, db)["code"]
    wrong = "000000" if code != "000000" else "111111"
    for left in (4, 3, 2, 1):
        page = give_code(browser, EMAIL_CODE, wrong)
        assert page.status_int == 422
        assert str(left) in page.html.select_one(".error-summary").get_text()
    assert "le dernier essai" in give_code(browser, EMAIL_CODE, wrong)
    assert give_code(browser, EMAIL_CODE, code).status_int == 422
    assert fresh(db, account).email == "avant@example.org"


def test_a_code_too_old_or_of_another_browser_is_asked_again(app, db, browser, clock):
    assert browser.get(EMAIL_CODE).location == f"http://localhost{EMAIL}?fait=code-passe"
    send(browser, EMAIL, email="apres@example.org")
    code = last_secret(app, db)["code"]
    token = browser.get(EMAIL_CODE).forms[0]["csrf_token"].value
    clock.at += timedelta(minutes=10, seconds=1)
    answer = browser.post(EMAIL_CODE, {"csrf_token": token, "code": code})
    assert answer.location.endswith("?fait=code-passe")


def test_a_code_of_somebody_else_changes_nothing_here(app, db, browser, account):
    """The cookie of a request, taken to another account's session, is not found."""
    other = make_account(db, make_person(db))
    db.commit()
    send(browser, EMAIL, email="apres@example.org")
    sign_in(app, db, other, proved=True)
    assert browser.get(EMAIL_CODE).location.endswith("?fait=code-passe")
    assert fresh(db, other).email != "apres@example.org"


def test_another_code_comes_after_a_minute_and_the_first_one_is_dead(app, db, browser, account, clock):
    send(browser, EMAIL, email="apres@example.org")
    first = last_secret(app, db)["code"]
    resend = next(form for form in browser.get(EMAIL_CODE).forms.values() if "renvoyer" in form.fields)
    assert resend.submit("renvoyer", expect_errors=True).status_int == 422
    clock.at += timedelta(seconds=61)
    assert resend.submit("renvoyer", expect_errors=True).status_int == 303
    second = last_secret(app, db)["code"]
    if first != second:
        assert give_code(browser, EMAIL_CODE, first).status_int == 422
    assert give_code(browser, EMAIL_CODE, second).status_int == 303
    assert fresh(db, account).email == "apres@example.org"


def test_a_key_asks_for_a_second_factor_first_and_the_rest_does_not(app, db, account):
    browser = sign_in(app, db, account)
    for path in (EMAIL, MOBILE, f"{HOME}/iban/nouveau"):
        assert browser.get(path).location.startswith("http://localhost/confirmer-identite?next=%2Fmes-informations")
    for path in (LANDLINE, ADDRESS, f"{HOME}/iban"):
        browser.get(path, status=200)


def test_each_change_is_in_the_journal_without_what_was_typed(app, db, browser, person):
    change(app, db, browser, EMAIL, email="apres@example.org")
    send(browser, ADDRESS, ligne1="3 rue du Four", code_postal="75006", ville="Paris")
    events = db.query(Event).filter_by(kind="personal_data:changed").order_by(Event.id).all()
    assert [event.details for event in events] == [{"what": "email"}, {"what": "address"}]
    assert {event.subject_person_id for event in events} == {person.id}
    assert all(event.actor_account_id for event in events)


def test_no_message_holds_in_clear_what_is_personal(app, db, browser):
    change(app, db, browser, EMAIL, email="apres@example.org")
    change(app, db, browser, MOBILE, mobile="07 99 88 77 66")
    for row in db.query(Notification):
        kept = str(row.values)
        assert not any(word in kept for word in ("example.org", "799887766", "Camille"))


def test_a_beneficiary_changes_his_own_and_only_his_own(app, db):
    person, spouse = make_person(db, "Hélène"), make_person(db, "Sami", email="sami@example.org")
    make_contract(db, person, (spouse, "spouse"))
    theirs = make_account(db, spouse)
    browser = sign_in(app, db, theirs, proved=True)
    send(browser, ADDRESS, ligne1="1 rue Neuve", code_postal="69001", ville="Lyon")
    assert fresh(db, spouse).city == "Lyon"
    assert fresh(db, person).city is None


def test_the_three_keys_do_not_all_change_within_48_hours(app, db, browser, account, clock):
    change(app, db, browser, EMAIL, email="apres@example.org")
    change(app, db, browser, MOBILE, mobile="07 99 88 77 66")
    page = browser.get(f"{HOME}/iban")
    assert "22 novembre 2026" in page
    assert "Appelez-nous" in page
    assert not page.html.select(f'a[href="{HOME}/iban/nouveau"]')


def test_the_way_back_to_the_page_says_who_changed_what(app, db, browser, person):
    assert "par vous" not in browser.get(HOME).html.select_one("#coordonnees").get_text()
    send(browser, LANDLINE, fixe="01 42 34 56 78")
    assert "modifié le" in browser.get(HOME).html.select_one("#coordonnees").get_text()
    assert "par vous" in browser.get(LANDLINE).html.main.get_text()


def test_an_account_that_sends_too_many_codes_waits(app, db, browser, clock):
    for n in range(3):
        assert send(browser, EMAIL, email="apres@example.org").status_int == 303, n
        clock.at += timedelta(seconds=61)
    page = send(browser, EMAIL, email="apres@example.org")
    assert page.status_int == 422
    assert form_of(page)["email"].value == "apres@example.org"
    assert db.query(Account).filter_by(email="apres@example.org").count() == 0


def test_a_number_that_is_only_known_is_confirmed_warned_of_and_counted(app, db, browser, account):
    """From the file of affiliation: no code ever proved it. The page of security leads here, and writes nothing."""
    account.mobile = None
    db.commit()
    assert browser.get("/securite/numero").html.select_one(f"main a[href='{MOBILE}']")
    assert change(app, db, browser, MOBILE, mobile="0612345678").status_int == 303
    assert fresh(db, account).mobile == "+33612345678"
    assert [row.kind for row in db.query(DataChange)] == ["mobile"]
    told = db.query(Notification).filter_by(kind="data_changed").order_by(Notification.id).all()
    assert [row.channel for row in told] == ["email", "sms"]


def test_a_code_asked_from_an_english_page_is_english(app, db, browser, account):
    browser.set_cookie("language", "en")
    send(browser, MOBILE, mobile="0687654321")
    assert db.query(Notification).filter_by(kind="code").one().language == "en"
    assert fresh(db, account).language == "fr"


@pytest.mark.parametrize(
    ("path", "values"), [(EMAIL, {"email": "apres@example.org"}), (MOBILE, {"mobile": "0687654321"})]
)
def test_a_limit_reached_while_confirming_advises_no_other_way(db, browser, clock, path, values):
    """The code proves this very address or number: it can be received nowhere else."""
    for _ in range(3):
        assert send(browser, path, **values).status_int == 303
        clock.at += timedelta(minutes=1)
    page = send(browser, path, **values)
    words = page.html.main.get_text(" ", strip=True)
    assert page.status_int == 422
    assert "Plusieurs codes sont déjà partis" in words
    assert "autrement" not in words
