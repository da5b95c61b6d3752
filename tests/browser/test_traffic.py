"""What goes over the wire. That no other host is asked is checked of every test (conftest.visitor)."""

import pytest

pytestmark = pytest.mark.chromium
LIMIT = 100_000


def test_home_is_under_100_kb_with_everything_it_asks_for(visitor):
    """Bytes of a first visit, headers included."""
    opened = visitor("family").new_page()
    requests = []
    opened.on("requestfinished", lambda request: requests.append(request))
    opened.goto("/", wait_until="networkidle")
    sizes = {request.url: request.sizes() for request in requests}
    weights = {url: size["responseBodySize"] + size["responseHeadersSize"] for url, size in sizes.items()}
    assert len(weights) >= 6, "style sheets, script and images are part of it"
    assert sum(weights.values()) < LIMIT, weights
