"""The catalogue of the product: answers before a message lead somewhere, each picture exists (C64, C93)."""

import re
from importlib.resources import files
from urllib.parse import urlsplit

import pytest
from pyramid.interfaces import IRoutesMapper
from pyramid.request import Request

from member_space.domain.request import RequestKind
from member_space.services.catalogue import Catalogue, Suggestion, catalogue_of

SHORT = 160
"""Characters: two lines on a telephone, three at most."""


@pytest.fixture(scope="module")
def catalogue(wsgi_app) -> Catalogue:
    return catalogue_of(wsgi_app.registry.member_space)


def test_every_object_of_a_message_has_three(catalogue):
    topics = [topic.code for topic in catalogue.of_kind(RequestKind.MESSAGE)]
    offered = {code: len([one for one in catalogue.suggestions if code in one.topics]) for code in topics}
    assert topics
    assert offered == dict.fromkeys(topics, 3)


def test_each_is_short_and_its_page_exists(catalogue, wsgi_app):
    mapper = wsgi_app.registry.getUtility(IRoutesMapper)

    def has_a_page(one: Suggestion) -> bool:
        request = Request.blank(urlsplit(one.path).path)
        return mapper(request)["route"] is not None

    assert [one.title.fr for one in catalogue.suggestions if one.path and not has_a_page(one)] == []
    long = [one.title.fr for one in catalogue.suggestions if max(map(len, (one.answer.fr, one.answer.en))) > SHORT]
    assert long == []


def test_every_piece_and_object_has_a_picture_of_the_sprite(catalogue):
    sprite = (files("member_space.templates") / "partials/icons.html.jinja2").read_text(encoding="utf-8")
    drawn = set(re.findall(r'id="i-([a-z]+)"', sprite))
    used = {one.icon for one in (*catalogue.pieces.values(), *catalogue.topics.values())}
    assert used - drawn == set()
    assert len({one.icon for one in catalogue.pieces.values()}) > 1
