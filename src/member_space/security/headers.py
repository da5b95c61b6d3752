"""The headers that keep every answer closed, whoever made it."""

from collections.abc import Callable
from typing import Any

from pyramid.request import Request
from pyramid.response import Response

FEATURES = (
    "accelerometer", "autoplay", "camera", "display-capture", "encrypted-media", "fullscreen",
    "gyroscope", "hid", "idle-detection", "local-fonts", "magnetometer", "microphone", "midi", "payment",
    "picture-in-picture", "serial", "usb", "xr-spatial-tracking",
)  # fmt: skip

OPEN = ("geolocation", "screen-wake-lock")
"""The search of practitioners asks where one is, on a click; the card's bright page, that the screen stay on."""

FIXED = {
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": ", ".join((*(f"{feature}=()" for feature in FEATURES), *(f"{one}=(self)" for one in OPEN))),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
OF_A_FILE = "default-src 'none'; frame-ancestors 'none'; sandbox"
"""For an answer that is what a member sent, or made of it: whatever it holds, nothing of it runs as ours."""
HSTS = "max-age=31536000"

Handler = Callable[[Request], Response]


def content_security_policy(nonce: str, tiles: str = "") -> str:
    """Ours only, and inline only with this answer's nonce. ``tiles``: the host of a map's images, of the office."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' 'nonce-{nonce}'",
            f"style-src 'self' 'nonce-{nonce}'",
            # Bootstrap's stylesheet draws with data: images, which fetch nothing; refused, they fill the console
            # when the browser meets them before our own stylesheet has replaced them.
            f"img-src 'self' data: {tiles}".rstrip(),
            "font-src 'self'",
            "connect-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "manifest-src 'self'",
            "worker-src 'self'",
        )
    )


def headers_tween(handler: Handler, registry: Any) -> Handler:
    """Outside all the others but the log: what breaks outside the views still leaves as a page, with its headers."""
    secure = registry.member_space.cookie_secure

    def tween(request: Request) -> Response:
        try:
            response = handler(request)
        except Exception:
            # A conflict that will be tried again must travel on; anything else becomes the 500 page.
            response = request.invoke_exception_view()
        headers = response.headers
        headers.update(FIXED)
        # An address that is a secret is told to nobody, not even to ourselves.
        headers.setdefault("Referrer-Policy", "same-origin")
        # What somebody sent has a narrower one of its own (`OF_A_FILE`).
        headers.setdefault("Content-Security-Policy", content_security_policy(request.csp_nonce))
        headers["X-Request-ID"] = request.id
        if secure:
            headers["Strict-Transport-Security"] = HSTS
        # A page may be somebody's: after signing out, the back button shows nothing of it.
        headers.setdefault("Cache-Control", "no-store")
        return response

    return tween
