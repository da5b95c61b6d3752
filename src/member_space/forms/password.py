"""A new password: its two fields, the rule told beforehand, and what is said of one that is refused."""

import colander
from translationstring import TranslationString, TranslationStringFactory

from member_space.domain.password import Gap, Weakness

_ = TranslationStringFactory("member_space")

RULES: dict[str, TranslationString] = {
    "strong": _("12 caractères ou plus, tous permis : espaces, accents, signes. Quelques mots sans lien suffisent."),
    "bl": _("12 caractères ou plus, avec une majuscule, une minuscule, un chiffre et un caractère spécial."),
    "hcr": _(
        "8 caractères ou plus, avec une majuscule, une minuscule et un chiffre ou un caractère spécial (sauf * ' et >)."
    ),
}
"""By the setting `password.policy`: what the page says before anything is typed."""

GAPS: dict[Gap, TranslationString] = {
    Gap.TOO_SHORT: _("Il est trop court : il faut ${shortest} caractères ou plus."),
    Gap.TOO_LONG: _("Il est trop long : 128 caractères au plus."),
    Gap.NO_UPPER: _("Il manque une majuscule."),
    Gap.NO_LOWER: _("Il manque une minuscule."),
    Gap.NO_DIGIT: _("Il manque un chiffre."),
    Gap.NO_SPECIAL: _("Il manque un caractère spécial, par exemple ! ? # ou un espace."),
    Gap.NO_DIGIT_NOR_SPECIAL: _("Il manque un chiffre ou un caractère spécial."),
    Gap.FORBIDDEN: _("Il contient un caractère qui n’est pas permis : * ' ou >."),
    Gap.ABOUT_OWNER: _(
        "Il est fait de votre nom, de votre date de naissance ou de votre adresse : d’autres les connaissent. "
        "Choisissez autre chose."
    ),
    Gap.KNOWN: _(
        "Ce mot de passe figure dans des listes de mots de passe volés ailleurs : quelqu’un l’essaierait. "
        "Choisissez-en un autre."
    ),
    Gap.WEAK: _("Faible : il se devine vite."),
    Gap.SAME: _("C’est votre mot de passe actuel. Choisissez-en un autre."),
}
WEAKNESSES: dict[Weakness, TranslationString] = {
    Weakness.COMMON: _("Il contient un mot de passe très courant ; ajoutez deux ou trois mots sans lien."),
    Weakness.WORD: _("Il tient presque à un seul mot ; ajoutez-en deux ou trois sans lien."),
    Weakness.NAME: _("Il contient un prénom ou un nom de famille ; ajoutez deux ou trois mots sans lien."),
    Weakness.OWNER: _("Il contient quelque chose de vous ; ajoutez des mots que personne ne relie à vous."),
    Weakness.KEYBOARD: _("Il contient des touches qui se suivent sur le clavier ; mélangez-les."),
    Weakness.REPEAT: _("Il répète les mêmes caractères ; variez-les."),
    Weakness.SEQUENCE: _("Il contient une suite comme abc ou 123 ; coupez-la."),
    Weakness.DATE: _("Il contient une date ou une année ; remplacez-la par des mots."),
}


class NewPasswordForm(colander.MappingSchema):
    """``new_password`` and ``confirmation``, the same twice; whether it is good enough is the service's to say."""

    new_password = colander.SchemaNode(colander.String(), missing_msg=_("Écrivez le nouveau mot de passe."))
    confirmation = colander.SchemaNode(colander.String(), missing_msg=_("Écrivez le mot de passe une seconde fois."))

    def validator(self, node: colander.SchemaNode, values: dict[str, str]) -> None:
        if values["new_password"] != values["confirmation"]:
            refused = colander.Invalid(node)
            refused["confirmation"] = _("Les deux mots de passe ne sont pas les mêmes. Écrivez-les à nouveau.")
            raise refused


class ChangePasswordForm(NewPasswordForm):
    """The same, after ``current_password``."""

    current_password = colander.SchemaNode(
        colander.String(), missing_msg=_("Écrivez votre mot de passe actuel."), insert_before="new_password"
    )


def refusal(gaps: tuple[Gap, ...], weaknesses: tuple[Weakness, ...], shortest: int) -> list[TranslationString]:
    """All that a PasswordRefused has to say, to be read one after the other under the new password."""
    words = [GAPS[gap] for gap in gaps] + [WEAKNESSES[weakness] for weakness in weaknesses]
    return [_(word, mapping={"shortest": shortest}) for word in words]
