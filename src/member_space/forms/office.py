"""The forms of the office."""

import colander
from translationstring import TranslationStringFactory

from member_space.domain.assisted_recovery import Check, Wish
from member_space.domain.legal_hold import HoldGround
from member_space.domain.request import MESSAGE_MAX
from member_space.forms.office_request import TOO_LONG
from member_space.services.office_account import NAME_LENGTH, OFFICE_ROLES, TEAM_LENGTH

_ = TranslationStringFactory("member_space")


def _role() -> colander.SchemaNode:
    return colander.SchemaNode(
        colander.String(),
        name="role",
        validator=colander.OneOf(OFFICE_ROLES, msg_err=_("Choisissez un des quatre rôles.")),
        missing_msg=_("Choisissez un des quatre rôles."),
    )


def _at_most(most: int) -> colander.Length:
    words = _("Ce nom est trop long\N{NO-BREAK SPACE}: ${most} caractères au plus.", mapping={"most": most})
    return colander.Length(max=most, max_err=words)


def _team() -> colander.SchemaNode:
    return colander.SchemaNode(
        colander.String(),
        name="team",
        validator=_at_most(TEAM_LENGTH),
        missing="",
    )


class OfficeAccountForm(colander.MappingSchema):
    """``name``, ``email``, ``role`` and ``team`` of a colleague; ``team`` may be empty."""

    name = colander.SchemaNode(
        colander.String(),
        validator=_at_most(NAME_LENGTH),
        missing_msg=_("Écrivez le prénom et le nom du collègue."),
    )
    email = colander.SchemaNode(
        colander.String(),
        validator=colander.Length(max=320, max_err=_("Cette adresse est trop longue.")),
        missing_msg=_("Écrivez l’adresse e-mail du collègue."),
    )
    role = _role()
    team = _team()


class TeamForm(colander.MappingSchema):
    """``team`` of a colleague, empty for the one of his role."""

    team = _team()


class SkillsForm(colander.MappingSchema):
    """``skills``: queues of the catalogue; none: all of them."""

    skills = colander.SchemaNode(colander.Set(), missing=())


class RoleForm(colander.MappingSchema):
    """``role``: one of the office's four."""

    role = _role()


class MemberSearchForm(colander.MappingSchema):
    """``asked``: a whole e-mail or member number."""

    asked = colander.SchemaNode(
        colander.String(),
        validator=colander.Length(max=320, max_err=_("Écrivez une adresse e-mail ou un numéro d’adhérent.")),
        missing_msg=_("Écrivez une adresse e-mail ou un numéro d’adhérent."),
    )


class RecoveryForm(colander.MappingSchema):
    """``wish``: what was lost; ``checks``: what was verified, several of a closed list."""

    wish = colander.SchemaNode(
        colander.String(),
        validator=colander.OneOf(tuple(Wish), msg_err=_("Choisissez ce que l’adhérent a perdu.")),
        missing_msg=_("Choisissez ce que l’adhérent a perdu."),
    )
    checks = colander.SchemaNode(
        colander.Set(),
        validator=colander.ContainsOnly(tuple(Check)),
        missing=(),
    )


class DictatedForm(colander.MappingSchema):
    """``topic``: an object of the catalogue; ``body``; ``checks``: what was verified, several of a closed list."""

    topic = colander.SchemaNode(colander.String(), missing_msg=_("Choisissez l’objet dans la liste."))
    body = colander.SchemaNode(
        colander.String(),
        validator=colander.Length(max=MESSAGE_MAX, max_err=TOO_LONG),
        missing_msg=_("Écrivez ce que l’adhérent demande."),
    )
    checks = colander.SchemaNode(
        colander.Set(),
        validator=colander.ContainsOnly(tuple(Check)),
        missing=(),
    )


class LegalHoldForm(colander.MappingSchema):
    """``asked``: the number of a request, or an e-mail; ``scope``: request or file; ``ground``: of a closed list."""

    asked = colander.SchemaNode(
        colander.String(),
        validator=colander.Length(max=320, max_err=_("Écrivez un numéro de demande ou une adresse e-mail.")),
        missing_msg=_("Écrivez un numéro de demande ou une adresse e-mail."),
    )
    scope = colander.SchemaNode(
        colander.String(),
        validator=colander.OneOf(("request", "file"), msg_err=_("Choisissez ce qui est conservé.")),
        missing_msg=_("Choisissez ce qui est conservé."),
    )
    ground = colander.SchemaNode(
        colander.String(),
        validator=colander.OneOf(tuple(HoldGround), msg_err=_("Choisissez l’obligation qui le demande.")),
        missing_msg=_("Choisissez l’obligation qui le demande."),
    )


class DecisionForm(colander.MappingSchema):
    """``decision``: oui or non."""

    decision = colander.SchemaNode(
        colander.String(),
        validator=colander.OneOf(("oui", "non"), msg_err=_("Choisissez d’accepter ou de refuser.")),
        missing_msg=_("Choisissez d’accepter ou de refuser."),
    )
