"""A link to the file of a card, for some minutes: what an assistant hands to its member in place of the file.

The address is sealed, so nobody makes one; whoever is given it opens it, hence its short life. It opens what the token
that asked for it would open when it is used: a grant taken back meanwhile, or a person no more ticked, is out.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from member_space.services.api_access import ApiAccess, access_of, narrowed
from member_space.services.card import ShownCard, find_card, note_download
from member_space.services.card_pdf import Format, over_of, to_pdf
from member_space.services.household import load_household
from member_space.services.tools import Origin, Tools

LIFE = timedelta(minutes=5)
_PURPOSE = "card link"


def make_link(tools: Tools, access: ApiAccess, shown: ShownCard, form: Format) -> tuple[str, datetime]:
    """The sealed end of the address, and until when it opens."""
    until = tools.now() + LIFE
    content = json.dumps([_PURPOSE, access.token_id, str(shown.public_id), form.value, int(until.timestamp())])
    return urlsafe_b64encode(tools.cipher.encrypt(content)).decode().rstrip("="), until


def open_link(db: Session, tools: Tools, sealed: str, origin: Origin) -> tuple[ShownCard, bytes] | None:
    """The card and its file, noted in the journal as a download.

    None for an address that is not ours, is over, or opens nothing any more.
    """
    read = _unsealed(tools, sealed)
    if read is None:
        return None
    token_id, public_id, form = read
    access = access_of(db, token_id, tools.now())
    if access is None or access.person_id is None:
        return None
    household = narrowed(load_household(db, access.person_id, tools.today()), access)
    shown = find_card(db, tools.cipher, household, public_id)
    if shown is None:
        return None
    note_download(db, access, shown, form.value, origin)
    return shown, to_pdf(tools, shown.card, shown.check_code, shown.made_at, form, over_of(shown))


def _unsealed(tools: Tools, sealed: str) -> tuple[int, UUID, Format] | None:
    try:
        content = tools.cipher.decrypt(urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4)))
        purpose, token_id, public_id, form, until = json.loads(content)
        if purpose != _PURPOSE or tools.now().timestamp() > until:
            return None
        return int(token_id), UUID(public_id), Format(form)
    except (ValueError, TypeError):
        return None
