"""The words of what is written without a page: messages, files that a job makes."""

import gettext
from functools import cache
from importlib.resources import files


@cache
def catalogue_in(language: str) -> gettext.NullTranslations:
    """The catalogue of a language; French is the words themselves."""
    return gettext.translation("member_space", str(files("member_space").joinpath("locale")), [language], fallback=True)
