"""`member-space adviser`: how good its answers are."""

from pathlib import Path

import click

from member_space.cli.console import Failure, work_of
from member_space.services.adviser_quality import OUT, QuestionsError, Score, measure, read_questions, total

WIDTHS = (14, 10, 8, 8, 8, 18)
HEADINGS = ("famille", "questions", "1re", "3 1res", "fausses", "« je ne sais pas »")


@click.group()
def adviser() -> None:
    """The virtual adviser."""


@adviser.command("quality")
@click.option("--split", type=click.Choice(["tune", "held", "all"]), default="held", show_default=True)
@click.option(
    "--questions", "path", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Others of one’s own."
)
@click.pass_obj
def quality_command(ini: str, split: str, path: Path | None) -> None:
    """Ask it labelled questions and print, family by family, how often the right answer came first, among the first
    three, how often a wrong one was given as the answer, and how often none was."""
    try:
        questions = [one for one in read_questions(path) if split in ("all", one.split)]
    except QuestionsError as error:
        raise Failure(str(error)) from None
    with work_of(ini) as (db, tools):
        scores = measure(db, tools, questions)
    if not scores:
        raise Failure("aucune question à poser")
    _tell(*HEADINGS)
    for family, score in scores.items():
        _tell(family, *_figures(score))
    _tell("des nôtres", *_figures(total(score for family, score in scores.items() if family != OUT)))
    _tell("en tout", *_figures(total(scores.values())))


def _figures(score: Score) -> tuple[str, ...]:
    counts = (score.first, score.among, score.wrong, score.unsure)
    return (str(score.asked), *(f"{100 * one / max(score.asked, 1):.1f}".replace(".", ",") + " %" for one in counts))


def _tell(first: str, *others: str) -> None:
    click.echo(
        first.ljust(WIDTHS[0]) + "".join(one.rjust(width) for one, width in zip(others, WIDTHS[1:], strict=True))
    )
