"""The form of an answer ready to send."""

from typing import Any

import colander
from translationstring import TranslationStringFactory

from member_space.services.canned_answer import VARIABLES, unknown_variables

_ = TranslationStringFactory("member_space")


LONGEST = 5000


def _words(node: colander.SchemaNode, value: Any) -> None:
    if len(value) > LONGEST:
        raise colander.Invalid(node, _("Ce texte est trop long : 5 000 caractères au plus."))
    unknown = unknown_variables(value)
    if unknown:
        values = {"names": ", ".join(f"{{{{{name}}}}}" for name in unknown), "known": ", ".join(VARIABLES)}
        raise colander.Invalid(
            node,
            _("Rien ne remplit ${names}. Variables connues : ${known} ; un blanc s’écrit {{?texte}}.", mapping=values),
        )


class AnswerForm(colander.MappingSchema):
    """``folder``, ``title`` and ``words``, whose variables are known."""

    folder = colander.SchemaNode(
        colander.String(),
        validator=colander.Length(max=60, max_err=_("Ce nom est trop long : 60 caractères au plus.")),
        missing_msg=_("Écrivez le nom d’un dossier."),
    )
    title = colander.SchemaNode(
        colander.String(),
        validator=colander.Length(max=120, max_err=_("Ce titre est trop long : 120 caractères au plus.")),
        missing_msg=_("Écrivez un titre."),
    )
    words = colander.SchemaNode(
        colander.String(),
        validator=_words,
        missing_msg=_("Écrivez la réponse."),
    )
