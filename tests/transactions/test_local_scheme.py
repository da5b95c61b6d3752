"""The local scheme of Alsace-Moselle, as the feed of households tells it of a coverage."""

from datetime import date

from sqlalchemy import func, select

from member_space.models import Coverage
from member_space.services.household_import import import_households
from tests.factories.feeds import write_households


def test_it_is_told_by_coverage_and_kept_when_nothing_is_said(db, cipher, tmp_path):
    def bring(*rows: dict) -> list[bool]:
        path = write_households(tmp_path / "foyers.csv", rows)
        import_households(db, path, cipher=cipher, today=date(2026, 4, 1), contract_type="01")
        return list(db.scalars(select(Coverage.local_scheme).order_by(func.lower(Coverage.period))))

    before = {"coverage_end": "2026-02-28"}
    entered = {"coverage_start": "2026-03-01"}
    assert bring(before | {"local_scheme": "non"}, entered | {"local_scheme": "oui"}) == [False, True]
    assert bring(before, entered) == [False, True]
