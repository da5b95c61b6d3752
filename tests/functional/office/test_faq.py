"""The adviser's answers at the office: read, seen as a member will, changed by version, taken out of use."""

import pytest

from member_space.services.catalogue import catalogue_of
from member_space.services.faq import faq_entry, find_answers
from member_space.services.faq_file import load_faq
from member_space.services.handover import guess_topic

HERE = "/bureau/conseiller"
ONE = f"{HERE}/card-validity"


@pytest.fixture(autouse=True)
def loaded(db):
    load_faq(db)
    db.commit()


@pytest.fixture
def form(other_desk):
    """The form of one entry, as who manages answers opens it."""
    return next(form for form in other_desk.get(ONE).forms.values() if form.action.endswith(ONE))


def test_they_are_for_who_manages_answers(desk, other_desk):
    assert desk.get(HERE, expect_errors=True).status_int == 403
    assert desk.get(ONE, expect_errors=True).status_int == 403
    assert "Réponses du conseiller virtuel" in other_desk.get("/bureau/reponses").text
    page = other_desk.get(HERE)
    assert "Jusqu’à quand ma carte est-elle valable" in page.text
    assert page.html.select_one("nav [aria-current]").get_text(strip=True) == "Réponses types"
    assert other_desk.get(f"{HERE}/rien", expect_errors=True).status_int == 404


def test_it_is_shown_as_a_member_will_read_it_before_it_is_kept(form, db, tools):
    form["answer"] = "Jusqu’au **31 décembre**. <script>alert(1)</script> {{phone}}"
    page = form.submit("preview")
    shown = page.html.select_one("#apercu")
    assert shown.select_one("strong").text == "31 décembre"
    assert not shown.select("script")
    assert tools.settings.brand.phone_shown in shown.text
    assert faq_entry(db, tools, "card-validity", "fr").version == 1


def test_a_change_is_a_version_with_who_wrote_it(form, db, tools):
    form["answer"] = "Jusqu’au 31 décembre."
    page = form.submit().follow()
    assert faq_entry(db, tools, "card-validity", "fr").answer_markdown == "Jusqu’au 31 décembre."
    versions = page.html.select("#versions summary")
    assert ["Hugo Roy" in one.text for one in versions] == [True, False]
    assert dict(load_faq(db))["kept"] == 1


def test_one_taken_out_of_use_is_given_to_nobody_and_can_come_back(form, db, tools):
    page = form.submit("retire").follow()
    assert faq_entry(db, tools, "card-validity", "fr") is None
    back = next(one for one in page.forms.values() if one.action.endswith(ONE))
    back.submit().follow()
    assert faq_entry(db, tools, "card-validity", "fr").version == 3


def test_who_was_slower_keeps_his_text(form, other_desk):
    form.submit()
    form["answer"] = "Mon texte."
    page = form.submit(status=422)
    assert "Un collègue a enregistré une version entre-temps" in page.text
    again = next(one for one in page.forms.values() if one.action.endswith(ONE))
    assert again["answer"].value.strip() == "Mon texte."
    again.submit().follow()


@pytest.fixture
def blank(other_desk):
    """The form of an answer that is not there yet, filled in."""
    page = other_desk.get(HERE).click("Ajouter une réponse")
    form = next(form for form in page.forms.values() if form.action.endswith(f"{HERE}/nouvelle"))
    form["family"], form["question"], form["source"] = "refunds", "Remboursez-vous l’ostéo ?", "Contrat"
    form["ask"], form["answer"] = "ostéopathe\nmon ostéo\nséance d’ostéo", "Selon votre contrat."
    return form


def test_what_is_missing_is_said_in_the_order_of_the_page(other_desk):
    page = other_desk.get(f"{HERE}/nouvelle")
    assert "Trois au moins, une par ligne" in page
    form = next(form for form in page.forms.values() if form.action.endswith(f"{HERE}/nouvelle"))
    said = [link["href"] for link in form.submit(status=422).html.select(".error-summary a")]
    assert said == ["#family", "#question", "#ask", "#answer", "#source"]


def test_one_that_the_product_lacks_is_added(blank, desk, db, tools):
    desk.get(f"{HERE}/nouvelle", status=403)
    preview = blank.submit("preview")
    assert "Selon votre contrat." in preview.html.select_one("#apercu").text
    page = blank.submit().follow()
    assert "C’est enregistré" in page.text
    slug = "refund-remboursez-vous-l-osteo"
    assert faq_entry(db, tools, slug, "fr").question == "Remboursez-vous l’ostéo ?"
    assert [one.slug for one in find_answers(db, tools, "mon osteo", locale="fr").answers][:1] == [slug]
    assert guess_topic(catalogue_of(tools.settings), slug) == "message.amount"
    assert "Hugo Roy" in page.html.select_one("#versions summary").text
    assert dict(load_faq(db)) == {"new": 0, "changed": 0, "kept": 0}


def test_the_same_question_is_not_added_twice(blank):
    blank.submit().follow()
    again = blank.submit(status=422)
    assert "Une réponse a déjà été ajoutée" in again.html.select_one("#question-erreur").text
    assert again.html.select_one("#answer").text.strip() == "Selon votre contrat."


@pytest.mark.parametrize(("field", "typed"), [("family", ""), ("question", ""), ("ask", "une"), ("as_of", "")])
def test_what_cannot_be_added_is_said(blank, field, typed):
    blank[field] = typed
    page = blank.submit(status=422)
    assert page.html.select_one(f"#{field}-erreur")
    assert page.html.select_one("#source").get("value") == "Contrat"


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("question", ""),
        ("question", "x" * 201),
        ("ask", "une\ndeux"),
        ("ask", "\n".join(["x" * 201] * 3)),
        ("answer", ""),
        ("source", ""),
        ("source_url", "javascript:alert(1)"),
        ("source_url", "https://[ailleurs.example/"),
        ("as_of", "hier"),
        ("links", "https://ailleurs.example | là | there"),
        ("links", "//ailleurs.example | là | there"),
        ("links", "/tiers-payant"),
        ("answer_en", ""),
    ],
)
def test_what_cannot_be_kept_is_said_and_nothing_typed_is_lost(form, db, tools, field, typed):
    form[field] = typed
    page = form.submit(status=422)
    assert page.html.select_one(f"#{field}-erreur")
    assert page.html.select_one("#source").get("value") == ("" if field == "source" else "Contrat")
    assert faq_entry(db, tools, "card-validity", "fr").version == 1
