"""What the API answers when it cannot: a problem of RFC 9457, in the language asked for, never a page."""

from collections.abc import Iterable
from typing import Any

from pyramid.request import Request
from pyramid.response import Response
from translationstring import TranslationStringFactory

from member_space.domain.api_scope import Scope
from member_space.views.api.outcome import is_fhir, outcome_of

_ = TranslationStringFactory("member_space")

MEDIA_TYPE = "application/problem+json"
METADATA = "/.well-known/oauth-protected-resource"
"""Where a client learns who gives tokens for this API (RFC 9728)."""
PROBLEMS = {
    400: ("malformed", _("Cette demande ne peut pas être lue.")),
    401: ("unauthorized", _("Un jeton d’accès valable est nécessaire.")),
    403: ("forbidden", _("Ce jeton n’ouvre pas cela.")),
    404: ("not-found", _("Il n’y a rien ici que ce jeton puisse lire.")),
    405: ("method-not-allowed", _("Cette adresse ne connaît pas cette méthode.")),
    406: ("not-acceptable", _("La réponse n’existe qu’en JSON.")),
    409: ("conflict", _("L’objet a changé entre-temps.")),
    413: ("too-large", _("Le corps de la demande est trop grand.")),
    415: ("unsupported-media-type", _("Le corps de la demande doit être en JSON.")),
    422: ("invalid", _("Une valeur ne convient pas.")),
    429: ("too-many-requests", _("Trop de demandes\N{NO-BREAK SPACE}: réessayez plus tard.")),
    500: ("internal-error", _("La panne vient de nous. Réessayez dans quelques minutes.")),
    503: ("unavailable", _("Le service revient dans un instant.")),
}
"""By status: the end of its ``type``, which the page of the document explains, and its title."""
PARTICULAR = {
    "insufficient-scope": (403, "ask the member for the scope named in `WWW-Authenticate`"),
    "still-answering": (409, "a question with this `Idempotency-Key` is being answered: ask again after `Retry-After`"),
    "too-many-drafts": (409, "the member has as many drafts as he may: he sends or erases some first"),
    "idempotency-key-reused": (422, "this `Idempotency-Key` was given with another question: draw a new one"),
    "too-many-messages": (
        429,
        "as many messages of this member as may be sent for now: again after `Retry-After`",
    ),
}
"""Where the status alone says too little: the end of the ``type``, its status, and what that page says to do."""


def problem(
    request: Request,
    status: int,
    *,
    detail: str | None = None,
    errors: Iterable[dict[str, Any]] = (),
    slug: str | None = None,
) -> Response:
    """The answer of this status; asks nothing of the database. In the FHIR façade, an outcome of its own.

    ``errors``: one each value that does not do, ``{"detail", "pointer"}`` in the body or ``{"detail", "parameter"}``.
    ``slug``: one of `PARTICULAR`; KeyError otherwise.
    """
    if is_fhir(request):
        return outcome_of(request, status, told=detail or "")
    kind, title = PROBLEMS.get(status, PROBLEMS[400])
    if slug:
        PARTICULAR[slug]
    body: dict[str, Any] = {
        "type": f"{request.application_url}/api/v1/docs#{slug or kind}",
        "title": request.localizer.translate(title),
        "status": status,
        "instance": request.path,
        "request_id": request.id,
    }
    if detail:
        body["detail"] = detail
    if found := list(errors):
        body["errors"] = found
    response = Response(json_body=body, status=status, content_type=MEDIA_TYPE)
    response.headers["Content-Language"] = request.locale_name
    return response


def unauthorized(request: Request) -> Response:
    """401: no token, or one that opens nothing (any more), and where tokens are given (RFC 6750, 3)."""
    response = problem(request, 401)
    response.headers["WWW-Authenticate"] = _challenge(
        request, **({"error": "invalid_token"} if request.headers.get("Authorization") else {})
    )
    return response


def insufficient_scope(request: Request, scope: Scope | None) -> Response:
    """403: the token is good and does not open this. ``scope``: the one that would, None where none does."""
    if scope is None:
        return problem(request, 403)
    detail = request.localizer.translate(_("Il y faut la portée ${scope}.", mapping={"scope": scope.value}))
    response = problem(request, 403, detail=detail, slug="insufficient-scope")
    response.headers["WWW-Authenticate"] = _challenge(request, error="insufficient_scope", scope=scope.value)
    return response


def _challenge(request: Request, **told: str) -> str:
    told |= {"resource_metadata": f"{request.application_url}{METADATA}"}
    return "Bearer " + ", ".join(f'{name}="{value}"' for name, value in told.items())
