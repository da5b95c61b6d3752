"""What is said when « Où ? » has no one place: the reason, and how to repair it. The choices come below (C87)."""

from translationstring import TranslationString, TranslationStringFactory

from member_space.domain.whereabouts import LONGEST, Reason

_ = TranslationStringFactory("member_space")

PROBLEMS: dict[Reason, TranslationString] = {
    Reason.EMPTY: _("Indiquez où chercher : un code postal, ou une ville. Par exemple 75011, ou Saint-Denis."),
    Reason.TOO_LONG: _(
        "« Où » est trop long : ${longest} caractères au plus. Indiquez seulement un code postal ou une ville.",
        {"longest": LONGEST},
    ),
    Reason.POSTCODE_LENGTH: _(
        "Un code postal a cinq chiffres, par exemple 01500 : complétez-le, ou indiquez la ville."
    ),
    Reason.UNKNOWN_POSTCODE: _(
        "Nous ne connaissons aucune commune à ce code postal ; un code CEDEX n’en est pas un. Vérifiez-le, ou indiquez "
        "la ville."
    ),
    Reason.UNKNOWN_TOWN: _(
        "Nous ne connaissons aucune ville de ce nom. Vérifiez son orthographe, ou indiquez son code postal."
    ),
    Reason.NEAR_TOWN: _(
        "Nous ne connaissons aucune ville de ce nom exactement. Vouliez-vous dire l’une de celles-ci ? Sinon, indiquez "
        "le code postal."
    ),
    Reason.SEVERAL_TOWNS: _("Plusieurs villes peuvent convenir : choisissez la vôtre, ou précisez le code postal."),
    Reason.MANY_TOWNS: _(
        "Beaucoup de villes peuvent convenir, et voici les plus peuplées : si la vôtre n’y est pas, précisez le code "
        "postal."
    ),
    Reason.CONTRADICTION: _(
        "Ce code postal n’est pas celui de cette ville. Choisissez l’un des deux, ou corrigez ce que vous avez indiqué."
    ),
    Reason.UNREADABLE_POSITION: _(
        "Votre appareil n’a pas donné de position lisible. Indiquez un code postal ou une ville."
    ),
    Reason.FAR_POSITION: _(
        "Votre position est en mer, à l’étranger, ou à plus de 25 km de toute mairie. Indiquez un code postal ou une "
        "ville de France."
    ),
}
