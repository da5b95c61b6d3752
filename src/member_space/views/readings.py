"""« Qui a consulté mon dossier »: the list, and the same as a file (C157)."""

import codecs
from tempfile import SpooledTemporaryFile
from typing import Any

from pyramid.request import Request
from pyramid.response import FileIter, Response
from pyramid.view import view_config

from member_space.domain.permissions import Permission
from member_space.forms.ids import number_in
from member_space.services.reading_list import WHAT, WHO, page_of_readings, write_csv
from member_space.views.download import CSV, download


@view_config(
    route_name="my_data_readings",
    request_method="GET",
    permission=Permission.EXERCISE_RIGHTS,
    renderer="my_data/readings.html.jinja2",
)
def readings(request: Request) -> dict[str, Any]:
    """A place in the list that is not one leads to the first page."""
    before, after = (number_in(request.GET, name) for name in ("avant", "apres"))
    household = request.context.household
    page = page_of_readings(request.db, household, request.identity.account_id, before=before, after=after)
    return {
        "rows": page.rows,
        "what": WHAT,
        "who": WHO,
        "reader": lambda row: row.reader(request.localizer.translate),
        "first_page": before is None and after is None,
        "newer_url": page.newer and request.route_path("my_data_readings", _query={"apres": page.newer}),
        "older_url": page.older and request.route_path("my_data_readings", _query={"avant": page.older}),
    }


@view_config(route_name="my_data_readings_csv", request_method="GET", permission=Permission.EXERCISE_RIGHTS)
def readings_csv(request: Request) -> Response:
    # Written before the transaction ends, sent after: what is large waits in a file that has no name.
    kept = SpooledTemporaryFile(1 << 20)  # noqa: SIM115 - the server closes what it has sent
    kept.write(codecs.BOM_UTF8)
    out, translate = codecs.getwriter("utf-8")(kept), request.localizer.translate
    write_csv(request.db, request.context.household, request.identity.account_id, translate, out)
    size = kept.tell()
    kept.seek(0)
    return download(FileIter(kept), "consultations.csv", CSV, size)
