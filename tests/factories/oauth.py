"""An application on the other side of our OAuth server: Authlib's own client makes its addresses and verifiers."""

import secrets
from base64 import b64encode
from dataclasses import dataclass, field
from urllib.parse import parse_qs, quote, urlsplit

from authlib.common.security import generate_token
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from sqlalchemy.orm import Session

from member_space.domain.oauth import GRANT_TYPES
from member_space.models import ApiClient
from member_space.services.sessions import hash_token
from tests.factories.api import make_client
from tests.log_guard import Browser, note

BACK = "https://assistant.example/retour"
SCOPE = "reimbursements:read cards:read"


@dataclass(slots=True)
class Peer:
    """An application with a browser to send members in, and its own way to our machines' endpoints."""

    browser: Browser
    client: ApiClient
    secret: str | None
    verifier: str = field(default_factory=lambda: generate_token(48))
    state: str = field(default_factory=lambda: generate_token(20))

    @property
    def basic(self) -> dict[str, str]:
        pair = f"{quote(self.client.client_id)}:{quote(self.secret or '', safe='')}"
        return {"Authorization": "Basic " + b64encode(pair.encode()).decode()}

    def url(self, scope: str | None = SCOPE, **values: str | None) -> str:
        """The path where a member is sent; a value of None is left out."""
        asked = {
            "client_id": self.client.client_id,
            "response_type": "code",
            "redirect_uri": BACK,
            "scope": scope,
            "state": self.state,
            "code_challenge": create_s256_code_challenge(self.verifier),
            "code_challenge_method": "S256",
        } | values
        given = {name: value for name, value in asked.items() if value is not None}
        missing = {name: given.pop(name, "") for name in ("client_id", "response_type")}
        return prepare_grant_uri("/oauth/authorize", **missing, **given)

    def consented(self, ticks: dict[str, list[str]] | None = None, **values: str | None) -> dict[str, str]:
        """What comes back to the application once the member who is signed in agreed."""
        form = self.browser.get(self.url(**values)).forms["consent"]
        for name, ticked in (ticks or {}).items():
            for box in form.fields[name]:
                box.checked = box._value in ticked
        return back_of(form.submit("decision", value="oui"))

    def post(self, path: str, status: int | None = None, **values: str | None):
        """A request of the application itself, with its secret in the header when it has one."""
        given = {name: value for name, value in values.items() if value is not None}
        if self.secret is None:
            given.setdefault("client_id", self.client.client_id)
        headers = self.basic if self.secret else {}
        answer = self.browser.post(path, given, headers=headers, status=status, expect_errors=status is None)
        for name in ("access_token", "refresh_token"):
            if answer.content_type == "application/json" and (token := answer.json.get(name)):
                note(token)
        return answer

    def redeem(self, code: str, status: int | None = None, **values: str | None):
        given = {"code_verifier": self.verifier, "redirect_uri": BACK} | values
        return self.post("/oauth/token", status, grant_type="authorization_code", code=code, **given)

    def refresh(self, token: str, status: int | None = None, **values: str):
        return self.post("/oauth/token", status, grant_type="refresh_token", refresh_token=token, **values)

    def tokens(self, **values) -> dict[str, str]:
        """The tokens of a member who agrees to all."""
        return self.redeem(self.consented(**values)["code"], 200).json


def back_of(page) -> dict[str, str]:
    """What the page « Retour » takes to the application."""
    url = page.html.select_one("main a.btn-primary")["href"]
    assert page.html.select_one("meta[http-equiv=refresh]")["content"] == f"0;url={url}"
    assert url.startswith(BACK + "?")
    found = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    if "code" in found:
        note(found["code"])
    return found


def make_peer(db: Session, browser: Browser, *, confidential: bool = True, **values) -> Peer:
    """Registered with every way to ask that it may have."""
    secret = secrets.token_urlsafe(32) if confidential else None
    if secret:
        note(secret)
    ways = GRANT_TYPES if confidential else ("authorization_code", "refresh_token")
    known = {"secret_hash": hash_token(secret) if secret else None, "redirect_uris": [BACK], "grant_types": list(ways)}
    client = make_client(db, **known | values)
    db.commit()
    return Peer(browser, client, secret)
