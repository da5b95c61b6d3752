"""An assistant that asks a member's leave, then lists and explains reimbursements, and hands over to a human.

Nothing of member_space is imported: what an assistant needs is the published document and a kept OAuth library.
"""

import argparse
import os
import secrets
import webbrowser
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import islice
from typing import Any
from urllib.parse import urljoin, urlsplit

import urllib3
from oauthlib.oauth2 import OAuth2Error, WebApplicationClient

BACK = "http://127.0.0.1:8484/retour"
DEMO = {"ASSISTANT_ID": "4c1a7d9e-2f60-4b8e-9d35-0a6b1e8f7c52", "ASSISTANT_SECRET": "hugo-demo-2026"}
"""Its id and its secret: from the environment, or those of the demonstration."""
TOPIC = "message.amount"
"""The object that the office sorts it under."""
SCOPES = ["reimbursements:read", "messages:write"]
http = urllib3.PoolManager(retries=False, timeout=30)


def answer_of(response: urllib3.BaseHTTPResponse) -> Any:
    """The JSON of a success; a refusal is a problem (RFC 9457), told in its own words."""
    body = response.json() if response.data else {}
    if response.status >= 400:
        raise SystemExit(f"{response.status} {body.get('title', body.get('error'))} {body.get('detail', '')}")
    return body


def ask_leave(site: str, client_id: str, secret: str) -> str:
    """An access token for what the member allowed, whoever signed in: he does, on the insurer's own page."""
    server = answer_of(http.request("GET", urljoin(site, "/.well-known/oauth-authorization-server")))
    client = WebApplicationClient(client_id)
    verifier, state = client.create_code_verifier(64), secrets.token_urlsafe(16)
    client.create_code_challenge(verifier, "S256")
    address = client.prepare_request_uri(
        server["authorization_endpoint"],
        redirect_uri=BACK,
        scope=SCOPES,
        state=state,
        code_challenge=client.code_challenge,
        code_challenge_method="S256",
    )
    print(f"Open this page and allow:\n  {address}\n", flush=True)
    webbrowser.open(address)
    came_back = wait_for_the_way_back()
    try:
        answer = client.parse_request_uri_response(came_back, state=state)
    except OAuth2Error as refusal:
        raise SystemExit(f"Not allowed: {refusal.error}") from None
    if answer.get("iss") != server["issuer"]:
        raise SystemExit("Not allowed: another server answered")
    body = client.prepare_request_body(redirect_uri=BACK, code_verifier=verifier)
    headers = urllib3.make_headers(basic_auth=f"{client_id}:{secret}")
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    token = answer_of(http.request("POST", server["token_endpoint"], body=body, headers=headers | form))
    print(f"Allowed: {token['scope']}, for {token['expires_in']} s\n")
    return str(token["access_token"])


def wait_for_the_way_back() -> str:
    """The address that the browser is sent back to, with the code or the refusal."""
    found: list[str] = []

    class WayBack(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.append(urljoin(BACK, self.path))
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; charset=utf-8")
            self.end_headers()
            self.wfile.write("C’est fait, vous pouvez fermer cette page.".encode())

        def log_message(self, *_arguments: object) -> None:
            """Silent: its line would show the code."""

    with HTTPServer(("127.0.0.1", 8484), WayBack) as server:
        server.handle_request()
    return found[0]


class Space:
    """The member's space, as far as the token opens it."""

    def __init__(self, site: str, token: str) -> None:
        self._api, self._headers = urljoin(site, "/api/v1/"), {"Authorization": f"Bearer {token}"}

    def get(self, path: str, **query: str) -> Any:
        return answer_of(http.request("GET", urljoin(self._api, path), fields=query, headers=self._headers))

    def post(self, path: str, body: dict[str, Any]) -> Any:
        # The same key when the same call is made again: it is done once.
        headers = self._headers | {"Idempotency-Key": secrets.token_urlsafe(16)}
        return answer_of(http.request("POST", urljoin(self._api, path), json=body, headers=headers))

    def reimbursements(self) -> Iterator[dict[str, Any]]:
        """Each line, the latest first, page after page."""
        query: dict[str, str] = {}
        while True:
            page = self.get("reimbursements", **query)
            yield from page["lines"]
            if not page["page"]["next"]:
                return
            query = {"cursor": page["page"]["next"]}


def told(line: dict[str, Any]) -> str:
    """One line of the list: the nature of care is null where its person keeps it to himself."""
    label = (line["care"] or {}).get("label") or "Soin"
    return f"{line['care_date']}  {label[:40]:40} {line['our_share']['amount']:>9} €"


def explained(answer: dict[str, Any]) -> str:
    """Who pays the price of one line, as the engine tells it: no amount is ours."""
    return "\n".join(f"  {part['title']:40} {part['amount']['amount']:>9} €" for part in answer["parts"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--site", default="http://localhost:6543")
    parser.add_argument("--hand-over", metavar="QUESTION", help="then write to the office, with the talk")
    arguments = parser.parse_args()
    if urlsplit(arguments.site).hostname in ("localhost", "127.0.0.1"):
        # The library asks for https; on the loopback nobody listens between.
        os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"
    client_id, secret = (os.environ.get(name, default) for name, default in DEMO.items())
    space = Space(arguments.site, ask_leave(arguments.site, client_id, secret))
    lines = list(islice(space.reimbursements(), 10))
    print("\n".join(told(line) for line in lines) or "No reimbursement that I may read.")
    talk = []
    # Where a person keeps the nature of care to himself, a line has amounts and no explanation.
    explicable = next((line for line in lines if line["care"]), None)
    if explicable:
        answer = space.get(f"reimbursements/{explicable['id']}")
        print(f"\nThe latest, {answer['source']['url']}:\n{explained(answer)}")
        # Columns are for a terminal: people at the office read it in another type.
        plain = "\n".join(" ".join(line.split()) for line in explained(answer).splitlines())
        talk = [{"from": "assistant", "text": plain}]
    if arguments.hand_over:
        question = {"topic": TOPIC, "question": arguments.hand_over, "transcript": talk}
        done = space.post("handover", question)
        print(f"\nThe office has it: request {done['request']['number']}\n{done['office']['status']}")


if __name__ == "__main__":
    main()
