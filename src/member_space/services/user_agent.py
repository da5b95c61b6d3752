"""What a browser says it is, in the two words that its owner knows it by: « Firefox », « Windows »."""

from dataclasses import dataclass

KEPT = 400
"""Characters of the header that are read and kept; the rest is no browser's."""
PLAIN = {
    "Mobile Safari": "Safari",
    "Mobile Safari UI/WKWebView": "Safari",
    "Chrome Mobile": "Chrome",
    "Chrome Mobile iOS": "Chrome",
    "Chrome Mobile WebView": "Chrome",
    "Firefox Mobile": "Firefox",
    "Firefox iOS": "Firefox",
    "Edge Mobile": "Edge",
    "Opera Mobile": "Opera",
    "Mac OS X": "macOS",
    "iOS": "iPhone",
    "Ubuntu": "Linux",
    "Fedora": "Linux",
    "Debian": "Linux",
}
"""The library's words for what people call otherwise."""


@dataclass(frozen=True, slots=True)
class Software:
    """The browser and the system, None for one that does not tell."""

    browser: str | None
    system: str | None

    def __str__(self) -> str:
        """« Firefox, Windows »: the same in every language; empty when nothing is known."""
        return ", ".join(word for word in (self.browser, self.system) if word)


def software_of(user_agent: str | None) -> Software:
    """Read the header; what it says is a hint for whoever looks for his own telephone, never a proof."""
    if not user_agent:
        return Software(None, None)
    from ua_parser import parse

    found = parse(user_agent)
    system = _plain(found.os.family) if found.os else None
    if found.device and found.device.family == "iPad":
        system = "iPad"
    return Software(_plain(found.user_agent.family) if found.user_agent else None, system)


def _plain(family: str) -> str | None:
    return None if family == "Other" else PLAIN.get(family, family)
