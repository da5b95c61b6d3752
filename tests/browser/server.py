"""The application over HTTP, for a browser of this machine."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from pyramid.router import Router
from waitress import wasyncore
from waitress.server import create_server


@contextmanager
def serve(app: Router) -> Iterator[str]:
    """Serve the application on a free port of this machine; gives the address."""
    server = create_server(app, host="127.0.0.1", port=0, threads=8, clear_untrusted_proxy_headers=True)
    thread = threading.Thread(target=server.run, name="the served application", daemon=True)
    thread.start()
    try:
        # By a name: a passkey is for the site of one, and never for an address.
        url = f"http://localhost:{server.effective_port}"
        app.registry.member_space = replace(app.registry.member_space, site_url=url)
        yield url
    finally:
        # The answers under way first: one that ends later wakes the loop by a descriptor that is another's by then.
        server.task_dispatcher.shutdown()
        # The loop ends by itself when nothing is left to listen to; only its own thread may take that away, all of it
        # whatever a browser that goes does to its connection meanwhile.
        server.trigger.pull_trigger(lambda: wasyncore.close_all(server._map, ignore_all=True))
        thread.join()
