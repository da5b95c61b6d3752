"""What is asked of the virtual adviser, and what is said of its answers, as people send them."""

from collections.abc import Mapping
from uuid import UUID

from translationstring import TranslationString, TranslationStringFactory

from member_space.domain.adviser import QUESTION_MAX
from member_space.forms.message import read_key, text_in, too_long

_ = TranslationStringFactory("member_space")

NO_QUESTION = _("Écrivez votre question.")
NO_OBJECT = _("Choisissez ce dont vous voulez parler.")
ABOUT_MAX = 80
"""Characters of what a button names: a kind, an id and a rank."""


def read_question(posted: Mapping[str, str]) -> tuple[str, TranslationString | None]:
    """The question, and what is wrong with it."""
    question = text_in(posted, "question")
    return question, _short(question) if question else NO_QUESTION


def read_word(posted: Mapping[str, str]) -> tuple[str, TranslationString | None]:
    """The word left beside an opinion, which may be empty, and what is wrong with it."""
    word = text_in(posted, "mot")
    return word, _short(word)


def read_handover(
    posted: Mapping[str, str], topics: Mapping[str, str]
) -> tuple[str | None, str, UUID, dict[str, TranslationString]]:
    """The object, what is added, the key, and what is wrong by field. ``topics``: the codes that are offered."""
    words, topic = text_in(posted, "texte"), posted.get("objet", "")
    problem = too_long(words)
    errors = {"texte": problem} if problem else {}
    if topic not in topics:
        errors["objet"] = NO_OBJECT
    return topic if topic in topics else None, words, read_key(posted), errors


def read_about(posted: Mapping[str, str]) -> str:
    """What the button that was clicked named."""
    return posted.get("a", "")[:ABOUT_MAX]


def _short(text: str) -> TranslationString | None:
    if len(text) <= QUESTION_MAX:
        return None
    return _(
        "Votre texte fait ${length} caractères\N{NO-BREAK SPACE}: gardez-en ${most}, ou écrivez à un conseiller.",
        mapping={"length": len(text), "most": QUESTION_MAX},
    )
