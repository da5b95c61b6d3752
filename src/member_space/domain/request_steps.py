"""The pages of a journey, in order: one question a page, six screens at most from the object to the sending (C63)."""

from collections.abc import Sequence
from enum import StrEnum

from member_space.domain.request import RequestKind


class Page(StrEnum):
    """A page on which a draft is written; the object was chosen before, on a page of its own."""

    CARE = "care"
    LINES = "lines"
    PIECES = "pieces"
    WORDS = "words"
    REVIEW = "review"


class Form(StrEnum):
    """The questions that an object alone asks: `form` in the catalogue."""

    LINE = "line"
    HOSPITAL = "hospital"
    PERSON = "person"
    REMOVAL = "removal"
    LINK = "link"


ABOUT_A_LINE = (Page.CARE, Page.WORDS, Page.PIECES, Page.REVIEW)
_BY_FORM: dict[str | None, Sequence[Page]] = {
    Form.LINE: ABOUT_A_LINE,
    Form.LINK: (Page.REVIEW,),
    Form.HOSPITAL: (Page.CARE, Page.PIECES, Page.WORDS, Page.REVIEW),
}
_BY_KIND: dict[RequestKind, Sequence[Page]] = {
    RequestKind.CLAIM: (Page.CARE, Page.PIECES, Page.WORDS, Page.REVIEW),
    RequestKind.QUOTE: (Page.CARE, Page.LINES, Page.PIECES, Page.WORDS, Page.REVIEW),
    RequestKind.CHANGE: (Page.CARE, Page.PIECES, Page.WORDS, Page.REVIEW),
    RequestKind.COMPLAINT: (Page.WORDS, Page.PIECES, Page.REVIEW),
    RequestKind.MESSAGE: (Page.WORDS, Page.PIECES, Page.REVIEW),
}


def pages_of(kind: RequestKind, form: str | None) -> Sequence[Page]:
    """The pages of a draft of this kind, whose object has this form."""
    return _BY_FORM.get(form) or _BY_KIND[kind]


def words_required(kind: RequestKind, topic: str, form: str | None) -> bool:
    """Whether the text is what is asked (S-HCR-58), rather than a word besides."""
    if form == Form.LINE:
        return topic == "claim.question"
    return kind in (RequestKind.QUOTE, RequestKind.COMPLAINT, RequestKind.MESSAGE)
