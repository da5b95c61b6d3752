"""A provider of identity in FranceConnect's shape, built on authlib's server, run as a process of its own.

    python provider.py CLIENT_ID CLIENT_SECRET REDIRECT_URI

prints its issuer once it listens, and stops when its standard input is closed. Whoever signs in there says who they
are, in the form of the authorization page; the field `fault` makes it lie in its tokens, in the way named.
"""

import base64
import json
import sys
import threading
import time
from dataclasses import dataclass
from types import SimpleNamespace

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import ClientMixin, grants
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import OpenIDCode
from flask import Flask, Response, request
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey
from werkzeug.serving import WSGIRequestHandler, make_server

CLIENT_ID, CLIENT_SECRET, REDIRECT_URI = sys.argv[1:]
KEY = RSAKey.generate_key(2048, {"kid": "of-the-provider", "use": "sig", "alg": "RS256"})
ANOTHER_KEY = RSAKey.generate_key(2048, {"kid": "of-the-provider"})
CLAIMS = ("sub", "family_name", "given_name", "birthdate", "email")

app = Flask("provider")
codes, people, nonces = {}, {}, set()


class Client(ClientMixin):
    def get_client_id(self):
        return CLIENT_ID

    def get_default_redirect_uri(self):
        return REDIRECT_URI

    def get_allowed_scope(self, scope):
        return scope

    def check_redirect_uri(self, redirect_uri):
        return redirect_uri == REDIRECT_URI

    def check_client_secret(self, client_secret):
        return client_secret == CLIENT_SECRET

    def check_endpoint_auth_method(self, method, endpoint):
        return method in ("client_secret_basic", "client_secret_post")

    def check_response_type(self, response_type):
        return response_type == "code"

    def check_grant_type(self, grant_type):
        return grant_type == "authorization_code"


@dataclass
class Code:
    code: str
    redirect_uri: str
    scope: str
    nonce: str
    code_challenge: str
    code_challenge_method: str
    user: SimpleNamespace

    def get_redirect_uri(self):
        return self.redirect_uri

    def get_scope(self):
        return self.scope

    def get_nonce(self):
        return self.nonce

    def get_auth_time(self):
        return int(time.time())

    def get_acr(self):
        return "eidas1"

    def get_amr(self):
        return ["pwd"]


class CodeGrant(grants.AuthorizationCodeGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "client_secret_post")

    def save_authorization_code(self, code, request):
        asked = request.payload.data
        challenge = asked["code_challenge"], asked["code_challenge_method"]
        codes[code] = Code(code, asked["redirect_uri"], asked["scope"], asked["nonce"], *challenge, request.user)

    def query_authorization_code(self, code, client):
        return codes.get(code)

    def delete_authorization_code(self, authorization_code):
        del codes[authorization_code.code]

    def authenticate_user(self, authorization_code):
        return authorization_code.user


def unsigned(claims):
    header, body = (
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in ({"alg": "none"}, claims)
    )
    return (header + b"." + body + b".").decode()


FAULTS = {
    "nonce": lambda claims: claims | {"nonce": "of-another-request"},
    "no nonce": lambda claims: {name: value for name, value in claims.items() if name != "nonce"},
    "audience": lambda claims: claims | {"aud": "another-client"},
    "audiences": lambda claims: claims | {"aud": [CLIENT_ID, "another-client"]},
    "audiences for another": lambda claims: claims | {"aud": [CLIENT_ID, "another-client"], "azp": "another-client"},
    "issuer": lambda claims: claims | {"iss": "https://elsewhere.example"},
    "expired": lambda claims: claims | {"iat": claims["iat"] - 7200, "exp": claims["exp"] - 7200},
    "no expiry": lambda claims: {name: value for name, value in claims.items() if name != "exp"},
    "subject": lambda claims: claims | {"sub": "somebody-else"},
    "no subject": lambda claims: {name: value for name, value in claims.items() if name != "sub"},
    "a subject that is a number": lambda claims: claims | {"sub": 7},
}
SIGNED_OTHERWISE = {
    "signature": lambda claims: jwt.encode({"alg": "RS256", "kid": KEY.kid}, claims, ANOTHER_KEY),
    "a key nobody knows": lambda claims: jwt.encode({"alg": "RS256", "kid": "unknown"}, claims, ANOTHER_KEY),
    "our own secret": lambda claims: jwt.encode(
        {"alg": "HS256", "kid": KEY.kid}, claims, OctKey.import_key(CLIENT_SECRET.ljust(32, "."))
    ),
    "none": unsigned,
    "no token": lambda claims: "",
}


class Tokens(OpenIDCode):
    def exists_nonce(self, nonce, request):
        return nonce in nonces

    def resolve_client_private_key(self, client):
        return KEY

    def get_client_claims(self, client):
        return {"iss": issuer(), "aud": CLIENT_ID}

    def get_encode_header(self, client):
        return {"alg": "RS256", "kid": KEY.kid}

    def generate_user_info(self, user, scope):
        return {"sub": user.sub}

    def encode_id_token(self, token, request):
        right = super().encode_id_token(token, request)
        nonces.add(request.authorization_code.nonce)
        fault = request.user.fault
        claims = jwt.decode(right, KEY).claims
        if fault in SIGNED_OTHERWISE:
            return SIGNED_OTHERWISE[fault](claims)
        return jwt.encode({"alg": "RS256", "kid": KEY.kid}, FAULTS[fault](claims), KEY) if fault in FAULTS else right


def save_token(token, request):
    people[token["access_token"]] = request.user


authorization = AuthorizationServer(app, lambda client_id: Client() if client_id == CLIENT_ID else None, save_token)
authorization.register_grant(CodeGrant, [Tokens(require_nonce=True), CodeChallenge(required=True)])


def issuer():
    return f"http://127.0.0.1:{server.port}/api/v2"


@app.get("/api/v2/.well-known/openid-configuration")
def discovery():
    return {
        "issuer": issuer(),
        "authorization_endpoint": f"{issuer()}/authorize",
        "token_endpoint": f"{issuer()}/token",
        "userinfo_endpoint": f"{issuer()}/userinfo",
        "jwks_uri": f"{issuer()}/jwks",
        "response_types_supported": ["code"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "userinfo_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["client_secret_post"],
        "acr_values_supported": ["eidas1"],
    }


@app.get("/api/v2/jwks")
def keys():
    return KeySet([KEY]).as_dict(private=False)


@app.get("/api/v2/authorize")
def who():
    """FranceConnect refuses a request without the level; so does this one."""
    if request.args.get("acr_values") != "eidas1":
        return "acr_values is missing", 400
    authorization.get_consent_grant(end_user=SimpleNamespace(sub=""))
    return "<form method=post>" + "".join(f"<input name={name}>" for name in (*CLAIMS, "fault")) + "<button>"


@app.post("/api/v2/authorize")
def it_is():
    user = SimpleNamespace(**request.form.to_dict())
    user.fault = request.form.get("fault", "")
    agreed = user if user.fault != "refused" else None
    grant = authorization.get_consent_grant(end_user=user)
    return authorization.create_authorization_response(grant_user=agreed, grant=grant)


@app.post("/api/v2/token")
def token():
    return authorization.create_token_response()


@app.get("/api/v2/userinfo")
def user_info():
    user = people.get(request.headers.get("Authorization", "").removeprefix("Bearer "))
    if user is None:
        return {"error": "invalid_token"}, 401
    told = {name: value for name in CLAIMS if (value := getattr(user, name, None)) is not None}
    match user.fault:
        case "json":
            return told
        case "user info of another":
            told["sub"] = "somebody-else"
        case "user info broken":
            return Response("{", content_type="application/json")
        case "user info down":
            return Response("", 503)
    key = ANOTHER_KEY if user.fault == "user info signed by another" else KEY
    signed = jwt.encode({"alg": "RS256", "kid": KEY.kid}, told | {"iss": issuer(), "aud": CLIENT_ID}, key)
    return Response(signed, content_type="application/jwt; charset=utf-8")


class Quiet(WSGIRequestHandler):
    def log(self, *_arguments):
        pass


server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
print(issuer(), flush=True)  # noqa: T201 - what whoever started this process reads
threading.Thread(target=lambda: (sys.stdin.read(), server.shutdown()), daemon=True).start()
server.serve_forever()
