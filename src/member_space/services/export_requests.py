"""What a person's copy holds of his requests: what he sent, what was answered, the files; never a colleague's note."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from member_space import models as m
from member_space.domain.attachment import FileState
from member_space.domain.privacy import View
from member_space.domain.quote import from_json
from member_space.domain.request import RequestKind, Side
from member_space.interfaces import ICipher
from member_space.services.export_part import Part, Row, Scope, stream, table

COLLEAGUES = frozenset({"from_account_id", "to_account_id"})
"""Details of a step that name an account of ours."""


def _steps(db: Session, _cipher: ICipher, scope: Scope) -> Iterator[Row]:
    """The log of the person's requests; which colleague acted is not his to know."""
    step = m.RequestTransition
    for row in stream(
        db,
        select(step.request_id, step.at, step.act, step.before, step.after, step.side, step.details)
        .where(step.request_id.in_(_requests(scope)))
        .order_by(step.id),
    ):
        told = {name: value for name, value in row["details"].items() if name not in COLLEAGUES}
        yield {**row, "details": told}


def _files(db: Session, _cipher: ICipher, scope: Scope) -> Iterator[Row]:
    """Each file as it came, by the piece it belongs to; `sent_files` gives their bytes."""
    file = m.AttachmentFile
    for row in stream(
        db,
        select(file.attachment_id, file.position, file.name, file.media_type, file.size, file.sha256)
        .join(m.Attachment, m.Attachment.id == file.attachment_id)
        .where(_own_files(scope))
        .order_by(file.id),
    ):
        yield {**row, "sha256": row["sha256"].hex()}


def sent_files(db: Session, scope: Scope) -> Iterator[Row]:
    """(id of the piece, position, name, storage_key) of the files that were checked: none that may harm is given."""
    file = m.AttachmentFile
    yield from stream(
        db,
        select(file.attachment_id, file.position, file.name, file.storage_key)
        .join(m.Attachment, m.Attachment.id == file.attachment_id)
        .where(_own_files(scope), m.Attachment.state == FileState.CHECKED.value)
        .order_by(file.id),
    )


def _own_files(scope: Scope) -> ColumnElement[bool]:
    """Those that the person gave, and those that the office sent: not what a colleague still prepares."""
    given = or_(m.Attachment.side == Side.MEMBER.value, m.Attachment.sent_at.is_not(None))
    return and_(m.Attachment.author_person_id == scope.person_id, given)


def _requests(scope: Scope) -> Select[Any]:
    return select(m.Request.id).where(m.Request.author_person_id == scope.person_id)


def _by_author(model: Any) -> Callable[[Scope], ColumnElement[bool]]:
    return lambda scope: model.author_person_id == scope.person_id


_SENT = table(
    "demandes",
    "Demandes",
    m.Request,
    _by_author(m.Request),
    hidden="handler_id author_account_id idempotency_key target_minutes",
)


def _sent(db: Session, cipher: ICipher, scope: Scope) -> Iterator[Row]:
    """The requests; of those that one seemed to repeat, another adult's has no number, as on the page."""
    own = set(db.scalars(select(m.Request.number).where(_by_author(m.Request)(scope))))
    for row in _SENT.rows(db, cipher, scope):
        details = row["details"]
        if "repeats" in details:
            told = [{**one, "number": one["number"] if one["number"] in own else None} for one in details["repeats"]]
            details = {**details, "repeats": told}
        yield {**row, "details": details}


def _as_seen(part: Part) -> Part:
    """This part, its estimates without what another adult used of his ceilings and keeps to himself: the office counts
    it, no page shows it."""

    def rows(db: Session, cipher: ICipher, scope: Scope) -> Iterator[Row]:
        one = m.Request
        whose = select(one.id, one.contract_id, func.coalesce(one.person_id, one.author_person_id))
        asked = db.execute(whose.where(one.author_person_id == scope.person_id, one.kind == RequestKind.QUOTE.value))
        closed = {quote for quote, *pair in asked if scope.household.view_on(*pair) is not View.FULL}
        for row in part.rows(db, cipher, scope):
            told = row["estimate"]
            if told and row["request_id"] in closed:
                row = {**row, "estimate": from_json(told).without_ceilings().to_json()}
            yield row

    return replace(part, rows=rows)


REQUEST_PARTS: tuple[Part, ...] = (
    replace(_SENT, rows=_sent),
    Part("demandes-etapes", "Étapes de vos demandes", ("request_transition",), _steps),
    table(
        "demandes-echanges", "Messages de vos demandes", m.Message, _by_author(m.Message), hidden="account_id public_id"
    ),
    table(
        "demandes-pieces",
        "Pièces que nous vous avons demandées",
        m.AskedPiece,
        lambda scope: m.AskedPiece.request_id.in_(_requests(scope)),
        hidden="asked_by public_id",
    ),
    _as_seen(
        table(
            "demandes-decisions",
            "Décisions, ligne par ligne",
            m.DecisionLine,
            lambda scope: m.DecisionLine.request_id.in_(_requests(scope)),
        )
    ),
    _as_seen(
        table(
            "demandes-devis",
            "Lignes de vos devis, et leur estimation",
            m.QuoteLineRow,
            lambda scope: m.QuoteLineRow.request_id.in_(_requests(scope)),
        )
    ),
    table(
        "documents",
        "Documents donnés et reçus",
        m.Attachment,
        _own_files,
        hidden="account_id shown_key shown_sha256 shown_crc32 attempts",
    ),
    table(
        "conservations",
        "Obligations légales qui font garder vos demandes plus longtemps",
        m.LegalHold,
        lambda scope: m.LegalHold.person_id == scope.person_id,
        hidden="public_id ground put_by lifted_by",
    ),
    Part("documents-fichiers", "Fichiers des documents", ("attachment_file",), _files),
)
