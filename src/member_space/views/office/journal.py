"""The journal, for who audits: every fact, without a name of any member."""

from typing import Any

from pyramid.request import Request
from pyramid.view import view_config
from translationstring import TranslationStringFactory

from member_space.domain.permissions import Permission
from member_space.forms.journal_filter import read_journal_filter
from member_space.services.audit import RECENT, last_anchor
from member_space.services.journal import JournalFilter, note_journal_read, page_of_facts
from member_space.views.office.journal_words import KINDS, details_in_words
from member_space.views.reimbursement import chips_of, page_urls
from member_space.views.rendering import date_long

_ = TranslationStringFactory("member_space")


@view_config(
    route_name="office_journal",
    request_method="GET",
    permission=Permission.READ_JOURNAL,
    renderer="office/journal.html.jinja2",
)
def journal(request: Request) -> dict[str, Any]:
    """A filter that cannot be read is a 422, beside the list that the other one keeps."""
    asked = read_journal_filter(request.GET)
    if asked.errors:
        request.response.status_int = 422
    told = {name: request.localizer.translate(words) for name, words in asked.errors.items()}
    note_journal_read(request.db, request.identity, request.origin)
    page = page_of_facts(request.db, asked.kept, before=asked.before, after=asked.after)
    filters = {name: text for name, text in asked.typed.items() if text}
    return {
        "asked": asked,
        "wrong": {name: told.get(name) for name in asked.typed},
        # A link to a page has no field of its own.
        "errors": [(name if name in asked.typed else None, words) for name, words in told.items()],
        "facts": page.facts,
        "kinds": KINDS,
        "details": details_in_words,
        "anchor": last_anchor(request.tools),
        "recent": RECENT,
        "chips": chips_of(request, "office_journal", asked.typed, _words_of(asked.kept, request.locale_name)),
        **page_urls(request, "office_journal", page.newer, page.older, filters),
    }


def _words_of(kept: JournalFilter, locale: str) -> dict[str, Any]:
    """Each filter in force, by field, in words."""
    return {
        "fait": KINDS[kept.kind] if kept.kind else None,
        "jour": _("le ${day}", mapping={"day": date_long(kept.day, locale)}) if kept.day else None,
    }
