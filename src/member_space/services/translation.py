"""The words of what is no page: messages, files, what a job makes."""

import gettext
from collections.abc import Callable
from functools import cache
from importlib.resources import files

from translationstring import TranslationString

Translate = Callable[[str], str]
"""A text of ours in the language of who reads."""


@cache
def catalogue_in(language: str) -> gettext.NullTranslations:
    """The catalogue of a language; French is the words themselves."""
    return gettext.translation("member_space", str(files("member_space").joinpath("locale")), [language], fallback=True)


def translate_in(language: str) -> Translate:
    """What says words in this language, the values that they carry filled in."""
    words_of = catalogue_in(language).gettext

    def say(words: str) -> str:
        found = words_of(words)
        return str(words.interpolate(found)) if isinstance(words, TranslationString) else found

    return say
