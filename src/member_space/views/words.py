"""The translation of what templates say, kept once found: a page asks for two hundred words, always the same ones."""

from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup
from pyramid.i18n import Localizer
from pyramid.threadlocal import get_current_request
from translationstring import TranslationString

DOMAIN = "member_space"
_found: dict[tuple[str, str], str] = {}


def data_words(text: str) -> str:
    """French words that are data (the label of a family, the meaning of a fund's answer) in the language of the page.

    As they are where nobody translated them; the page escapes them.
    """
    return _translated(get_current_request().localizer, text)


def _translated(localizer: Localizer, text: str) -> str:
    key = (localizer.locale_name, text)
    words = _found.get(key)
    if words is None:
        words = _found[key] = str(localizer.translate(text, domain=DOMAIN))
    return words


@pass_context
def gettext(context: Context, message: str, **variables: Any) -> str:
    """The words of `message` in the language of the page, `%(name)s` filled in and escaped where the page escapes.

    Words that carry values of their own (`${name}`) are filled in too, and left to the page to escape.
    """
    localizer: Localizer = get_current_request().localizer
    if isinstance(message, TranslationString) and message.mapping:
        return str(localizer.translate(message))
    words = _translated(localizer, str(message))
    if context.eval_ctx.autoescape:
        words = Markup(words)  # noqa: S704 - our own words; what fills them in is escaped
    # A template's own text doubles its percent signs, and only a text with variables is formatted.
    return words % variables if variables else words.replace("%%", "%")
