"""A code that an adviser dictated."""

import colander
from translationstring import TranslationStringFactory

_ = TranslationStringFactory("member_space")


class RecoveryEntryForm(colander.MappingSchema):
    """``email`` of the account and ``code``."""

    email = colander.SchemaNode(colander.String(), missing_msg=_("Écrivez l’adresse e-mail de votre compte."))
    code = colander.SchemaNode(colander.String(), missing_msg=_("Écrivez le code que le conseiller vous a dicté."))
