"""An application that the office lets ask members for their data."""

import colander
from translationstring import TranslationStringFactory

from member_space.domain.api_scope import Scope
from member_space.domain.oauth import GRANT_TYPES
from member_space.services.api_client import NAME_LENGTH, PER_MINUTE, PURPOSE_LENGTH

_ = TranslationStringFactory("member_space")

LINES_MAX = 5000


def _at_most(most: int) -> colander.Length:
    words = _("C’est trop long\N{NO-BREAK SPACE}: ${most} caractères au plus.", mapping={"most": most})
    return colander.Length(max=most, max_err=words)


class ClientForm(colander.MappingSchema):
    """``redirect_uris``: one a line; ``kind``: whether it can keep a secret."""

    name = colander.SchemaNode(
        colander.String(), validator=_at_most(NAME_LENGTH), missing_msg=_("Écrivez le nom que les adhérents liront.")
    )
    purpose = colander.SchemaNode(
        colander.String(), validator=_at_most(PURPOSE_LENGTH), missing_msg=_("Écrivez à quoi serviront les données.")
    )
    redirect_uris = colander.SchemaNode(colander.String(), validator=_at_most(LINES_MAX), missing="")
    scopes = colander.SchemaNode(colander.Set(), validator=colander.ContainsOnly(tuple(Scope)), missing=())
    grant_types = colander.SchemaNode(colander.Set(), validator=colander.ContainsOnly(GRANT_TYPES), missing=())
    kind = colander.SchemaNode(
        colander.String(),
        validator=colander.OneOf(("confidential", "public"), msg_err=_("Dites si elle peut garder un secret.")),
        missing_msg=_("Dites si elle peut garder un secret."),
    )
    per_minute = colander.SchemaNode(
        colander.Integer(),
        validator=colander.Range(
            1, 100_000, min_err=_("Donnez un nombre, de 1 à 100 000."), max_err=_("Donnez un nombre, de 1 à 100 000.")
        ),
        missing=PER_MINUTE,
    )
