"""« Mes données »: what a member may ask about them, and how long each kind is kept (C156–C158)."""

from typing import Any

from pyramid.request import Request
from pyramid.view import view_config

from member_space.domain.notices import NoticeKind
from member_space.domain.permissions import Permission
from member_space.services.breach import breaches_of
from member_space.services.export import last_copy
from member_space.services.notification_announce import note_read
from member_space.services.retention_words import TABLE


@view_config(
    route_name="my_data",
    request_method="GET",
    permission=Permission.EXERCISE_RIGHTS,
    renderer="my_data/my_data.html.jinja2",
)
def my_data(request: Request) -> dict[str, Any]:
    note_seen(request)
    return {
        "copy": last_copy(request.db, request.identity.account_id),
        "kept": TABLE,
        "breaches": breaches_of(request.db, request.identity.person_id),
    }


def note_seen(request: Request) -> None:
    """The member came to a page that one of two mails leads to: a closing that he read is not repeated by SMS."""
    for kind in (NoticeKind.EXPORT_READY, NoticeKind.ACCOUNT_CLOSING):
        note_read(request.db, request.tools, request.identity.account_id, kind)
