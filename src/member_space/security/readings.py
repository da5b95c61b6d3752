"""No page shows somebody else's data without saying so: « Qui a consulté mon dossier », by construction (C157).

The services that take data of a person out of the database note him on the household through which they were asked
(`Household.note`), and those that load a member for the office on the context's `Shown`. A view names what it shows,
`reads=What.X`, and at the office why, `reason=…`, which the member will read; the persons noted while it ran are then
written down, in its own transaction. A view that names nothing and whose services noted somebody fails, whatever it
shows.
"""

from collections.abc import Callable, Mapping
from typing import Any

from pyramid.interfaces import ISecurityPolicy
from pyramid.request import Request

from member_space.domain.readings import What
from member_space.services.api_access import ApiAccess
from member_space.services.household import Household
from member_space.services.readings import Shown, note_access, note_reading
from member_space.services.sessions import OfficeIdentity

MOST_KEPT = 10_000
"""Readings that a process knows to be written; past them it asks the database again, which knows them all."""
NEEDED = "reads=What.…, and at the office reason=…"


class UndeclaredReadingError(RuntimeError):
    """A view shows data of another person and has no `reads=What.X`; one of the office, no `reason` either."""


def readings_deriver(view: Callable[..., Any], info: Any) -> Callable[..., Any]:
    """Writes down whose data an answer with a body showed."""
    what: What | None = info.options.get("reads")
    reason: str | None = info.options.get("reason")

    def noted(context: Any, request: Request) -> Any:
        response = view(context, request)
        # Known by now where somebody is shown; a static file asks nobody, the more so while the database is away.
        known = request.registry.getUtility(ISecurityPolicy).known_identity(request)
        access = known if isinstance(known, ApiAccess) else None
        others = _shown_through(context) if access else _others_shown(context)
        # Refused with a list beside (422) is shown as well; a redirect and a HEAD of a page show nothing. Through a
        # token a HEAD has the mark of what it would tell: a change is known by it.
        silent = request.method == "HEAD" and not access
        if not others or silent or 300 <= response.status_int < 400:
            return response
        if what is None or (isinstance(request.identity, OfficeIdentity) and not reason):
            raise UndeclaredReadingError(f"the view of {request.matched_route.name} shows others: give it {NEEDED}")
        if access:
            # His own too: through an assistant, somebody else reads them.
            day = request.tools.today()
            if _is_new(request, access.token_id, day, what, *sorted(others)):
                note_access(request.db, access, others, what, request.origin, day)
        else:
            note_reading(request.db, request.identity, others, what, request.origin, reason)
        return response

    return noted


readings_deriver.options = ("reads", "reason")  # type: ignore[attr-defined]  # Pyramid's own protocol


def _is_new(request: Request, *reading: Any) -> bool:
    """Whether this process has not seen this very reading through a token written yet, which it has once this
    transaction is committed: an assistant asks again and again."""
    written: set[tuple[Any, ...]] = request.registry.readings_written
    if reading in written:
        return False
    request.tm.get().addAfterCommitHook(_keep, (written, reading))
    return True


def _keep(committed: bool, written: set[tuple[Any, ...]], reading: tuple[Any, ...]) -> None:
    if committed:
        if len(written) >= MOST_KEPT:
            written.clear()
        written.add(reading)


def _shown_through(context: Any) -> Mapping[int, int | None]:
    """His own too; what is the same for all, as the directory, has no household."""
    household: Household | None = getattr(context, "household", None)
    return household.persons_shown() if household else {}


def _others_shown(context: Any) -> Mapping[int, int | None]:
    household: Household | None = getattr(context, "household", None)
    shown: Shown | None = getattr(context, "shown", None)
    return household.others_shown() if household else shown.persons if shown else {}


def includeme(config: Any) -> None:
    config.registry.readings_written = set()
    config.add_view_deriver(readings_deriver, name="readings", under="step_up")
