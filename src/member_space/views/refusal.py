"""What a form of one question answers to what it cannot take."""

import colander
from pyramid.request import Request


def refuse(request: Request, invalid: colander.Invalid) -> str:
    """Make the answer a 422, and give the words of the first refusal in the language of the page."""
    request.response.status_int = 422
    return str(request.localizer.translate(invalid.children[0].msg))
