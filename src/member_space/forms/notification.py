"""What a member wants to be told, and how."""

import colander
from translationstring import TranslationStringFactory

from member_space.domain.notices import LANGUAGES
from member_space.services.notification_preferences import CHOICES

_ = TranslationStringFactory("member_space")

NAMES = {f"{category}-{channel}": (category, channel) for category, channel in CHOICES}
"""Each choice by the value of its box."""

RHYTHMS = (AS_IT_COMES, DAILY) = ("nouveau", "jour")
"""When mails of news leave: as there is something new, or together once a day."""


class KnownChoices(colander.ContainsOnly):
    """The boxes of the page, and no other."""

    err_template = _("Un des choix reçus n’existe pas. Vérifiez les cases, puis enregistrez à nouveau.")


class PreferencesForm(colander.MappingSchema):
    """`choix`: the boxes ticked (keys of NAMES), perhaps none; `rythme`: of RHYTHMS; `langue`: fr or en."""

    choix = colander.SchemaNode(colander.Set(), validator=KnownChoices(list(NAMES)), missing=())
    rythme = colander.SchemaNode(
        colander.String(),
        validator=colander.OneOf(RHYTHMS, msg_err=_("Choisissez quand nous vous écrivons.")),
        missing_msg=_("Choisissez quand nous vous écrivons."),
    )
    langue = colander.SchemaNode(
        colander.String(),
        validator=colander.OneOf(LANGUAGES, msg_err=_("Choisissez la langue de vos messages.")),
        missing_msg=_("Choisissez la langue de vos messages."),
    )
