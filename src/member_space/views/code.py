"""What every page of a code says: where it went, when another may be asked for, why one was refused (C2)."""

from dataclasses import dataclass
from datetime import datetime
from math import ceil

from pyramid.request import Request
from translationstring import TranslationStringFactory

from member_space.domain.notices import Channel
from member_space.domain.opening_hours import PARIS
from member_space.models import Challenge
from member_space.services.challenge import CodeRefused, CodeSpent
from member_space.services.code_sending import RESEND_AFTER, SWITCH_AFTER, Cap, NumberRefused, TooManySendings
from member_space.services.contact_points import masked_email, masked_phone
from member_space.views.rendering import time_of_day

_ = TranslationStringFactory("member_space")

NO_MAILED_CODE = _("Écrivez le code de dix caractères qui est dans le message.")


@dataclass(frozen=True, slots=True)
class CodePage:
    """What partials/code shows. `target`: masked, None where it must not be told. `resend_in`, and `missing_in` for
    another channel: seconds, 0 when now."""

    channel: Channel
    target: str | None
    resend_at_words: str
    resend_in: int
    missing_in: int
    expires_at: datetime


def code_page(request: Request, challenge: Challenge, to: str | None = None) -> CodePage | None:
    """The page of the code last sent for this request; None before the first. `to`: whoever asked may know it."""
    if challenge.sent_at is None or challenge.channel is None:
        return None
    channel = Channel(challenge.channel)
    mask = masked_phone if channel is Channel.SMS else masked_email
    resend_at, missing_at = challenge.sent_at + RESEND_AFTER, challenge.sent_at + SWITCH_AFTER
    return CodePage(
        channel=channel,
        target=mask(to) if to else None,
        resend_at_words=_with_seconds(resend_at),
        resend_in=_seconds_until(request, resend_at),
        missing_in=_seconds_until(request, missing_at),
        expires_at=challenge.expires_at,
    )


def _seconds_until(request: Request, at: datetime) -> int:
    now: datetime = request.tools.now()
    return max(0, ceil((at - now).total_seconds()))


def _with_seconds(at: datetime) -> str:
    """« 14 h 05 min 30 s », in Paris."""
    local = at.astimezone(PARIS)
    return f"{local.hour}\u00a0h\u00a0{local.minute:02d}\u00a0min\u00a0{local.second:02d}\u00a0s"


def refusal_words(request: Request, refusal: TooManySendings | NumberRefused, *, confirms: bool = False) -> str:
    """Why no code leaves now, when one will, and how else to get in. `confirms`: the code is to prove this very
    address or number, and can go nowhere else.
    """
    if isinstance(refusal, NumberRefused):
        words = NUMBER_CONFIRMS if confirms else NUMBER
        return str(request.localizer.translate(words))
    at = request.tools.now() + refusal.wait
    when = _with_seconds(at) if refusal.cap is Cap.TOO_SOON else time_of_day(at)
    values = {"when": when, "phone": request.registry.brand.phone_shown}
    words = CONFIRMS.get(refusal.cap, REFUSALS[refusal.cap]) if confirms else REFUSALS[refusal.cap]
    return str(request.localizer.translate(_(words, mapping=values)))


NUMBER = _("Ce numéro ne reçoit pas nos codes. Donnez un numéro de mobile, ou choisissez l’e-mail.")
NUMBER_CONFIRMS = _("Ce numéro ne reçoit pas nos codes : donnez un numéro de mobile.")
REFUSALS = {
    Cap.TOO_SOON: _(
        "Le code précédent vient de partir : laissez-lui le temps d’arriver. "
        "Vous pourrez en demander un autre à ${when}."
    ),
    Cap.TARGET: _(
        "Plusieurs codes sont déjà partis ; par prudence nous attendons avant d’en envoyer un autre. "
        "Réessayez à ${when}, ou recevez-le autrement. Un conseiller vous aide au ${phone}."
    ),
    Cap.NETWORK: _(
        "Beaucoup de codes ont été demandés depuis votre réseau. "
        "Réessayez à ${when}, ou depuis une autre connexion. Un conseiller vous aide au ${phone}."
    ),
    Cap.RANGE: _(
        "Nous n’envoyons plus de SMS à ce numéro aujourd’hui. "
        "Recevez le code par e-mail, ou appelez un conseiller au ${phone}."
    ),
    Cap.SITE: _(
        "Les SMS ne partent pas en ce moment. Recevez le code par e-mail, "
        "réessayez à ${when}, ou appelez un conseiller au ${phone}."
    ),
}

CONFIRMS = {
    Cap.TARGET: _(
        "Plusieurs codes sont déjà partis ; par prudence nous attendons avant d’en envoyer un autre. "
        "Réessayez à ${when}. Un conseiller vous aide au ${phone}."
    ),
    Cap.RANGE: _(
        "Nous n’envoyons plus de SMS à ce numéro aujourd’hui. "
        "Réessayez demain, donnez un autre numéro, ou appelez un conseiller au ${phone}."
    ),
    Cap.SITE: _("Les SMS ne partent pas en ce moment. Réessayez à ${when}, ou appelez un conseiller au ${phone}."),
}
"""Where the code confirms a new address or number: no other way is advised."""


def wrong_code_words(request: Request, refusal: CodeRefused | CodeSpent) -> str:
    """What a code that is not the right one means, and what to do."""
    if isinstance(refusal, CodeSpent):
        words = _(
            "Ce code ne sert plus : il date de plus de dix minutes, a déjà servi ou a été essayé trop de fois. "
            "Demandez-en un autre."
        )
    elif refusal.tries_left:
        words = _(
            "Ce n’est pas le bon code. Vérifiez les chiffres du dernier message reçu. Essais restants : ${n}.",
            mapping={"n": refusal.tries_left},
        )
    else:
        words = _(
            "Ce n’est pas le bon code, et c’était le dernier essai. Rien n’est bloqué : demandez un nouveau code."
        )
    return str(request.localizer.translate(words))


def wrong_mailed_code_words(request: Request, refusal: CodeRefused) -> str:
    """As `wrong_code_words`, of the ten letters in a mail of warning."""
    if refusal.tries_left:
        words = _(
            "Ce n’est pas le bon code. Vérifiez-le dans le message, lettre par lettre. Essais restants : ${n}.",
            mapping={"n": refusal.tries_left},
        )
    else:
        words = _("Ce n’est pas le bon code, et c’était le dernier essai.")
    return str(request.localizer.translate(words))
