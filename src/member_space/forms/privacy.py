"""Who may read one's care."""

import colander
from translationstring import TranslationStringFactory

_ = TranslationStringFactory("member_space")


class PrivacyForm(colander.MappingSchema):
    """``soins``: ouverts or fermes."""

    soins = colander.SchemaNode(
        colander.String(),
        validator=colander.OneOf(("ouverts", "fermes"), msg_err=_("Choisissez qui peut lire vos soins.")),
        missing_msg=_("Choisissez qui peut lire vos soins."),
    )
