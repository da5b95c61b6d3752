"""`member-space mcp`: the tools of an assistant, on its standard input and output or over HTTP."""

import os
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click
from plaster import get_settings

from member_space.cli.console import Failure, settings_of, settings_told
from member_space.config import make_app
from member_space.interfaces import IClock
from member_space.security.logs import configure_logging
from member_space.services.api_access import ApiAccess, read_access

if TYPE_CHECKING:
    from mcp.server.lowlevel import Server
    from starlette.applications import Starlette

VARIABLE = "MEMBER_SPACE_TOKEN"
"""The variable that holds the token: never an option, which others of the machine could read."""
PATH = "/mcp"


@click.command()
@click.option("--http", "port", type=click.IntRange(1, 65535), metavar="PORT", help="Over HTTP, on this port.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Where HTTP listens: a proxy stands before it.")
@click.option("--prepare", is_flag=True, help="Offer the tools that prepare a draft too, which its member confirms.")
@click.pass_obj
def mcp(ini: str, port: int | None, host: str, prepare: bool) -> None:
    """Serve the tools of an assistant (Model Context Protocol), as the API answers.

    On standard input and output the token is in MEMBER_SPACE_TOKEN; over HTTP each request carries its own.
    """
    import anyio

    from member_space.cli.mcp_server import server_of

    with settings_told(ini):
        values = get_settings(ini, "app:main")
        configure_logging(settings_of(ini).log_format)
        app = make_app(values)
    if port:
        import uvicorn

        uvicorn.run(http_app(app, host, port, prepare=prepare), host=host, port=port, log_config=None)
        return
    token = os.environ.get(VARIABLE, "").strip()
    if not token:
        raise Failure(f"donnez un jeton d’accès dans la variable {VARIABLE} (page « Mes accès » de l’espace)")
    anyio.run(_over_stdio, server_of(app, lambda _context: token, prepare=prepare))


async def _over_stdio(server: "Server[Any]") -> None:
    from mcp.server.stdio import stdio_server

    async with stdio_server() as (read, write):
        await server.run(read, write, server.create_initialization_options())


def http_app(app: Any, host: str, port: int, *, prepare: bool) -> "Starlette":
    """The ASGI application: a token that opens nothing is told where to ask for another (RFC 9728)."""
    import anyio
    from mcp.server.auth.provider import AccessToken
    from mcp.server.auth.settings import AuthSettings
    from mcp.server.transport_security import TransportSecuritySettings

    from member_space.cli.mcp_server import server_of

    settings = app.registry.member_space
    resource = f"{settings.site_url}{PATH}"

    class Verifier:
        async def verify_token(self, token: str) -> AccessToken | None:
            access = await anyio.to_thread.run_sync(_access_of, app, token)
            if access is None:
                return None
            return AccessToken(
                token=token,
                client_id=str(access.client_id or ""),
                scopes=sorted(access.scopes),
                expires_at=int(access.expires_at.timestamp()),
                resource=resource,
                subject=str(access.grant_id or ""),
            )

    hosts = [f"{host}:{port}", f"localhost:{port}", urlsplit(settings.site_url).netloc, *settings.hosts]
    return server_of(app, _token_of_request, prepare=prepare).streamable_http_app(
        streamable_http_path=PATH,
        json_response=True,
        # Any process may answer any request: nothing is kept between two.
        stateless_http=True,
        transport_security=TransportSecuritySettings(allowed_hosts=hosts, allowed_origins=[settings.site_url]),
        auth=AuthSettings.model_validate(
            {"issuer_url": settings.site_url, "resource_server_url": resource, "validate_token_resource": False}
        ),
        token_verifier=Verifier(),
    )


def _access_of(app: Any, token: str) -> ApiAccess | None:
    now = app.registry.getUtility(IClock).now()
    with app.registry.session_factory() as db:
        return read_access(db, token, now)


def _token_of_request(context: Any) -> str:
    header: str = context.request.headers["authorization"]
    return header.partition(" ")[2]
