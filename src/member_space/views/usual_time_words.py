"""How long an answer usually takes, in words: never a promise, hence « habituellement » (R9)."""

from datetime import timedelta

from pyramid.request import Request
from translationstring import TranslationString, TranslationStringFactory

from member_space.domain.service_clock import A_DAY
from member_space.services.usual_time import Measure, Usual

_ = TranslationStringFactory("member_space")
AN_HOUR = timedelta(hours=1)


def usual_time_words(request: Request, usual: Usual | None, measure: Measure = Measure.DECISION) -> str | None:
    """« Habituellement, la moitié… en moins de 6 h ouvrées, neuf sur dix en moins de 2 jours ouvrés. »; None where
    nothing is usual.
    """
    if usual is None:
        return None
    times = {name: _under(request, time) for name, time in (("half", usual.half), ("most", usual.most))}
    return str(request.localizer.translate(_sentence(measure, times)))


def _sentence(measure: Measure, times: dict[str, str]) -> TranslationString:
    alike = times["half"] == times["most"]
    if measure is Measure.FIRST_REPLY:
        if alike:
            return _("Habituellement, neuf demandes sur dix reçoivent une première réponse en moins de ${most}.", times)
        return _(
            "Habituellement, la moitié de ces demandes reçoit une première réponse en moins de ${half}, neuf sur dix "
            "en moins de ${most}.",
            times,
        )
    if alike:
        return _("Habituellement, neuf demandes sur dix sont réglées en moins de ${most}.", times)
    return _(
        "Habituellement, la moitié de ces demandes est réglée en moins de ${half}, neuf sur dix en moins de ${most}.",
        times,
    )


def _under(request: Request, time: timedelta) -> str:
    """The first whole number of open hours, or of working days, above this time."""
    if time < A_DAY - AN_HOUR:
        words, count = _hours(int(time / AN_HOUR) + 1)
    else:
        words, count = _days(int(time / A_DAY) + 1)
    return str(request.localizer.translate(words, mapping={"count": count}))


def _hours(count: int) -> tuple[TranslationString, int]:
    return (_("${count}\N{NO-BREAK SPACE}h ouvrée") if count == 1 else _("${count}\N{NO-BREAK SPACE}h ouvrées")), count


def _days(count: int) -> tuple[TranslationString, int]:
    one, several = _("${count}\N{NO-BREAK SPACE}jour ouvré"), _("${count}\N{NO-BREAK SPACE}jours ouvrés")
    return (one if count == 1 else several), count
