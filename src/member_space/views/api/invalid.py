"""What the published document does not allow: a question that is not so, told value by value; an answer, our fault."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import structlog
from openapi_core.templating.media_types.exceptions import MediaTypeNotFound
from openapi_core.validation.request.exceptions import MissingRequiredRequestBody, ParameterValidationError
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import exception_view_config
from pyramid_openapi3.exceptions import RequestValidationError, ResponseValidationError
from translationstring import TranslationString

from member_space.views.api.problem import problem

log = structlog.get_logger(__name__)


class Unfit(ValueError):  # noqa: N818 - a question as much as an error
    """A value that has the right shape and means nothing here. ``words``: what to do about it, to translate;
    ``choices``: values that may have been meant."""

    def __init__(self, parameter: str, words: TranslationString, *, choices: Sequence[str] = ()) -> None:
        super().__init__(parameter)
        self.parameter, self.words, self.choices = parameter, words, choices


@exception_view_config(Unfit)
def unfit(exc: Unfit, request: Request) -> Response:
    told: dict[str, Any] = {"detail": request.localizer.translate(exc.words), "parameter": exc.parameter}
    return problem(request, 422, errors=[told | ({"choices": list(exc.choices)} if exc.choices else {})])


@exception_view_config(RequestValidationError)
def invalid(exc: RequestValidationError, request: Request) -> Response:
    """415 for another kind of body, otherwise 422 with each value that does not do."""
    if any(isinstance(error.__cause__, MediaTypeNotFound) for error in exc.errors):
        return problem(request, 415)
    return problem(request, 422, errors=told(exc.errors))


@exception_view_config(ResponseValidationError)
def answered_wrong(exc: ResponseValidationError, request: Request) -> Response:
    """The answer is held back: what the document does not promise is not sent."""
    log.error("an answer is not what the document says", route=request.matched_route.name, errors=list(_named(exc)))
    return problem(request, 500)


def _named(exc: ResponseValidationError) -> Iterator[str]:
    """Where, and which rule; never the value, which is somebody's."""
    for error in exc.errors:
        for found in getattr(error.__cause__, "schema_errors", None) or ():
            yield f"{_pointer(found)} {found.validator}"
        yield type(error).__name__


def told(errors: Iterable[Any]) -> Iterator[dict[str, str]]:
    """Each fault with its place: the name of a parameter, or a JSON pointer (RFC 6901) in the body."""
    for error in errors:
        place = {"parameter": error.name} if isinstance(error, ParameterValidationError) else {}
        causes = getattr(error.__cause__, "schema_errors", None)
        if isinstance(error, MissingRequiredRequestBody) or not causes:
            yield {"detail": str(error)} | (place or {"pointer": "#"})
            continue
        for cause in causes:
            yield {"detail": cause.message} | (place or {"pointer": _pointer(cause)})


def _pointer(error: Any) -> str:
    return "#" + "".join(f"/{part}".replace("~", "~0") for part in error.absolute_path)
