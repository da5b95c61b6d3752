"""The endpoints under /api/v1: the services of the pages, in JSON, for an assistant or a script (docs/api.md)."""

from typing import Any

from member_space.views.api import document, values


def includeme(config: Any) -> None:
    """The document that questions and answers are held to, and how values are written."""
    config.include("pyramid_openapi3")
    config.add_renderer("api", values.renderer)
    document.includeme(config)
