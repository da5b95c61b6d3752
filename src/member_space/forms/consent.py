"""A yes or a no to one purpose, each as easy to give as the other."""

import colander
from translationstring import TranslationStringFactory

from member_space.services.consent import Purpose

_ = TranslationStringFactory("member_space")


class ConsentForm(colander.MappingSchema):
    """``reponse``: oui or non; nothing is ticked beforehand, and nothing else is understood."""

    finalite = colander.SchemaNode(
        colander.String(),
        validator=colander.OneOf([purpose.value for purpose in Purpose], msg_err=_("Cette question n’existe pas.")),
        missing_msg=_("Cette question n’existe pas."),
    )
    reponse = colander.SchemaNode(
        colander.String(),
        validator=colander.OneOf(("oui", "non"), msg_err=_("Répondez par oui ou par non.")),
        missing_msg=_("Répondez par oui ou par non."),
    )
