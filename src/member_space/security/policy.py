"""Who is there, and what may be done: sessions give the identity, contexts give the ACL."""

from typing import Any

from pyramid.authorization import ACLHelper, Authenticated, Everyone
from pyramid.csrf import new_csrf_token
from pyramid.interfaces import ISecurityPolicy
from pyramid.request import Request, RequestLocalCache
from pyramid.response import Response
from pyramid.security import forget, remember
from webob.cookies import make_cookie

from member_space.interfaces import IClock
from member_space.services.api_access import ApiAccess, note_use, read_access
from member_space.services.sessions import Lifetimes, OfficeIdentity, SignedIn, read_session
from member_space.settings import Settings

UNATTENDED = frozenset({"office_fresh", "messages_fresh", "office_request_presence", "card_phone"})
"""Routes that an open page asks by itself: they are no sign of life, or a screen left alone would never be closed."""
API = "/api/"
"""Beneath it a token in the Authorization header says who asks, and a cookie never does: no page of another site can
make a browser ask there in a member's name."""
CLOSED = "closed"
"""The permission of a view that names none: no ACL grants it."""


def is_api(request: Request) -> bool:
    """Whether this address is one of the API's, be it one that it does not have."""
    return str(request.environ.get("PATH_INFO", "")).startswith(API)


def cookie_name(settings: Settings) -> str:
    """`__Host-` binds the cookie to this host over TLS, so that no sub-domain can plant one."""
    return "__Host-session" if settings.cookie_secure else "session"


class SessionSecurityPolicy:
    """Pyramid's policy over server-side sessions, and over tokens beneath `API`; the identity is read once a request,
    and only with a cookie or a token."""

    def __init__(self, settings: Settings) -> None:
        self._cookie = cookie_name(settings)
        self._lifetimes = Lifetimes.of(settings)
        self._secure = settings.cookie_secure
        self._acl = ACLHelper()
        self._identities = RequestLocalCache(self._load)

    def _load(self, request: Request) -> SignedIn | ApiAccess | None:
        if is_api(request):
            return _access_of(request)
        token = request.cookies.get(self._cookie)
        if not token:
            return None
        now = request.registry.getUtility(IClock).now()
        route = getattr(request, "matched_route", None)
        attended = route is None or route.name not in UNATTENDED
        return read_session(request.db, token, now, self._lifetimes, attended=attended)

    def identity(self, request: Request) -> SignedIn | ApiAccess | None:
        found: SignedIn | ApiAccess | None = self._identities.get_or_create(request)
        return found

    def known_identity(self, request: Request) -> SignedIn | ApiAccess | None:
        """The identity if this request has already read it; never a query."""
        found = self._identities.get(request)
        return found if isinstance(found, SignedIn | ApiAccess) else None

    def set_identity(self, request: Request, identity: SignedIn | None) -> None:
        """Replace what this request knows: after signing in or out, or when the database cannot be asked."""
        self._identities.set(request, identity)

    def authenticated_userid(self, request: Request) -> str | None:
        identity = self.identity(request)
        return identity.principal if identity else None

    def permits(self, request: Request, context: Any, permission: str) -> Any:
        return self._acl.permits(context, self._principals(request), permission)

    def _principals(self, request: Request) -> list[str]:
        identity = self.identity(request)
        if identity is None:
            return [Everyone]
        return [Everyone, Authenticated, identity.role, identity.principal]

    def remember(self, request: Request, userid: str, **kw: Any) -> list[tuple[str, str]]:  # noqa: ARG002 - Pyramid's
        """The cookie of a session; `userid` is the token that services.sign_in gave."""
        return self._cookie_headers(userid)

    def forget(self, request: Request, **kw: Any) -> list[tuple[str, str]]:  # noqa: ARG002 - Pyramid's
        """The cookie that removes the cookie."""
        return self._cookie_headers(None)

    def _cookie_headers(self, token: str | None) -> list[tuple[str, str]]:
        cookie = make_cookie(
            self._cookie, token, max_age=None if token else 0, secure=self._secure, httponly=True, samesite="Lax"
        )
        return [("Set-Cookie", cookie)]


def _access_of(request: Request) -> ApiAccess | None:
    """What the bearer token of this request opens (RFC 6750, 2.1: in the header, never in the address or the body)."""
    scheme, token = request.authorization or ("", "")
    if scheme.lower() != "bearer" or not isinstance(token, str) or not token.strip():
        return None
    now = request.tools.now()
    access = read_access(request.db, token.strip(), now)
    if access:
        note_use(request.db, access, now, request.origin.ip)
    return access


def let_in(request: Request, response: Response, token: str) -> Response:
    """Give the browser its session; nothing from before signing in (identity, CSRF token) is worth anything after."""
    _change_hands(request)
    response.headerlist.extend(remember(request, token))
    return response


def let_out(request: Request, response: Response) -> Response:
    """Take the session from the browser, and with a member's what it kept for him: his card (static/phone.js)."""
    if not isinstance(request.identity, OfficeIdentity):
        response.headers["Clear-Site-Data"] = '"storage"'
    _change_hands(request)
    response.headerlist.extend(forget(request))
    return response


def _change_hands(request: Request) -> None:
    request.registry.getUtility(ISecurityPolicy).set_identity(request, None)
    new_csrf_token(request)
