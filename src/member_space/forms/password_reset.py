"""A password or an address forgotten: what is asked of somebody whom nobody knows yet."""

import colander
from translationstring import TranslationStringFactory

from member_space.domain.notices import Channel
from member_space.forms.as_of import Day

_ = TranslationStringFactory("member_space")


class AskResetForm(colander.MappingSchema):
    """``email``: as typed, known or not; ``channel``: email or sms."""

    email = colander.SchemaNode(
        colander.String(),
        preparer=lambda text: text.strip() if text else text,
        validator=colander.Regex(
            r"[^@\s]{1,64}@[^@\s]{1,255}\Z", msg=_("Écrivez une adresse e-mail complète, comme nom@exemple.fr.")
        ),
        missing_msg=_("Écrivez l’adresse e-mail de votre compte."),
    )
    channel = colander.SchemaNode(
        colander.String(),
        validator=colander.OneOf(tuple(Channel), msg_err=_("Choisissez comment recevoir le code.")),
        missing=Channel.EMAIL.value,
    )


class EmailReminderForm(colander.MappingSchema):
    """``member_number`` and ``birth_date``, as on the third-party payer card."""

    member_number = colander.SchemaNode(
        colander.String(),
        preparer=lambda text: "".join(text.split()) if text else text,
        validator=colander.Length(
            max=40, max_err=_("Ce numéro est trop long. Recopiez le numéro d’adhérent de votre carte.")
        ),
        missing_msg=_("Écrivez votre numéro d’adhérent : il est sur votre carte de tiers payant."),
    )
    birth_date = colander.SchemaNode(Day(), missing_msg=_("Écrivez votre date de naissance, comme 12/03/1985."))
