"""`member-space permissions`: who may do what, printed from the code that decides it."""

import click

from member_space.domain.permissions import GRANTS, Permission, Role
from member_space.views.office.words import ACTS, ROLES


@click.command()
def permissions() -> None:
    """The matrix of roles and permissions: what is not marked, no page can grant."""
    for number, role in enumerate(Role, start=1):
        click.echo(f"{number} = {ROLES[role]} ({role.value})")
    width = max(len(permission.value) for permission in Permission)
    click.echo(f"\n{'':{width}}  {'  '.join(str(number) for number in range(1, len(Role) + 1))}")
    for permission in Permission:
        marks = "  ".join("x" if permission in GRANTS[role] else "·" for role in Role)
        click.echo(f"{permission.value:{width}}  {marks}  {ACTS[permission]}")
