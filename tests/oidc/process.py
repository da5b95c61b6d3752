"""Starts the provider of provider.py, and plays the person who signs in there."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import urllib3

CLIENT_ID, CLIENT_SECRET = "member-space", "s3cret/of+us & ours"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
BACK = "http://localhost:6543/connexion/oidc/retour"


class Provider:
    """One that runs; `settings` are those of an installation that uses it."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.settings = {
            "oidc.issuer": issuer,
            "oidc.client_id": CLIENT_ID,
            "oidc.client_secret": CLIENT_SECRET,
            "oidc.label": "FranceConnect",
        }

    def come_back(self, authorization_url: str, **who: str) -> dict[str, str]:
        """Sign in there as this person; the parameters with which the browser is sent back to us."""
        answer = urllib3.request(
            "POST", authorization_url, body=urlencode(who), headers=FORM, redirect=False, timeout=60
        )
        assert answer.status == 302, answer.data.decode()
        location = answer.headers["Location"]
        assert location.startswith(BACK)
        return dict(parse_qsl(urlsplit(location).query))


@contextmanager
def running_provider(back: str = BACK) -> Iterator[Provider]:
    """A provider that sends browsers back to this address, and to no other."""
    command = [sys.executable, str(Path(__file__).with_name("provider.py")), CLIENT_ID, CLIENT_SECRET, back]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Provider(process.stdout.readline().strip())
        finally:
            process.stdin.close()
            process.wait(timeout=10)
