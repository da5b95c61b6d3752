"""The geocoder of the Base adresse nationale, on the Géoplateforme of the IGN: by files of addresses, or one by one.

It takes no key, and fifty requests a second from one place. It answers 429 or 5xx when it is busy: it is then asked
again, later and later. Nothing but a place is told to it.
"""

import csv
import io
import time
from collections.abc import Callable, Sequence
from typing import Any, NoReturn, TypeVar
from urllib.parse import urlsplit

import urllib3
from geopy.adapters import AdapterHTTPError, URLLibAdapter, get_retry_after
from geopy.exc import GeopyError
from geopy.geocoders import BANFrance
from zope.interface import implementer

from member_space.adapters.http import HttpClient
from member_space.domain.geo import Point
from member_space.domain.geocoding import Address, Answer
from member_space.interfaces import IGeocoder

_T = TypeVar("_T")
PACE = 1 / 50
WAITS = (1.0, 2.0, 4.0, 8.0, 16.0)
"""Seconds before each further try."""
LONGEST_WAIT = 60.0
READ = 120.0
"""Seconds that a file of addresses may take to be answered."""
AGENT = "member-space"
_COLUMNS = ("street", "postcode", "insee", "town")


class BusyError(Exception):
    """The service asks to come back. `after`: in how many seconds, when it says so."""

    def __init__(self, after: float | None) -> None:
        super().__init__("the geocoder is busy")
        self.after = after


@implementer(IGeocoder)
class BanGeocoder:
    """`url`: where `/search` and `/search/csv` are. `sleep`, `clock`: seconds, so that a test waits for nothing."""

    def __init__(
        self,
        url: str,
        *,
        http: HttpClient | None = None,
        sleep: Callable[[float], Any] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._url = url.rstrip("/")
        parts = urlsplit(self._url)
        # geopy's own default left the web in January 2026.
        self._one = BANFrance(
            domain=parts.netloc + parts.path,
            scheme=parts.scheme,
            user_agent=AGENT,
            timeout=10,
            # The other one asks again by itself, as long as it is told to wait.
            adapter_factory=URLLibAdapter,
        )
        self._http = http or HttpClient(read=READ)
        self._sleep, self._clock = sleep, clock
        self._next = 0.0

    def locate_all(self, addresses: Sequence[Address]) -> list[Answer | None]:
        """See IGeocoder. A file of the documented form: the columns to search, those that narrow it, and back."""
        if not addresses:
            return []
        body, content_type = urllib3.encode_multipart_formdata(
            [
                ("data", ("addresses.csv", _csv_of(addresses), "text/csv")),
                ("columns", "street"),
                ("columns", "town"),
                ("postcode", "postcode"),
                ("citycode", "insee"),
            ]
        )

        def ask() -> list[Answer | None]:
            answer = self._http.ask(
                "POST", f"{self._url}/search/csv", {"Content-Type": content_type, "User-Agent": AGENT}, body
            )
            if _is_busy(answer.status):
                raise BusyError(None)
            if answer.status != 200:
                raise ConnectionError(f"the geocoder answers {answer.status}")
            return _answers_of(answer.body, len(addresses))

        return self._asked(ask)

    def locate(self, address: Address) -> Answer | None:
        """See IGeocoder. Neither postcode nor commune: a wrong one would hide the right street."""

        def ask() -> Answer | None:
            try:
                found = self._one.geocode(f"{address.street} {address.town}", limit=1)
            except GeopyError as fault:
                _refused(fault.__cause__, type(fault).__name__)
            return _answer_of(found.raw["properties"], found.latitude, found.longitude) if found else None

        return self._asked(ask)

    def _asked(self, ask: Callable[[], _T]) -> _T:
        """Ask no sooner than the pace allows, and again when the service is busy; ConnectionError when it stays so."""
        waits = iter(WAITS)
        while True:
            now = self._clock()
            if now < self._next:
                self._sleep(self._next - now)
            self._next = max(now, self._next) + PACE
            try:
                return ask()
            except BusyError as busy:
                wait = next(waits, None)
                if wait is None:
                    raise ConnectionError("the geocoder stays busy") from None
                self._sleep(min(max(busy.after or 0.0, wait), LONGEST_WAIT))


def _refused(cause: BaseException | None, name: str) -> NoReturn:
    """Raise what a fault of geopy means: BusyError when asking again may help."""
    if isinstance(cause, AdapterHTTPError) and _is_busy(cause.status_code):
        raise BusyError(get_retry_after(cause.headers)) from None
    raise ConnectionError(name) from None


def _is_busy(status: int) -> bool:
    return status == 429 or status >= 500


def _csv_of(addresses: Sequence[Address]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows((one.street, one.postcode, one.insee, one.town) for one in addresses)
    return out.getvalue().encode()


def _answers_of(body: bytes, count: int) -> list[Answer | None]:
    """An answer a line; ConnectionError for what is not the documented table."""
    try:
        rows = list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))
        answers = [
            _answer_of(
                {
                    "score": row["result_score"],
                    "type": row["result_type"],
                    "citycode": row["result_citycode"],
                    "oldcitycode": row.get("result_oldcitycode"),
                },
                row["latitude"],
                row["longitude"],
            )
            if row["latitude"]
            else None
            for row in rows
        ]
    except (UnicodeDecodeError, KeyError, TypeError, ValueError, csv.Error):
        raise ConnectionError("the geocoder answers something else than its table") from None
    if len(answers) != count:
        raise ConnectionError("the geocoder answers another number of lines")
    return answers


def _answer_of(facts: dict[str, Any], latitude: Any, longitude: Any) -> Answer:
    codes = (facts.get("citycode"), facts.get("oldcitycode"))
    try:
        return Answer(
            Point(float(latitude), float(longitude)),
            float(facts["score"]),
            str(facts["type"]),
            frozenset(code for code in codes if code),
        )
    except (KeyError, TypeError, ValueError):
        raise ConnectionError("the geocoder answers something else than a place") from None
