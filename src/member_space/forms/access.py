"""What a member lets an application, or a token of his own, do: which uses, whose data, for how long."""

import colander
from translationstring import TranslationStringFactory

from member_space.domain.api_scope import Scope
from member_space.domain.oauth import GRANT_DAYS
from member_space.services.api_grant import NAME_LENGTH

_ = TranslationStringFactory("member_space")

SCOPES_MISSING = _("Cochez au moins une chose à permettre.")
PERSONS_MISSING = _("Cochez au moins une personne.")


class AccessForm(colander.MappingSchema):
    """``scopes``: some of those that may be given; ``persons``: public ids; ``days``: one of the durations."""

    scopes = colander.SchemaNode(colander.Set(), validator=colander.ContainsOnly(tuple(Scope)), missing=())
    persons = colander.SchemaNode(colander.Set(), missing=())
    days = colander.SchemaNode(
        colander.Integer(),
        validator=colander.OneOf(GRANT_DAYS, msg_err=_("Choisissez une durée de la liste.")),
        missing_msg=_("Choisissez pour combien de temps."),
    )


class PersonalTokenForm(AccessForm):
    """As an access, with the ``name`` that its member gives it."""

    name = colander.SchemaNode(
        colander.String(),
        validator=colander.Length(
            max=NAME_LENGTH,
            max_err=_(
                "Ce nom est trop long\N{NO-BREAK SPACE}: ${most} caractères au plus.", mapping={"most": NAME_LENGTH}
            ),
        ),
        missing_msg=_("Donnez un nom à ce jeton, pour le reconnaître plus tard."),
    )
