"""The register of complaints: read, taken as a file, and what was changed after each (C118)."""

from io import StringIO
from typing import Any

from pyramid.httpexceptions import HTTPForbidden
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from member_space.domain.permissions import Permission
from member_space.domain.readings import What
from member_space.forms.office_request import MeasureForm
from member_space.services.catalogue import catalogue_of
from member_space.services.complaint_register import TITLES, latest_complaints, write_measure, write_register
from member_space.services.request_desk import REASON
from member_space.views.download import CSV, download
from member_space.views.office.request_act import ActViews


@view_config(
    route_name="office_complaints",
    request_method="GET",
    permission=Permission.EXPORT_COMPLAINTS,
    renderer="office/complaints.html.jinja2",
)
def complaints(request: Request) -> dict[str, Any]:
    """The latest ones, without any name."""
    topics = catalogue_of(request.tools.settings).topics
    return {
        "complaints": latest_complaints(request.db, request.tools),
        "topics": {code: topic.label.in_(request.locale_name) for code, topic in topics.items()},
        "titles": TITLES,
    }


@view_config(route_name="office_complaints_csv", request_method="GET", permission=Permission.EXPORT_COMPLAINTS)
def register(request: Request) -> Response:
    """All of them."""
    out = StringIO()
    write_register(
        request.db,
        request.tools,
        request.identity,
        request.origin,
        request.localizer.translate,
        request.locale_name,
        out,
    )
    return download(out.getvalue().encode("utf-8-sig"), "reclamations.csv", CSV)


class OfficeMeasureViews(ActViews):
    """The corrective action of a complaint, by a supervisor."""

    @view_config(
        route_name="office_request_measure",
        request_method="POST",
        permission=Permission.HANDLE_REQUESTS,
        renderer="office/request.html.jinja2",
        reads=What.REQUEST,
        reason=REASON,
    )
    def write(self) -> Any:
        if not self.request.has_permission(Permission.EXPORT_COMPLAINTS) or self.row.kind != "complaint":
            raise HTTPForbidden
        return self.act(
            MeasureForm(),
            "mesure",
            lambda hand, values: write_measure(*self.at, hand, values["measure"]),
            "mesure-ecrite",
        )
