"""« Habituellement »: the figures in words, rounded so that « moins de » is true."""

from datetime import timedelta

import pytest

from member_space.services.usual_time import Measure, Usual
from member_space.views.usual_time_words import usual_time_words

HALF, MOST = "la moitié de ces demandes est réglée en moins de", ", neuf sur dix en moins de"


@pytest.fixture
def page(wsgi_app):
    request = wsgi_app.request_factory.blank("/")
    request.registry = wsgi_app.registry
    return request


def words(page, half, most, measure=Measure.DECISION):
    said = usual_time_words(page, Usual(timedelta(hours=half), timedelta(hours=most)), measure)
    return said.replace("\N{NO-BREAK SPACE}", " ")


def test_nothing_usual_is_not_told(page):
    assert usual_time_words(page, None) is None


@pytest.mark.parametrize(
    ("half", "most", "expected"),
    [
        (5.2, 10, f"{HALF} 6 h ouvrées{MOST} 2 jours ouvrés"),
        (0, 6, f"{HALF} 1 h ouvrée{MOST} 7 h ouvrées"),
        (8.5, 19, f"{HALF} 1 jour ouvré{MOST} 3 jours ouvrés"),
        (3.1, 3.9, "neuf demandes sur dix sont réglées en moins de 4 h ouvrées"),
    ],
)
def test_hours_then_days(page, half, most, expected):
    assert words(page, half, most) == f"Habituellement, {expected}."


def test_a_first_reply_is_said_as_one(page):
    said = "la moitié de ces demandes reçoit une première réponse en moins de 2 h ouvrées, neuf sur dix en moins de 4 h"
    assert said in words(page, 1, 3, Measure.FIRST_REPLY)
    assert "neuf demandes sur dix reçoivent une première réponse" in words(page, 1, 1, Measure.FIRST_REPLY)
