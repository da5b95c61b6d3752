"""The closed lists of requests have their words at the office: one that lacks would be a page that fails."""

import pytest

from member_space.domain.complaint import Delay
from member_space.domain.request import Act, Outcome, RequestKind, State
from member_space.domain.service_clock import Ageing
from member_space.services.office_request import Tab
from member_space.services.request_handling import HoldReason
from member_space.services.request_progress import NextDay, StepCode
from member_space.views.office import request_words as office
from member_space.views.parcel_words import NEXT_DAYS, STEP_TITLES
from member_space.views.request_words import KIND_LABELS, OUTCOME_CHIPS, STATE_CHIPS


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (office.KINDS, RequestKind),
        (office.STATES, State),
        (office.AGES, Ageing),
        (office.OUTCOMES, Outcome),
        (office.ACTS, Act),
        (office.HOLDS, HoldReason),
        (office.TABS, Tab),
        (office.LEGAL, Delay),
        (office.ALARMS, Delay),
        (KIND_LABELS, RequestKind),
        (STATE_CHIPS, State),
        (OUTCOME_CHIPS, Outcome),
        (STEP_TITLES, StepCode),
        (NEXT_DAYS, NextDay),
    ],
)
def test_every_code_has_its_words(words, meant):
    assert set(words) == set(meant)
