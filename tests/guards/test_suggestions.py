"""The answers offered before a message is written: three an object, short, and their pages exist (C93)."""

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
