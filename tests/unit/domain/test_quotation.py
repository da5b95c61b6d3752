"""Words of before within a message: marked as they are written, told apart when they are shown."""

from hypothesis import given
from hypothesis import strategies as st

from member_space.domain.quotation import parts_of, quoted

TALK = "Ma question\n\nÉchange :\n\n> Nadia : Bonjour\n> encore\n\n> Camille : Oui.\n\nMerci"


def test_each_run_is_told_apart_without_its_marks():
    assert list(parts_of(TALK)) == [
        (False, "Ma question\n\nÉchange :"),
        (True, "Nadia : Bonjour\nencore"),
        (True, "Camille : Oui."),
        (False, "Merci"),
    ]


def test_a_message_that_quotes_nothing_is_itself():
    assert list(parts_of("Bonjour,\n\n  3 > 2\n")) == [(False, "Bonjour,\n\n  3 > 2")]
    assert list(parts_of("")) == []


@given(st.text())
def test_what_is_quoted_is_one_run_of_the_same_lines(text):
    assert list(parts_of(quoted(text))) == ([(True, "\n".join(text.splitlines()))] if text.splitlines() else [])


@given(st.text())
def test_no_word_is_lost(text):
    words = "".join(words for _is_quoted, words in parts_of(text))
    assert sorted(words.replace("\n", "").replace(" ", "").replace(">", "")) == sorted(
        text.replace("\n", "").replace(" ", "").replace(">", "")
    )
