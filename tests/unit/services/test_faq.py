"""The adviser's entries: loaded, kept as the office wrote them, found by a question in other words."""

import pytest
from pyramid.config import Configurator
from sqlalchemy import func, select

from member_space.domain.refusal import Refusal
from member_space.models import FaqVersion
from member_space.routes import CONTENT
from member_space.services.card_order import Wish
from member_space.services.faq import faq_entry, find_answers
from member_space.services.faq_edit import entries_of
from member_space.services.faq_file import FaqFileError, load_faq
from tests.factories.office import make_colleague

GIVEN = """
[[entry]]
slug = "one"
family = "card"
question = "Une question ?"
ask = ["autre façon"]
source = "Contrat"
as_of = 2026-11-30
answer = "Appelez le {{phone}}, **vite**."
"""


@pytest.fixture
def loaded(db):
    load_faq(db)
    return db


@pytest.fixture
def given(tmp_path):
    def given(text):
        path = tmp_path / "faq.toml"
        path.write_text(text, "utf-8")
        return path

    return given


def test_the_same_file_again_changes_nothing(loaded):
    assert dict(load_faq(loaded)) == {"new": 0, "changed": 0, "kept": 0}


def test_a_changed_file_is_a_new_version_but_what_the_office_wrote_stays(db, given, tools):
    load_faq(db, given(GIVEN))
    assert load_faq(db, given(GIVEN.replace("vite", "bientôt")))["changed"] == 1
    assert "bientôt" in faq_entry(db, tools, "one", "fr").answer_markdown
    db.scalar(select(FaqVersion).where(FaqVersion.version == 2)).author_id = make_colleague(db, "supervisor").id
    assert dict(load_faq(db, given(GIVEN))) == {"new": 0, "changed": 0, "kept": 1}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("card", "cards"),
        ('slug = "one"', 'slug = "One !"'),
        ("as_of = 2026-11-30", 'as_of = "hier"'),
        ('source = "Contrat"', ""),
        ("[[entry]]", "[[entry"),
    ],
)
def test_a_file_that_cannot_be_read_says_where(db, given, before, after):
    with pytest.raises(FaqFileError, match=r"faq\.toml"):
        load_faq(db, given(GIVEN.replace(before, after)))
    assert db.scalar(select(func.count()).select_from(FaqVersion)) == 0


def test_what_an_answer_says_of_the_insurer_is_filled_in(db, tools, given):
    load_faq(db, given(GIVEN))
    answer = faq_entry(db, tools, "one", "en")
    assert answer.language == "fr"
    assert tools.settings.brand.phone_shown.replace("\xa0", "") in answer.answer_markdown.replace("\xa0", "")


@pytest.mark.parametrize(
    ("question", "slug"),
    [
        ("ou es ma carte de mutuel", "card-download"),
        ("comment résilier svp", "contract-terminate"),
        ("change my bank account", "account-iban"),
    ],
)
def test_an_entry_is_found_by_other_words(loaded, tools, question, slug):
    assert slug in [one.slug for one in find_answers(loaded, tools, question, locale="fr").answers]


@pytest.mark.parametrize(
    ("question", "slug"),
    [
        ("jé perdu ma carte vitale je fé quoi", "card-vitale-lost"),
        ("j’ai perdu ma carte", "card-lost"),
        ("c koi le ticket moderateur", "refund-copayment"),
        ("coment savoir ou en est mon rembourcement", "refund-where"),
        ("ou en est ma demande de devis dentaire", "quote-status"),
        ("quel sont vos horraires", "human-hours"),
    ],
)
def test_what_members_ask_first_is_answered_as_such(loaded, tools, question, slug):
    """Each was asked of the demonstration: not known, or answered beside (the Vitale card as ours)."""
    ranking = find_answers(loaded, tools, question, locale="fr")
    assert (ranking.answers[0].slug, ranking.sure) == (slug, True)


@pytest.mark.parametrize("question", ["", "   ", "\0", "\ud800", "?!", "😀", "x" * 10_000, "' | & :* -- ;"])
def test_nothing_that_is_typed_breaks_it_nor_is_taken_for_a_question(loaded, tools, question):
    assert not find_answers(loaded, tools, question, locale="fr").sure


def test_danger_has_no_answer(loaded, tools):
    ranking = find_answers(loaded, tools, "je veux mourir", locale="fr")
    assert (ranking.refusal, ranking.answers, ranking.sure) == (Refusal.EMERGENCY, (), False)


def test_nothing_is_found_where_nothing_is_written(db, tools):
    assert find_answers(db, tools, "ma carte", locale="fr").answers == ()
    assert faq_entry(db, tools, "card-download", "fr") is None


def test_ours_are_in_both_languages_and_lead_to_pages_that_are_there(loaded, tools):
    config = Configurator()
    config.include("member_space.routes")
    config.commit()
    pages = {one["introspectable"]["pattern"] for one in config.introspector.get_category("routes")}
    words = {f"/tiers-payant/{wish.value}" for wish in Wish} | {f"/{slug}" for slug in CONTENT.split("|")}
    for language in ("fr", "en"):
        for one in (faq_entry(loaded, tools, entry.slug, language) for entry in entries_of(loaded)):
            assert one.language == language, one.slug
            assert "{{" not in one.answer_markdown, one.slug
            assert {link.path.partition("?")[0] for link in one.links} <= pages | words, one.slug
