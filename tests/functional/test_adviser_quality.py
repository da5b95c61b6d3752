"""The adviser's aims, on the questions that were kept apart to measure it."""

import pytest
from click.testing import CliRunner

from member_space.cli import member_space
from member_space.services.adviser_quality import OUT, Labelled, QuestionsError, measure, read_questions, total
from member_space.services.faq_file import load_faq


@pytest.fixture
def loaded(db):
    load_faq(db)
    return db


def test_the_right_answer_is_among_three_and_a_wrong_one_is_rarely_given(loaded, tools):
    scores = measure(loaded, tools, [one for one in read_questions() if one.split == "held"])
    ours, every = total(score for family, score in scores.items() if family != OUT), total(scores.values())
    assert ours.asked >= 200
    assert ours.among / ours.asked >= 0.85, scores
    assert every.wrong / every.asked <= 0.05, scores


def test_both_halves_ask_of_every_entry(loaded):
    asked = [one for one in read_questions() if one.family != OUT]
    halves = [frozenset().union(*(one.intents for one in asked if one.split == split)) for split in ("tune", "held")]
    assert all(len(half) >= 60 for half in halves)


@pytest.mark.parametrize(
    ("text", "intents", "family", "figures"),
    [
        ("télécharger ma carte de tiers payant", {"card-download"}, "card", (1, 1, 1, 0, 0)),
        ("télécharger ma carte de tiers payant", {"account-iban"}, "account", (1, 0, 0, 1, 0)),
        ("je veux mourir", {"out-emergency"}, OUT, (1, 1, 1, 0, 0)),
        ("je veux mourir", {"out-other"}, OUT, (1, 0, 0, 1, 0)),
        ("quelle dose de doliprane", {"card-download"}, "card", (1, 0, 0, 1, 0)),
        ("zzz", {"out-other"}, OUT, (1, 1, 1, 0, 1)),
        ("zzz", {"out-medical"}, OUT, (1, 0, 0, 0, 1)),
    ],
)
def test_what_is_right_wrong_and_not_known(loaded, tools, text, intents, family, figures):
    [score] = measure(loaded, tools, [Labelled(text, frozenset(intents), family, "held")]).values()
    assert (score.asked, score.first, score.among, score.wrong, score.unsure) == figures


def test_a_file_of_questions_that_is_none_is_told(tmp_path):
    path = tmp_path / "questions.toml"
    path.write_text('[[question]]\ntext = "?"\n', "utf-8")
    with pytest.raises(QuestionsError, match=r"questions\.toml"):
        read_questions(path)
    told = CliRunner().invoke(member_space, ["adviser", "quality", "--questions", str(path)])
    assert (told.exit_code, "questions.toml" in told.output) == (2, True)
