"""What the office writes to a member by an act: asked papers, a decision, a duplicate; in the member's own language.

The exact words are kept in the thread: what he reads a year later is what was sent (C115).
"""

from collections.abc import Sequence
from datetime import date

from pyramid.i18n import make_localizer
from pyramid.interfaces import ITranslationDirectories
from pyramid.request import Request
from translationstring import TranslationString, TranslationStringFactory

from member_space.domain.decision import ESTIMATE_LASTS, Line, outcome_of, total_of
from member_space.domain.request import RequestKind
from member_space.models import Request as MemberRequest
from member_space.services.catalogue import catalogue_of
from member_space.services.decision_words import OPENINGS, REASONS
from member_space.services.quote_answer_words import CAVEAT
from member_space.services.request_decision import has_answer, has_guarantee
from member_space.services.request_desk import language_of, name_of
from member_space.views.rendering import date_long, euros

_ = TranslationStringFactory("member_space")


class Letter:
    """Paragraphs in one language, joined as they are sent."""

    def __init__(self, request: Request, language: str) -> None:
        folders = request.registry.queryUtility(ITranslationDirectories, default=[])
        self._say = make_localizer(language, folders).translate
        self.language = language
        self._parts: list[str] = []

    def say(self, words: TranslationString) -> str:
        return str(self._say(words))

    def add(self, words: TranslationString | str) -> None:
        """One more paragraph; a plain text is the handler's own, left as it is."""
        self._parts.append(self.say(words) if isinstance(words, TranslationString) else words)

    def __str__(self) -> str:
        return "\n\n".join(self._parts)


def pieces_letter(request: Request, language: str, pieces: Sequence[str], note: str | None, due_on: date) -> str:
    """Which papers are missing, why each one, and until when."""
    letter = Letter(request, language)
    catalogue = catalogue_of(request.tools.settings)
    letter.add(_("Pour traiter votre demande, il nous manque :"))
    for code in pieces:
        piece = catalogue.pieces[code]
        letter.add(f"– {piece.label.in_(language)}. {piece.why.in_(language)}")
    if note:
        letter.add(note)
    words = _(
        "Envoyez-le depuis cette page avant le ${day}. Votre demande est gardée et nous la reprenons dès "
        "réception ; le temps d’attente ne compte pas dans notre délai."
    )
    letter.add(_(words, mapping={"day": date_long(due_on, language)}))
    return str(letter)


def answer_values(request: Request, row: MemberRequest) -> dict[str, str | None]:
    """What fills the variables of an answer ready to send, in the member's language."""
    language = language_of(request.db, row)
    first_name, last_name = name_of(request.db, row)
    return {
        "prenom": first_name,
        "nom": last_name,
        "numero": row.number,
        "date_soin": date_long(row.care_date, language) if row.care_date else None,
        "montant": None if row.amount is None else euros(row.amount, language),
        "conseiller": request.identity.name,
    }


def mediator_words(request: Request, row: MemberRequest) -> str:
    """To whom a member may turn when our answer does not suit him."""
    words = _(
        "Si notre réponse ne vous convient pas, vous pouvez saisir gratuitement le médiateur : ${mediator}.",
        mapping={"mediator": request.registry.brand.mediator},
    )
    return Letter(request, language_of(request.db, row)).say(words)


def duplicate_letter(request: Request, language: str, number: str) -> str:
    """Which request goes on."""
    letter = Letter(request, language)
    words = _(
        "Cette demande est la même que votre demande ${number} : nous la fermons pour ne pas vous "
        "répondre deux fois. Suivez la demande ${number}, rien d’autre n’est à faire."
    )
    letter.add(_(words, mapping={"number": number}))
    return str(letter)


def closing_letter(request: Request, language: str) -> str:
    """Why nobody works on it any more, and that it is not lost."""
    letter = Letter(request, language)
    letter.add(
        _(
            "Nous n’avons pas reçu ce que nous vous avions demandé, malgré deux rappels\N{NO-BREAK SPACE}: nous "
            "fermons cette demande."
        )
    )
    letter.add(
        _(
            "Elle n’est pas perdue. Répondez ici dans les trente jours, avec le document, et nous la reprenons où elle "
            "en est. Plus tard, votre réponse en ouvre une nouvelle, liée à celle-ci."
        )
    )
    return str(letter)


LINES = {
    RequestKind.CLAIM: _("${label} : demandé ${asked}, remboursé ${granted}."),
    RequestKind.QUOTE: _(
        "${label} : devis de ${asked}, part de l’Assurance Maladie ${amo}, notre part ${granted}, il vous restera "
        "${left}."
    ),
}
"""A line with an amount, by kind; the total is told in the same words."""
WITHOUT_AMO = _(
    "${label} : devis de ${asked}, notre part ${granted}, il vous restera au plus ${left}, dont l’Assurance Maladie "
    "peut encore payer une part."
)
"""Of a quote whose fund's share is not known."""
GUARANTEE = _(
    "L’accord de prise en charge à remettre à l’établissement sera joint à ce message d’ici quelques minutes. Vous le "
    "trouverez aussi dans « Mes documents »."
)
ANSWER = _(
    "Le détail du calcul (base, garantie, plafonds) est dans la « Réponse au devis », un document PDF joint à ce "
    "message d’ici quelques minutes."
)
GRANTED, REFUSED = _("${label} : accepté."), _("${label} : pas accepté.")
RECOURSE = _(
    "Vous n’êtes pas d’accord ? Répondez à ce message, ou faites une réclamation dans « Démarches ». "
    "Si notre réponse ne vous convient pas, le médiateur est gratuit : ${mediator}."
)


def decision_letter(request: Request, row: MemberRequest, lines: Sequence[Line], word: str | None) -> str:
    """What is decided, line by line, why, and what the member can do; `word`: the handler's own, at the end."""
    language, kind = language_of(request.db, row), row.kind
    letter = Letter(request, language)
    outcome = outcome_of(lines)
    letter.add(OPENINGS[outcome])
    for line in lines:
        parts = [letter.say(_line(kind, line, language))]
        if line.reason:
            words = REASONS[line.reason]
            parts += [letter.say(words.told), letter.say(words.next_step_of(kind))]
        if line.note:
            parts.append(line.note)
        letter.add("– " + " ".join(parts))
    total = total_of(lines, letter.say(_("Au total")))
    if len(lines) > 1 and total.asked:
        letter.add(_line(kind, total, language))
    if kind == RequestKind.QUOTE and total.asked:
        day = date_long(request.tools.today() + ESTIMATE_LASTS, language)
        letter.add(CAVEAT % {"day": day})
    if has_guarantee(row, outcome):
        letter.add(GUARANTEE)
    elif has_answer(row, lines):
        letter.add(ANSWER)
    if word:
        letter.add(word)
    if any(line.reason for line in lines):
        letter.add(_(RECOURSE, mapping={"mediator": request.registry.brand.mediator}))
    return str(letter)


def _line(kind: str, line: Line, language: str) -> TranslationString:
    """One line; without an amount, whether it is granted."""
    words = LINES.get(RequestKind(kind)) if line.asked else None
    if words and kind == RequestKind.QUOTE and line.amo is None:
        words = WITHOUT_AMO
    amounts = {"asked": line.asked, "amo": line.amo or 0, "granted": line.granted, "left": line.left}
    values = {name: euros(amount, language) for name, amount in amounts.items()}
    return _(words or (GRANTED if line.reason is None else REFUSED), mapping={"label": line.label, **values})
