"""A card for an address book: what each part is, whatever its text holds (RFC 2426, RFC 6350)."""

import re
import uuid
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from member_space.services.content_lines import LONGEST
from member_space.services.vcard import Contact, to_vcard

ONE = Contact(
    uid=uuid.UUID(int=7),
    name="Dr Élise Valmont",
    last_name="Valmont",
    first_name="Élise",
    title="Dr",
    structure="Cabinet ; Lilas, Valmont",
    speciality="Médecin généraliste",
    street="12 rue des Lilas",
    postcode="69003",
    town="Lyon",
    phone="+33465710001",
    point=(45.7597, 4.8553),
)


def lines_of(content: bytes) -> list[str]:
    assert content.endswith(b"\r\n")
    assert all(len(line) <= LONGEST for line in content.split(b"\r\n"))
    return content.replace(b"\r\n ", b"").decode().split("\r\n")[:-1]


def test_a_person_and_where_to_find_them():
    assert lines_of(to_vcard(ONE)) == [
        "BEGIN:VCARD",
        "VERSION:3.0",
        "UID:urn:uuid:00000000-0000-0000-0000-000000000007",
        "FN:Dr Élise Valmont",
        "N:Valmont;Élise;;Dr;",
        r"ORG:Cabinet \; Lilas\, Valmont",
        "TITLE:Médecin généraliste",
        "ADR;TYPE=WORK:;;12 rue des Lilas;Lyon;;69003;France",
        "TEL;TYPE=WORK,VOICE:+33465710001",
        "GEO:45.75970;4.85530",
        "END:VCARD",
    ]


def test_a_shop_is_named_by_itself_and_what_is_not_known_is_left_out():
    shop = replace(
        ONE, name="Optique", last_name="", first_name="", title="", phone="", point=None, structure="Optique"
    )
    lines = lines_of(to_vcard(shop))
    assert "N:Optique;;;;" in lines
    assert not [line for line in lines if line.startswith(("TEL", "GEO"))]


@given(st.text(max_size=200))
def test_no_text_makes_a_line_of_its_own(text):
    lines = lines_of(to_vcard(replace(ONE, structure="x" + text, town=text, name=text)))
    assert [re.split("[:;]", line)[0] for line in lines] == [
        *("BEGIN", "VERSION", "UID", "FN", "N", "ORG", "TITLE", "ADR", "TEL", "GEO", "END")
    ]
    address = next(line for line in lines if line.startswith("ADR"))
    assert len(re.findall(r"(?<!\\)(?:\\\\)*;", address)) == 7
