"""Asking another server over HTTP: seconds counted, no redirect followed, an answer of a bounded size."""

from collections.abc import Mapping
from dataclasses import dataclass

import urllib3

CONNECT, READ = 3.0, 10.0
"""Seconds to reach a server, and that it may take between two bytes of its answer."""
LARGEST = 1_000_000


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    content_type: str
    """Without its parameters, in lower case."""
    body: bytes


class HttpClient:
    """Keeps its connections; threads share it."""

    def __init__(self, connect: float = CONNECT, read: float = READ) -> None:
        self._pool = urllib3.PoolManager(timeout=urllib3.Timeout(connect=connect, read=read), retries=False)

    def ask(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None) -> Answer:
        """The answer, whatever its status; raise ConnectionError where there was none, or a larger one than ours."""
        try:
            answer = self._pool.request(
                method, url, body=body, headers=dict(headers), redirect=False, preload_content=False
            )
            try:
                content = answer.read(LARGEST + 1)
            finally:
                # Read whole, the connection is kept for the next; else it is closed.
                answer.release_conn() if answer.closed else answer.close()
        except urllib3.exceptions.HTTPError as fault:
            raise ConnectionError(type(fault).__name__) from None
        if len(content) > LARGEST:
            raise ConnectionError("the answer is too large")
        kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        return Answer(answer.status, kind, content)
