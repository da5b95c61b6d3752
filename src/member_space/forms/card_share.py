"""A card sent to a professional."""

import colander
from translationstring import TranslationStringFactory

from member_space.forms.contact_change import Email, Line

_ = TranslationStringFactory("member_space")


class CardShareForm(colander.MappingSchema):
    """``recipient``: a name for oneself; ``email``: where the link leaves to. Both may be empty."""

    recipient = colander.SchemaNode(
        Line(),
        missing="",
        validator=colander.Length(max=60, max_err=_("Écrivez 60 caractères au plus.")),
    )
    email = colander.SchemaNode(Email(), missing="")
