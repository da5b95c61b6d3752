"""The certificate that is asked for, and the code of one that is checked."""

from typing import Any

import colander
from translationstring import TranslationStringFactory

from member_space.domain.certificate import CertificateKind
from member_space.domain.check_code import LENGTH, MistypedCodeError, read_code

_ = TranslationStringFactory("member_space")

SLIPS = {
    "length": _(
        "Ce code n’a pas ${length} lettres et chiffres : recopiez les quatre groupes de quatre.", {"length": LENGTH}
    ),
    "letter": _("Nos codes ne contiennent ni 0, 1, I, O ou U, ni accent : relisez ces caractères sur l’attestation."),
    "check": _("Une lettre ou un chiffre est mal recopié : relisez le code sur l’attestation."),
}
"""By the slip of MistypedCodeError."""


class CheckCode(colander.SchemaType):
    """A code as it is kept, from how people type it; the refusal says what to look at again."""

    def deserialize(self, node: colander.SchemaNode, cstruct: Any) -> Any:
        if not isinstance(cstruct, str) or not cstruct.strip():
            return colander.null
        try:
            return read_code(cstruct)
        except MistypedCodeError as error:
            raise colander.Invalid(node, SLIPS[error.slip]) from None


class CheckForm(colander.MappingSchema):
    """``code``: the sixteen characters of the paper."""

    code = colander.SchemaNode(CheckCode(), missing_msg=_("Écrivez le code de l’attestation."))


class IssueForm(colander.MappingSchema):
    """``kind``: which certificate."""

    kind = colander.SchemaNode(
        colander.String(),
        validator=colander.OneOf(tuple(CertificateKind), msg_err=_("Choisissez l’attestation à télécharger.")),
        missing_msg=_("Choisissez l’attestation à télécharger."),
    )
