"""Why the engine leaves something of a quote to its member, as a coded reason."""

from datetime import date

import pytest

from member_space.domain.acts import ActFamily
from member_space.domain.decision import Reason
from member_space.domain.guarantee import BasePercent, Cap, CapPeriod, LumpSum, Per
from member_space.domain.quote_reason import reason_of
from member_space.domain.reimbursement_usage import CARE, LUMP, Ours, Usage, Used
from tests.unit.domain.engine import DAY, care, cover, line, result

OSTEOPATH = care("OST", 6000)
SESSION = line(LumpSum(3000, Per.SESSION), families=(ActFamily.ALTERNATIVE,))
CAPPED = line(LumpSum(3000, Per.SESSION), families=(ActFamily.ALTERNATIVE,), caps=(Cap(CapPeriod.CIVIL_YEAR, count=2),))
YEARLY = line(LumpSum(5000, Per.YEAR), families=(ActFamily.ALTERNATIVE,))
TWICE = Usage([Used(Ours(CARE, "OST"), date(DAY.year, 1, 5), 3000, 2)])
SPENT = Usage([Used(Ours(LUMP, "OST"), date(DAY.year, 1, 5), 5000)])


@pytest.mark.parametrize(
    ("asked", "under", "usage", "reason"),
    [
        (care("G", 3000), cover(line(BasePercent(10_000))), None, Reason.ALWAYS_YOURS),
        (care("OST", 3000), cover(SESSION), None, None),
        (OSTEOPATH, cover(SESSION), None, Reason.CONTRACT_RATE),
        (OSTEOPATH, cover(), None, Reason.NOT_COVERED),
        (OSTEOPATH, cover(CAPPED), TWICE, Reason.CAP_REACHED),
        (OSTEOPATH, cover(CAPPED), None, Reason.CONTRACT_RATE),
        (OSTEOPATH, cover(YEARLY), SPENT, Reason.CAP_REACHED),
        (care("OST", 5000), cover(YEARLY), None, None),
    ],
)
def test_what_is_left_has_its_reason(asked, under, usage, reason):
    assert reason_of(result(asked, under, usage)) is reason
