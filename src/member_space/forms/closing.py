"""Closing one's account."""

import colander
from translationstring import TranslationStringFactory

_ = TranslationStringFactory("member_space")

UNREAD = _("Cochez la case : vous avez lu ce qui reste et ce qui s’efface.")


class ClosingForm(colander.MappingSchema):
    """``compris``: oui, once what stays was read."""

    compris = colander.SchemaNode(
        colander.String(), validator=colander.OneOf(("oui",), msg_err=UNREAD), missing_msg=UNREAD
    )
