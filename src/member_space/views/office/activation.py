"""The first steps of a colleague: the code that he was given, then his password; his second factor at the sign-in."""

from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config, view_defaults

from member_space.services.challenge import Purpose
from member_space.views.password_reset import CodeOfLink, PasswordAfterCode


@view_defaults(
    route_name="office_activation",
    renderer="office/activation.html.jinja2",
    permission=NO_PERMISSION_REQUIRED,
)
@view_config(attr="show", request_method="GET")
@view_config(attr="give", request_method="POST")
class OfficeActivationViews(CodeOfLink):
    """The link that an administrator gave by hand."""

    purpose, onward = Purpose.OFFICE_ACTIVATION, "office_activation_password"


@view_defaults(
    route_name="office_activation_password",
    renderer="office/activation_password.html.jinja2",
    permission=NO_PERMISSION_REQUIRED,
)
@view_config(attr="show", request_method="GET")
@view_config(attr="choose", request_method="POST")
class OfficePasswordViews(PasswordAfterCode):
    """The colleague's own password."""

    purpose, start, done = Purpose.OFFICE_ACTIVATION, "sign_in", "compte-pret"
