"""The adviser on requests: where one stands, a quote among them, and which papers it needs (C160)."""

import re
from collections.abc import Iterator, Sequence

from sqlalchemy import select
from translationstring import TranslationStringFactory

from member_space.domain.adviser import Answer, Kind
from member_space.domain.request import RequestKind, State, read_number
from member_space.domain.text import fold
from member_space.models import Request
from member_space.services.adviser_asking import Asking
from member_space.services.asked_piece import asked_of
from member_space.services.catalogue import Topic, catalogue_of
from member_space.services.request_clock import hours_of
from member_space.services.request_progress import NextDay, next_day_of
from member_space.services.usual_time import usual_time_of

_ = TranslationStringFactory("member_space")

MOST_TOLD = 3
OWN_REQUESTS = _("Vos demandes")
STATES = {
    State.TO_DO: _("**${number}**, ${topic}, envoyée le ${day} : reçue, elle attend qu’un conseiller la prenne."),
    State.IN_REVIEW: _("**${number}**, ${topic}, envoyée le ${day} : un conseiller l’étudie."),
    State.WAITING_MEMBER: _("**${number}**, ${topic}, envoyée le ${day} : nous attendons une pièce de vous."),
    State.ON_HOLD: _("**${number}**, ${topic}, envoyée le ${day} : en attente, nous la reprendrons."),
    State.DECIDED: _("**${number}**, ${topic}, envoyée le ${day} : décidée, la réponse est dans votre espace."),
    State.CLOSED: _("**${number}**, ${topic}, envoyée le ${day} : terminée, la réponse est dans votre espace."),
    State.WITHDRAWN: _("**${number}**, ${topic}, envoyée le ${day} : vous l’avez retirée."),
    State.DUPLICATE: _("**${number}**, ${topic}, envoyée le ${day} : traitée avec une autre demande."),
}
NEXT = {
    NextDay.PIECE: _("Elle est attendue avant le ${day}."),
    NextDay.WAKE: _("Nous la reprenons le ${day}."),
    NextDay.LEGAL: _("La réponse vous est due avant le ${day}."),
    NextDay.USUAL: _("Réponse attendue d’ici le ${day}, d’après les délais habituels."),
}


def status(asking: Asking) -> Answer:
    """The request of this number, else the last ones."""
    return _status(asking, None)


def quote_status(asking: Asking) -> Answer:
    """The same among the quotes."""
    return _status(asking, RequestKind.QUOTE)


def _status(asking: Asking, kind: RequestKind | None) -> Answer:
    typed = asking.mention.number
    query = (
        select(Request)
        .where(Request.author_person_id == asking.household.viewer_id, Request.state != State.DRAFT.value)
        .order_by(Request.activity_at.desc(), Request.id.desc())
        .limit(MOST_TOLD)
    )
    if typed:
        query = query.where(Request.number == read_number(typed))
    elif kind:
        query = query.where(Request.kind == kind.value)
    rows = asking.db.scalars(query).all()
    if typed and not rows:
        return _unknown(asking, typed)
    links = [
        asking.open(f"/demandes/{row.public_id}", _("Suivre la demande ${number}"), number=row.number or "")
        for row in rows
    ]
    if not rows:
        words = _("Vous ne nous avez envoyé aucun devis.") if kind else _("Vous ne nous avez encore rien envoyé.")
        start = asking.open("/demarches", _("Commencer une démarche"))
        return asking.own([asking.say(words)], OWN_REQUESTS, start)
    return asking.own(
        _told(asking, rows), OWN_REQUESTS, *links, asking.open("/messages", _("Voir toutes mes demandes"))
    )


def _told(asking: Asking, rows: Sequence[Request]) -> Iterator[str]:
    if len(rows) > 1:
        yield asking.say(_("Vos dernières demandes :"))
    lines = [_line(asking, row) for row in rows]
    yield "\n".join(f"- {line}" for line in lines) if len(lines) > 1 else lines[0]


def _line(asking: Asking, row: Request) -> str:
    catalogue = catalogue_of(asking.tools.settings)
    topic = catalogue.topics.get(row.topic or "")
    sent = row.sent_at
    said = asking.say(
        STATES[State(row.state)],
        number=row.number or "",
        topic=topic.label.in_(asking.locale) if topic else asking.label(_("demande")),
        day=asking.day(sent.date()) if sent else "",
    )
    pieces = asked_of(asking.db, row.id) if row.state == State.WAITING_MEMBER else ()
    usual = usual_time_of(asking.db, row.kind, row.topic)
    due_on = min((one.due_on for one in pieces), default=None)
    following = next_day_of(row, hours_of(asking.tools.settings), asking.tools.now(), usual, due_on)
    more = [
        asking.say(_("Pièce demandée : ${piece}."), piece=catalogue.pieces[one.piece].label.in_(asking.locale))
        for one in pieces
        if one.piece in catalogue.pieces
    ]
    if following:
        more.append(asking.say(NEXT[following[0]], day=asking.day(following[1])))
    return " ".join([said, *more])


def _unknown(asking: Asking, typed: str) -> Answer:
    return Answer(
        Kind.NOT_FOUND,
        asking.say(
            _(
                "Je ne trouve pas de demande ${number} parmi les vôtres. Le numéro est sur l’accusé de réception et "
                "dans « Mes messages »."
            ),
            number=typed.upper(),
        ),
        source=asking.label(OWN_REQUESTS),
        as_of=asking.today,
        next_actions=(asking.open("/messages", _("Voir toutes mes demandes")),),
    )


def pieces(asking: Asking) -> Answer:
    """What the office awaits of the member, the papers of the object that the question names, and what files may be."""
    topic = _topic(asking)
    awaited = asking.db.scalars(
        select(Request).where(
            Request.author_person_id == asking.household.viewer_id, Request.state == State.WAITING_MEMBER.value
        )
    ).all()
    actions = [
        asking.open(f"/demandes/{row.public_id}", _("Envoyer la pièce de ${number}"), number=row.number or "")
        for row in awaited[:MOST_TOLD]
    ]
    if topic is None:
        actions.append(asking.open("/demarches", _("Choisir ma démarche")))
    elif topic.kind in STARTS:
        actions.append(asking.open(STARTS[topic.kind], _("Commencer cette démarche")))
    return asking.own(_papers(asking, topic, awaited), _("La liste des pièces de vos démarches"), *actions)


STARTS = {
    RequestKind.CLAIM: "/demarches/remboursement",
    RequestKind.QUOTE: "/demarches/devis",
    RequestKind.CHANGE: "/demarches/beneficiaire",
}


def _papers(asking: Asking, topic: Topic | None, awaited: Sequence[Request]) -> Iterator[str]:
    catalogue = catalogue_of(asking.tools.settings)
    for row in awaited[:MOST_TOLD]:
        yield _line(asking, row)
    if topic:
        yield asking.say(_("Pour « ${topic} » :"), topic=topic.label.in_(asking.locale))
        needed, other = _("**${piece}**. ${why}"), _("**${piece}**, s’il y en a. ${why}")
        if topic.pieces:
            yield "\n".join(
                "- "
                + asking.say(
                    needed if one.required else other,
                    piece=one.piece.label.in_(asking.locale),
                    why=one.piece.why.in_(asking.locale),
                )
                for one in topic.pieces
            )
        else:
            yield asking.say(_("Aucune pièce n’est demandée."))
    elif not awaited:
        yield asking.say(
            _("Choisissez votre démarche : la liste exacte des pièces s’affiche avant l’envoi, une par une.")
        )
    limits = catalogue.limits[topic.kind if topic else RequestKind.CLAIM]
    yield asking.say(
        _(
            "Photos ou PDF, ${files} fichiers de ${size} Mo au plus chacun ; une photo trop lourde est réduite pour "
            "vous."
        ),
        files=limits.files,
        size=limits.megabytes,
    )


def _topic(asking: Asking) -> Topic | None:
    """The object of a claim, a quote or a change whose name shares the most words with the question."""
    words = set(_WORD.findall(fold(asking.question)))
    best, most = None, 0
    for topic in catalogue_of(asking.tools.settings).topics.values():
        named = {*_WORD.findall(fold(topic.label.in_(asking.locale)))} - _COMMON
        shared = len(named & words) + (topic.kind.value == "quote" and "devis" in words)
        if topic.kind in STARTS and named & words and shared > most:
            best, most = topic, shared
    return best


_WORD = re.compile(r"[a-z0-9]{3,}")
_COMMON = frozenset(
    ["une", "des", "les", "pour", "que", "qui", "mon", "mes", "sur", "aux", "avec", "autre", "autres", "soin", "soins"]
)
