"""The words of a message: its templates, in its language, as text and as HTML.

A mail is `emails/<kind>/subject.txt.jinja2` and `emails/<kind>/body.jinja2`, the body written once and laid by two
frames (`emails/_base.*`, with the pieces of `emails/_parts.*`); an SMS is `sms/<kind>.txt.jinja2`. A hole in a message
is an error wherever it runs: nothing leaves half written.
"""

import re
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from babel.dates import format_date
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from member_space.domain.dates import date_short
from member_space.domain.notices import ABOUT_A_REQUEST, NoticeKind
from member_space.services.translation import catalogue_in
from member_space.settings import Settings

_IN_AN_SMS = str.maketrans({"\u00a0": " ", "\u202f": " ", "’": "'", "•": "*"})
"""Marks of our typography that the alphabet of SMS has not: one of them would halve what a message holds."""
_CONTROLS = re.compile(r"[\x00-\x20\x7f\x85\u2028\u2029]+")


@dataclass(frozen=True, slots=True)
class Mail:
    """`subject` is one line whatever was put in it."""

    subject: str
    text: str
    html: str


def write_mail(
    settings: Settings, kind: NoticeKind, language: str, to: str, values: dict[str, Any], secret: dict[str, str]
) -> Mail:
    """The mail of a kind for this address, which its footer names (C15); `values` and `secret` as notify took them."""
    by_mail = settings.mail.replies == "thread" and takes_replies(settings, kind, values)
    known = _known(settings, values, secret) | {"to": to, "takes_replies": by_mail}
    subject = _render(language, "txt", f"emails/{kind.value}/subject.txt.jinja2", known)
    body = f"emails/{kind.value}/body.jinja2"
    text, html = (_render(language, form, body, known) for form in ("txt", "html"))
    return Mail(one_line(subject), re.sub(r"\n{3,}", "\n\n", text).strip() + "\n", html)


def takes_replies(settings: Settings, kind: NoticeKind, values: dict[str, Any]) -> bool:
    """Whether a mail of this kind is answered at an address of its own: it tells of one request, not of several."""
    return bool(settings.mail.reply_mailbox) and kind in ABOUT_A_REQUEST and values.get("count", 1) == 1


def write_sms(
    settings: Settings, kind: NoticeKind, language: str, values: dict[str, Any], secret: dict[str, str]
) -> str:
    """The SMS of a kind: its last line names the site, as phones that fill codes in want it (« @site #123456 »)."""
    words = _render(language, "txt", f"sms/{kind.value}.txt.jinja2", _known(settings, values, secret))
    return words.translate(_IN_AN_SMS).strip()


def one_line(words: str) -> str:
    """The same words without any line break nor other control character: a header can hold them."""
    return _CONTROLS.sub(" ", words).strip()


def _known(settings: Settings, values: dict[str, Any], secret: dict[str, str]) -> dict[str, Any]:
    """What every template may use. `count`: how many messages of this kind it stands for."""
    known = {"count": 1, "takes_replies": False, **values, **secret}
    if "link" in values:
        # The code is behind the #, which no browser sends: neither our logs nor a mail scanner's hold it.
        code = f"#{secret['code']}" if "code" in secret else ""
        known["address"] = f"{settings.site_url}{values['link']}{code}"
    site = {"site": urlsplit(settings.site_url).hostname, "site_url": settings.site_url}
    return known | {"brand": settings.brand} | site


def _render(language: str, form: str, template: str, known: dict[str, Any]) -> str:
    return _environment(language, form).get_template(template).render(**known, form=form, language=language)


def _long(day: str, language: str) -> str:
    """« 12 mars 2026 », of a date in ISO form as values hold it."""
    return str(format_date(date.fromisoformat(day), "d MMMM y", locale=language))


def _short(day: str) -> str:
    """« 12/03/2026 »: in the letters that an SMS has."""
    return date_short(date.fromisoformat(day))


@cache
def _environment(language: str, form: str) -> Environment:
    """`form`: html, where values are escaped, or txt, where an apostrophe stays one."""
    environment = Environment(
        loader=FileSystemLoader(str(files("member_space.templates").joinpath(""))),
        extensions=["jinja2.ext.i18n"],
        undefined=StrictUndefined,
        autoescape=form == "html",  # noqa: S701 - text is no HTML
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"date_long": partial(_long, language=language), "date_short": _short}
    environment.policies["ext.i18n.trimmed"] = True
    environment.install_gettext_translations(catalogue_in(language), newstyle=True)  # type: ignore[attr-defined]
    return environment
