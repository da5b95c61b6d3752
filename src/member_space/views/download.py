"""A file of ours that leaves to be kept. Who sent one himself takes it back by `views.attachment`."""

from collections.abc import Iterable

from pyramid.response import Response

CSV = "text/csv; charset=utf-8"
PDF = "application/pdf"
ZIP = "application/zip"


def download(content: bytes | Iterable[bytes], name: str, media_type: str, size: int | None = None) -> Response:
    """The answer that a browser saves as ``name``, which is of words of ours and says nothing of anybody.

    ``content``: all of it, or its pieces, ``size`` bytes together. As every answer it is closed to caches by its
    headers (`security.headers`).
    """
    response = Response(body=content) if isinstance(content, bytes) else Response(app_iter=content, content_length=size)
    response.headers["Content-Type"] = media_type
    response.content_disposition = f'attachment; filename="{name}"'
    return response
