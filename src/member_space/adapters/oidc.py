"""A provider of identity over OpenID Connect, in FranceConnect's shape: authorization code, PKCE, signed tokens."""

import base64
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote_plus, urlencode, urlsplit

from zope.interface import implementer

from member_space.adapters.http import Answer, HttpClient
from member_space.domain.pivot_identity import ProvenIdentity, pivot_of
from member_space.interfaces import IClock, IdentityRefused, IOidc
from member_space.settings import Oidc

SCOPE = "openid given_name family_name birthdate"
"""Nothing that matching does not need."""
LEVEL = "eidas1"
"""FranceConnect wants the level to be asked for."""
ALGORITHMS = ["RS256", "ES256", "PS256"]
"""Of a key that the provider alone holds; never `none`, never one that our own secret could sign."""
KEPT = timedelta(hours=1)
LEEWAY = 60
"""Seconds that two clocks may differ by."""
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri")
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}


@implementer(IOidc)
class OidcProvider:
    """What it says of itself is kept for an hour; its keys are read each time, as they may have been changed."""

    def __init__(self, settings: Oidc, clock: IClock, http: HttpClient | None = None) -> None:
        self._settings = settings
        self._clock = clock
        self._http = http or HttpClient()
        self._known: tuple[datetime, dict[str, Any]] | None = None

    def authorization_url(self, redirect_uri: str, state: str, nonce: str, code_challenge: str) -> str:
        endpoint = self._configuration()["authorization_endpoint"]
        query = {
            "response_type": "code",
            "client_id": self._settings.client_id,
            "redirect_uri": redirect_uri,
            "scope": SCOPE,
            "acr_values": LEVEL,
            "state": state,
            "nonce": nonce,
            "code_challenge": code_challenge,
            "code_challenge_method": "S256",
        }
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(query)}"

    def identity(self, redirect_uri: str, code: str, code_verifier: str, nonce: str) -> ProvenIdentity:
        tokens = self._exchange(redirect_uri, code, code_verifier)
        keys = _json(self._get("jwks_uri"))
        proved = self._verified(tokens.get("id_token"), keys, nonce={"essential": True, "value": nonce})
        told = self._user_info(tokens.get("access_token"), keys)
        if told.get("sub") != proved["sub"]:
            raise IdentityRefused("the user info is somebody else's")
        names = (told.get(name) for name in ("family_name", "given_name", "birthdate"))
        return ProvenIdentity(
            proved["iss"], proved["sub"], pivot_of(*(name if isinstance(name, str) else "" for name in names))
        )

    def _configuration(self) -> dict[str, Any]:
        now = self._clock.now()
        if self._known and now - self._known[0] < KEPT:
            return self._known[1]
        found = _json(self._ask("GET", f"{self._settings.issuer}/.well-known/openid-configuration", {}))
        if str(found.get("issuer")).rstrip("/") != self._settings.issuer:
            raise ConnectionError("the provider says it is another one")
        scheme = urlsplit(self._settings.issuer).scheme
        if any(not str(found.get(name)).startswith(f"{scheme}://") for name in ENDPOINTS):
            raise ConnectionError("the provider does not say where it answers")
        self._known = now, found
        return found

    def _exchange(self, redirect_uri: str, code: str, code_verifier: str) -> dict[str, Any]:
        ours = self._settings
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": code_verifier,
        }
        headers = dict(FORM)
        if "client_secret_basic" in self._configuration().get(
            "token_endpoint_auth_methods_supported", ["client_secret_basic"]
        ):
            pair = f"{quote_plus(ours.client_id)}:{quote_plus(ours.client_secret)}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        else:
            form |= {"client_id": ours.client_id, "client_secret": ours.client_secret}
        answer = self._ask(
            "POST", self._configuration()["token_endpoint"], headers, urlencode(form).encode(), refusals=True
        )
        if answer.status != 200:
            raise IdentityRefused(f"the code was refused: {answer.status}")
        return _json(answer)

    def _user_info(self, access_token: Any, keys: Any) -> Mapping[str, Any]:
        """JSON, or a signed token as FranceConnect does."""
        answer = self._get("userinfo_endpoint", {"Authorization": f"Bearer {access_token}"})
        if answer.content_type == "application/jwt":
            return self._verified(answer.body.decode("ascii", "replace"), keys, dated=False)
        return _json(answer)

    def _verified(self, token: Any, keys: Any, *, dated: bool = True, **more: Any) -> dict[str, Any]:
        """The claims of a token signed by the provider, for us, at this moment."""
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet
        from joserfc.jwt import JWTClaimsRegistry, decode

        issuer, us = self._configuration()["issuer"], self._settings.client_id
        if dated:
            more |= {"exp": {"essential": True}, "iat": {"essential": True}}
        rules = JWTClaimsRegistry(
            now=int(self._clock.now().timestamp()),
            leeway=LEEWAY,
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": us},
            sub={"essential": True},
            **more,
        )
        try:
            claims: dict[str, Any] = decode(str(token), KeySet.import_key_set(keys), algorithms=ALGORITHMS).claims
            rules.validate(claims)
        except (JoseError, ValueError, TypeError, KeyError) as fault:
            raise IdentityRefused(f"a token proves nothing: {type(fault).__name__}") from None
        # OpenID Connect Core §3.1.3.7: of several audiences, the one that it was made for.
        if claims["aud"] not in (us, [us]) and claims.get("azp") != us:
            raise IdentityRefused("a token was made for somebody else")
        if not isinstance(claims["sub"], str):
            raise IdentityRefused("a token is of nobody")
        return claims

    def _get(self, endpoint: str, headers: Mapping[str, str] | None = None) -> Answer:
        return self._ask("GET", self._configuration()[endpoint], headers or {})

    def _ask(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None, *, refusals: bool = False
    ) -> Answer:
        """An answer of 200; with `refusals`, of 4xx too."""
        answer = self._http.ask(method, url, headers, body)
        if answer.status == 200 or (refusals and 400 <= answer.status < 500):
            return answer
        raise ConnectionError(f"the provider answered {answer.status}")


def _json(answer: Answer) -> dict[str, Any]:
    try:
        found = json.loads(answer.body)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise ConnectionError("the provider did not answer with JSON")
    return found
