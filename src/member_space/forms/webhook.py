"""The forms of the targets of applications."""

import colander
from translationstring import TranslationStringFactory

from member_space.domain.target_address import LONGEST
from member_space.domain.webhook import News
from member_space.forms.as_of import Day

_ = TranslationStringFactory("member_space")


class WebhookForm(colander.MappingSchema):
    """``client``: the id of an application; ``url``; ``news``: one type of event at least."""

    client = colander.SchemaNode(
        colander.String(), validator=colander.uuid, missing_msg=_("Choisissez une application.")
    )
    url = colander.SchemaNode(
        colander.String(),
        validator=colander.Length(
            max=LONGEST,
            max_err=_(
                "Cette adresse est trop longue\N{NO-BREAK SPACE}: ${most} caractères au plus.",
                mapping={"most": LONGEST},
            ),
        ),
        missing_msg=_("Écrivez l’adresse, qui commence par https://."),
    )
    news = colander.SchemaNode(
        colander.Set(),
        validator=colander.All(
            colander.Length(min=1, min_err=_("Cochez au moins un événement.")),
            colander.ContainsOnly([one.value for one in News]),
        ),
    )


class ReplayForm(colander.MappingSchema):
    """``since``: a day; without it, whenever it was."""

    since = colander.SchemaNode(Day(), missing=None)
