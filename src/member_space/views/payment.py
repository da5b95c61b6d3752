"""Bank transfers: the list, and what one of them pays (C57, C58)."""

from typing import Any

from pyramid.i18n import TranslationStringFactory
from pyramid.request import Request
from pyramid.view import view_config

from member_space.domain.permissions import Permission
from member_space.domain.readings import What
from member_space.forms.reimbursement_filter import read_transfer_filter
from member_space.services.payment import lines_of_transfer, page_of_transfers
from member_space.views.reimbursement import bounds_in_words, chips_of, errors_of, page_urls

_ = TranslationStringFactory("member_space")

AT_LEAST, AT_MOST = _("au moins ${sum}"), _("au plus ${sum}")


@view_config(
    route_name="payments",
    request_method="GET",
    permission=Permission.VIEW_REIMBURSEMENTS,
    renderer="payment/list.html.jinja2",
    reads=What.PAYMENT,
)
def payments(request: Request) -> dict[str, Any]:
    """A filter that cannot be read is a 422, beside the list that the others keep."""
    asked = read_transfer_filter(request.GET)
    if asked.errors:
        request.response.status_int = 422
    page = page_of_transfers(request.db, request.context.household, asked.kept, before=asked.before, after=asked.after)
    return {
        "asked": asked,
        **errors_of(request, asked),
        "chips": chips_of(
            request,
            "payments",
            asked.typed,
            bounds_in_words(asked.kept, AT_LEAST, AT_MOST, request.locale_name),
        ),
        "transfers": page.transfers,
        **page_urls(
            request, "payments", page.newer, page.older, {name: text for name, text in asked.typed.items() if text}
        ),
    }


@view_config(
    route_name="payment",
    request_method="GET",
    permission=Permission.VIEW_REIMBURSEMENTS,
    renderer="payment/transfer.html.jinja2",
    reads=What.PAYMENT,
)
def payment(request: Request) -> dict[str, Any]:
    household, transfer = request.context.household, request.context.found
    return {
        "transfer": transfer,
        "lines": lines_of_transfer(request.db, household, transfer),
        "several": len(list(household.persons())) > 1,
    }
