"""A view that answers a key once: asked again with the same Idempotency-Key, the same answer and nothing written."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from pyramid.renderers import render
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import exception_view_config
from translationstring import TranslationStringFactory

from member_space.security.api_count import TooManyQuestionsError
from member_space.services.api_answer import (
    Answered,
    KeyReused,
    StillAnswering,
    answered_before,
    asked_with,
    keep_answer,
)
from member_space.views.api.problem import problem

_ = TranslationStringFactory("member_space")

KEY = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
RETRY_AFTER = 1
REUSED = _("Cette clé a déjà servi pour une autre demande : tirez-en une nouvelle.")
STILL = _("La même demande est en cours : attendez sa réponse.")

View = Callable[[Request], Any]


def once(view: View) -> View:
    """Decorates a view of a member's token that returns its JSON, or a problem, which is not kept: it wrote nothing.

    Whether the key is required is the published document's to say. What is told again was told to this very assistant:
    nobody reads more.
    """

    @wraps(view)
    def answered(request: Request) -> Any:
        key = request.headers.get(KEY)
        if key is None:
            return view(request)
        access = request.identity
        asked = asked_with(request.tools, access.grant_id, access.client_id, key, request.path, request.body)
        before = answered_before(request.db, request.tools, asked)
        if before is not None:
            return _told(before, **{REPLAYED: "true"})
        body = view(request)
        if isinstance(body, Response):
            return body
        told = Answered(request.response.status_int, render("api", body, request))
        keep_answer(request.db, request.tools, asked, told)
        return _told(told)

    return answered


def _told(answered: Answered, **headers: str) -> Response:
    response = Response(answered.body, answered.status, content_type="application/json", charset="utf-8")
    response.headers.update(headers)
    return response


@exception_view_config(KeyReused)
def reused(request: Request) -> Response:
    return problem(request, 422, detail=request.localizer.translate(REUSED), slug="idempotency-key-reused")


@exception_view_config(StillAnswering)
def still_answering(request: Request) -> Response:
    response = problem(request, 409, detail=request.localizer.translate(STILL), slug="still-answering")
    response.retry_after = RETRY_AFTER
    return response


@exception_view_config(TooManyQuestionsError)
def too_many_questions(exc: TooManyQuestionsError, request: Request) -> Response:
    response = problem(request, 429)
    response.retry_after = exc.wait
    return response
