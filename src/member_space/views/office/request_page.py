"""The page of one request at the office: what it is drawn with, whatever act just succeeded or failed."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from pyramid.request import Request
from translationstring import TranslationString, TranslationStringFactory

from member_space.domain.permissions import Permission
from member_space.domain.request import Act, Outcome, RequestKind, Side, State, acts_open
from member_space.forms.ids import number_in
from member_space.models import Request as MemberRequest
from member_space.security.drafts import PageDraft, draft_of
from member_space.services import draft as drafts
from member_space.services.attachment import attachments_of, begun_of, limits_of, same_elsewhere
from member_space.services.canned_answer import answers_of
from member_space.services.catalogue import Catalogue, catalogue_of
from member_space.services.complaint import acknowledged_on, legal_alarm, legal_days
from member_space.services.complaint_register import measure_of
from member_space.services.decision_words import REASONS
from member_space.services.draft import Kept
from member_space.services.handlers import colleagues, name_of
from member_space.services.reply_clock import reply_awaited
from member_space.services.request import Actor
from member_space.services.request_age import age_of
from member_space.services.request_desk import Step, is_decided_by_lines, log_of_request, member_beside, notes_of
from member_space.services.request_handling import judged_by
from member_space.services.request_presence import be_present
from member_space.services.request_reminders import is_closure_proposed
from member_space.services.request_thread import mark_read_by_office, thread_of
from member_space.views.attachment_words import shown_files
from member_space.views.office.decision_form import decision_form
from member_space.views.office.quote import QuoteFigures
from member_space.views.office.request_wanted import wanted_card
from member_space.views.office.request_words import (
    ACTS,
    AGES,
    ALARMS,
    HOLDS,
    KINDS,
    LEGAL,
    OUTCOMES,
    OWN_DECISION,
    STATES,
)
from member_space.views.quote_difference import gap_of
from member_space.views.request_words import piece_label
from member_space.views.typed import Said
from member_space.views.upload import UploadForm, upload_of

_ = TranslationStringFactory("member_space")


WRITTEN = _("message écrit")
NOTE = "#noter"
"""Where the note is on the page: the draft of an answer is the page's own, the note's is kept beside it."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What went wrong with an act. ``typed``: everything that its form held; ``since``: the version that it had read,
    where a colleague or the member was faster."""

    errors: Said = field(default_factory=list)
    typed: dict[str, Any] = field(default_factory=dict)
    opened: str | None = None
    since: int | None = None
    words: TranslationString | None = None
    letter: str | None = None
    """A decision to read again before it is sent."""
    doubts: list[str] = field(default_factory=list)
    """Why what was typed may not be meant for the member: asked once more before it is sent."""
    figures: QuoteFigures | None = None
    """What the engine says of the lines of a quote that were typed."""


@dataclass(frozen=True, slots=True)
class News:
    """What somebody did meanwhile; ``who``: None for the member and for a job."""

    who: str | None
    side: Side
    words: TranslationString
    at: datetime


def page_of(
    request: Request, row: MemberRequest, trouble: Trouble | None = None, nir: str | None = None
) -> dict[str, Any]:
    """All that office/request.html.jinja2 asks for. ``nir``: the number that the member gave, where it is revealed."""
    trouble = trouble or Trouble()
    db, tools, identity = request.db, request.tools, request.identity
    catalogue, locale = catalogue_of(tools.settings), request.locale_name
    beside = member_beside(db, tools, row, request.context.shown)
    log = log_of_request(db, row.id)
    state, mine = State(row.state), row.handler_id == identity.account_id
    judge = judged_by(db, row, identity.account_id)
    topic = catalogue.topics.get(row.topic or "")
    team = colleagues(db)
    age = age_of(tools, row.due_at, row.target_minutes)
    reply_draft = _draft(request, row, "body", trouble.opened == "repondre")
    # The version that the page of the draft showed, where there is one.
    since = trouble.since or number_in(reply_draft.kept.values, "version")
    thread = thread_of(db, row, before=number_in(request.GET, "avant"), after=number_in(request.GET, "apres"))
    files = _files(request, row)
    mark_read_by_office(db, tools, row)
    return {
        "row": row,
        "kind": KINDS[RequestKind(row.kind)],
        "topic": topic.label.in_(locale) if topic else None,
        "state": STATES[state],
        "age": AGES[age] if age else None,
        "reply": reply_awaited(tools, state, row.awaits_reply_since),
        "ages": AGES,
        "outcome": OUTCOMES[Outcome(row.outcome)] if row.outcome else None,
        "handler": name_of(db, row.handler_id),
        "mine": mine,
        "open_acts": {act.value for act in acts_open(state, Side.OFFICE)},
        "by_lines": is_decided_by_lines(row.kind),
        "closure_proposed": state is State.WAITING_MEMBER and is_closure_proposed(db, row),
        "legal": [(LEGAL[delay], day) for delay, day in legal_days(row.kind, row.details).items()],
        "acknowledged_on": acknowledged_on(row.details),
        "alarm": legal_alarm(row.kind, row.state, row.details, tools.today()),
        "alarms": ALARMS,
        "present": be_present(db, tools, row.id, identity.account_id),
        "thread": thread,
        "files": files,
        "upload": _upload(request, row, trouble),
        **decision_form(request, row, trouble.typed if trouble.opened == "decider" else None, trouble.figures),
        "gap": gap_of(request, row, beside.wanted.household),
        "reasons": [(one.value, words.name) for one, words in REASONS.items()],
        "answers": [(str(one.answer_id), f"{one.folder} – {one.title}") for one in answers_of(db, identity.account_id)],
        "measure": _measure(request, row),
        "letter": trouble.letter,
        "doubts": trouble.doubts,
        "notes": notes_of(db, row.id),
        "log": log,
        "news": _news(request, row, log, since) if since else [],
        "reply_draft": reply_draft,
        "note_draft": _draft(request, row, "note", trouble.opened == "note"),
        "acts": ACTS,
        "kinds": KINDS,
        "states": STATES,
        "beside": beside,
        "wanted": wanted_card(request, row, beside.wanted, log, [one["row"] for one in files], nir),
        "pieces": _pieces(catalogue, row.topic, locale),
        "holds": [(one.value, words) for one, words in HOLDS.items()],
        "team": [(str(one.public_id), one.name) for one in team if one.id != identity.account_id],
        "errors": trouble.errors,
        "wrong": dict(trouble.errors),
        "typed": trouble.typed,
        "opened": trouble.opened,
        "trouble": trouble.words,
        "topics": {code: one.label.in_(locale) for code, one in catalogue.topics.items()},
        "own_decision": OWN_DECISION if judge else None,
        "may": {
            "take": Act.TAKE in set(acts_open(state, Side.OFFICE))
            and not (mine and state is State.IN_REVIEW)
            and not judge
        },
    }


def _draft(request: Request, row: MemberRequest, name: str, just_sent: bool) -> PageDraft:
    """What was typed in this form and never sent, by this colleague: also where the page answers another form of it."""
    path = request.route_path("office_request", handled_id=row.public_id)
    draft = draft_of(request, "version", name, path=path + (NOTE if name == "note" else ""))
    kept = Kept() if just_sent else drafts.find(request.db, request.tools, draft.form)
    return replace(draft, kept=kept if kept.values.get(name) else Kept())


def _news(request: Request, row: MemberRequest, log: list[Step], since: int) -> list[News]:
    """All that happened since this version: what the log has, and the messages, each of which is a version too."""
    steps = [step for step in log if step.version > since]
    written = row.version - since - len(steps)
    messages = thread_of(request.db, row).messages[-written:] if written > 0 else []
    news = [News(one.who if one.side is Side.OFFICE else None, one.side, WRITTEN, one.sent_at) for one in messages]
    return sorted(
        [*news, *(News(step.who, step.side, ACTS[Act(step.act)], step.at) for step in steps)], key=lambda one: one.at
    )


def _files(request: Request, row: MemberRequest) -> list[dict[str, Any]]:
    """Each file that the member or the office sent, with what partials/files shows and the pages that can be seen.

    ``piece``: what it is said to be. ``elsewhere``: the numbers of the household's other requests that hold the same
    file.
    """
    rows = attachments_of(request.db, row.id, sent_only=True)
    shown = shown_files(request, rows, limits_of(request.tools, row), office=True)
    same = same_elsewhere(request.db, [one.id for one in rows])
    return [
        {"row": one, "file": file, "piece": piece_label(request, one.piece), "elsewhere": same.get(one.id, [])}
        for one, file in zip(rows, shown, strict=True)
    ]


def _upload(request: Request, row: MemberRequest, trouble: Trouble) -> UploadForm:
    """Where files of the answer are chosen, and those that wait for it to leave."""
    begun = begun_of(request.db, row, Actor.of(request.identity, request.origin))
    return upload_of(request, row, begun, errors=[words for name, words in trouble.errors if name == "fichiers"])


def _measure(request: Request, row: MemberRequest) -> dict[str, str] | None:
    """The corrective action, for who keeps the register; None: not for this request or not for this colleague."""
    if row.kind != RequestKind.COMPLAINT or not request.has_permission(Permission.EXPORT_COMPLAINTS):
        return None
    return {"words": measure_of(request.db, row.id) or ""}


def _pieces(catalogue: Catalogue, topic: str | None, locale: str) -> list[tuple[str, str]]:
    """Every paper that may be asked for, those of this object first."""
    found = catalogue.topics.get(topic or "")
    first = [one.piece.code for one in found.pieces] if found else []
    codes = [*first, *(code for code in catalogue.pieces if code not in first)]
    return [(code, catalogue.pieces[code].label.in_(locale)) for code in codes]
