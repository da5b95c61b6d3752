"""Somebody of the directory as a card of an address book (vCard 3.0, RFC 2426: what every telephone reads)."""

from dataclasses import dataclass
from uuid import UUID

from member_space.services.content_lines import text_value, to_lines


@dataclass(frozen=True, slots=True)
class Contact:
    """``name``: as shown; a shop has no ``last_name``. ``point``: latitude and longitude, where they are the address's.

    ``uid``: the same each time, so that the card replaces the one that was kept.
    """

    uid: UUID
    name: str
    last_name: str
    first_name: str
    title: str
    structure: str
    speciality: str
    street: str
    postcode: str
    town: str
    phone: str
    point: tuple[float, float] | None


def to_vcard(one: Contact) -> bytes:
    """The file; each part is there only where it is known."""
    names = (one.last_name or one.name, one.first_name, "", one.title, "")
    address = ("", "", one.street, one.town, "", one.postcode, "France")
    lines = ["BEGIN:VCARD", "VERSION:3.0", f"UID:urn:uuid:{one.uid}", f"FN:{text_value(one.name)}"]
    lines.append("N:" + ";".join(map(text_value, names)))
    if one.structure:
        lines.append(f"ORG:{text_value(one.structure)}")
    lines.append(f"TITLE:{text_value(one.speciality)}")
    lines.append("ADR;TYPE=WORK:" + ";".join(map(text_value, address)))
    if one.phone:
        lines.append(f"TEL;TYPE=WORK,VOICE:{text_value(one.phone)}")
    if one.point:
        lines.append(f"GEO:{one.point[0]:.5f};{one.point[1]:.5f}")
    return to_lines([*lines, "END:VCARD"])
