"""What is told of a place of the directory."""

from typing import Any

import colander
from translationstring import TranslationStringFactory

from member_space.domain.directory_report import Wish
from member_space.forms.contact_change import Email

_ = TranslationStringFactory("member_space")

LONGEST = 2000
_NEEDED = _("Écrivez votre adresse e-mail\N{NO-BREAK SPACE}: nous vérifions que la demande vient bien de vous.")
_WHO = _("Dites qui vous êtes et ce que vous demandez.")


def _without_edges(text: Any) -> Any:
    """As it was counted while it was typed: browsers send two characters for the end of a line. Nothing, for spaces."""
    return text and (text.replace("\r\n", "\n").strip() or colander.null)


class DirectoryReportForm(colander.MappingSchema):
    """``souhait``: a Wish; ``texte``; ``email``, where the practitioner is to be answered."""

    souhait = colander.SchemaNode(
        colander.String(), validator=colander.OneOf([wish.value for wish in Wish], msg_err=_WHO), missing_msg=_WHO
    )
    texte = colander.SchemaNode(
        colander.String(),
        preparer=_without_edges,
        validator=colander.Length(
            max=LONGEST, max_err=_("Ce texte est trop long : ${max} caractères au plus.", mapping={"max": LONGEST})
        ),
        missing_msg=_("Écrivez ce qui est faux, ou ce que vous demandez."),
    )
    email = colander.SchemaNode(Email(), missing="")

    def validator(self, node: colander.SchemaNode, values: dict[str, str]) -> None:
        """Nobody is hidden on the word of somebody else: a colleague asks first."""
        if values["souhait"] != Wish.ERROR and not values["email"]:
            problem = colander.Invalid(node)
            problem["email"] = _NEEDED
            raise problem
