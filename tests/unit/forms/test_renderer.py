"""deform in our templates: every widget, before and after a refusal."""

import colander
import deform
import pytest
from bs4 import BeautifulSoup
from deform.widget import (
    CheckboxWidget,
    DateInputWidget,
    HiddenWidget,
    PasswordWidget,
    RadioChoiceWidget,
    SelectWidget,
    TextAreaWidget,
)
from pyramid.scripting import prepare

from member_space.forms.renderer import form_of

CHOICES = (("o", "Optique"), ("d", "Dentaire"))


class Schema(colander.MappingSchema):
    name = colander.SchemaNode(
        colander.String(), title="Nom", validator=colander.Length(max=5), description="En entier"
    )
    word = colander.SchemaNode(colander.String(), title="Mot de passe", widget=PasswordWidget())
    day = colander.SchemaNode(colander.Date(), title="Jour", widget=DateInputWidget())
    kind = colander.SchemaNode(
        colander.String(), title="Motif", widget=RadioChoiceWidget(values=CHOICES), validator=colander.OneOf(["o", "d"])
    )
    year = colander.SchemaNode(colander.String(), title="Type", widget=SelectWidget(values=CHOICES))
    words = colander.SchemaNode(colander.String(), title="Message", widget=TextAreaWidget(), missing="")
    agreed = colander.SchemaNode(colander.Boolean(), title="J’accepte", widget=CheckboxWidget(), missing=False)
    ticket = colander.SchemaNode(colander.String(), widget=HiddenWidget(), default="t1")


@pytest.fixture
def form(wsgi_app):
    with prepare(registry=wsgi_app.registry) as env:
        yield form_of(env["request"], Schema(), formid="essai", button="Envoyer")


def test_a_form_has_its_fields_their_labels_and_a_token(form):
    page = BeautifulSoup(form.render(), "html.parser")
    assert page.form["id"] == "essai"
    assert page.find("input", {"name": "csrf_token"})["value"]
    assert page.find("input", {"name": "ticket"})["value"] == "t1"
    labels = {label["for"]: label.get_text(" ", strip=True) for label in page.select("label")}
    for field in page.select("input:not([type=hidden]), select, textarea"):
        assert field["id"] in labels
    assert page.find("input", {"name": "name"})["aria-describedby"]
    assert page.find("button", type="submit").get_text(strip=True) == "Envoyer"
    assert not page.select("script, [style], [onclick]")


def test_a_refusal_is_summed_up_tied_to_its_field_and_keeps_what_was_typed(form):
    with pytest.raises(deform.ValidationFailure) as refused:
        form.validate([("name", "Camille Durand"), ("words", "<b>Bonjour</b>"), ("kind", "x")])
    page = BeautifulSoup(refused.value.render(), "html.parser")
    name = page.find("input", {"name": "name"})
    assert name["value"] == "Camille Durand"
    assert name["aria-invalid"] == "true"
    told = " ".join(page.find(id=part).get_text(" ", strip=True) for part in name["aria-describedby"].split())
    assert "5" in told
    assert "${" not in refused.value.render()
    assert page.find("textarea").get_text().removeprefix("\n") == "<b>Bonjour</b>"
    links = [link["href"] for link in page.select("[role=alert] a")]
    assert f"#{name['id']}" in links
    assert all(page.find(id=link[1:]) for link in links)


def test_two_forms_of_two_languages_do_not_mix(wsgi_app):
    rendered = {}
    for language in ("fr", "en"):
        with prepare(registry=wsgi_app.registry) as env:
            env["request"].locale_name = language
            form = form_of(env["request"], Schema(), formid=f"essai-{language}", button="Envoyer")
            with pytest.raises(deform.ValidationFailure) as refused:
                form.validate([])
            rendered[language] = refused.value.render()
    assert "Requis" in rendered["fr"]
    assert "Required" in rendered["en"]
    assert "Required" not in rendered["fr"]
