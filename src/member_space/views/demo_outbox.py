"""« Boîte de démonstration »: every mail and SMS that the demonstration sent; not found anywhere else."""

from dataclasses import asdict
from typing import Any

from pyramid.events import BeforeRender
from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config

from member_space.services.demo_outbox import Message, messages


@view_config(
    route_name="demo_messages",
    request_method="GET",
    permission=NO_PERMISSION_REQUIRED,
    renderer="demo_outbox/list.html.jinja2",
)
def demo_messages(request: Request) -> dict[str, Any]:
    return {"messages": _messages(request)}


@view_config(route_name="demo_outbox", request_method="GET", permission=NO_PERMISSION_REQUIRED, renderer="json")
def demo_outbox(request: Request) -> list[dict[str, Any]]:
    """The same for a machine: `channel`, `to`, `subject`, `text`, `sent_at` (ISO 8601), newest first."""
    return [asdict(message) | {"sent_at": message.sent_at.isoformat()} for message in _messages(request)]


def _messages(request: Request) -> list[Message]:
    if not request.registry.member_space.demo:
        raise HTTPNotFound
    return messages(request.db)


def _add_link(event: BeforeRender) -> None:
    """The footer of a demonstration leads to its box."""
    request = event["request"]
    event["demo"] = request is not None and request.registry.member_space.demo


def includeme(config: Any) -> None:
    config.add_subscriber(_add_link, BeforeRender, page=True)
