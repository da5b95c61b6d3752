"""The reimbursements to take away: from which day to which, and in what form."""

from typing import Any

import colander
from translationstring import TranslationStringFactory

from member_space.forms.as_of import Day
from member_space.services.reimbursement_files import FileFormat

_ = TranslationStringFactory("member_space")


class ExportForm(colander.MappingSchema):
    """``du``, ``au``: days of care, both in; ``format``."""

    du = colander.SchemaNode(Day(), missing_msg=_("Écrivez le premier jour des soins, comme 01/01/2026."))
    au = colander.SchemaNode(Day(), missing_msg=_("Écrivez le dernier jour des soins, comme 31/12/2026."))
    format = colander.SchemaNode(
        colander.String(),
        validator=colander.OneOf(tuple(FileFormat), msg_err=_("Choisissez le format du fichier.")),
        missing_msg=_("Choisissez le format du fichier."),
    )

    def validator(self, node: colander.SchemaNode, values: dict[str, Any]) -> None:
        if values["au"] < values["du"]:
            refused = colander.Invalid(node)
            refused["au"] = _("Le dernier jour est avant le premier : échangez les deux dates.")
            raise refused
