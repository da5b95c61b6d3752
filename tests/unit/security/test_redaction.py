"""What is struck out of a log line, and what is not."""

import json
import logging
import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from member_space.domain.nir import key_of
from member_space.security.logs import formatter
from member_space.security.redaction import CODE, HARMLESS, IBAN, PAIR, ROW, STRUCK, TOKEN, redact, redact_text
from member_space.security.redaction import NIR as NIRS

NIR = "185047511600146"


@pytest.mark.parametrize(
    "written",
    [
        "1850475116001", NIR, "1 85 04 75 116 001 46", "1 85 04 75 116 001", "1850475116001 46", "1850475116001-46",
        "185042A116001", "1 85 04 2A 116 001 12", "185042b116001",
        "1\u00a085\u00a004\u00a075\u00a0116\u00a0001\u00a046",
        "1.85.04.75.116.001.46",
    ],
)  # fmt: skip
def test_a_nir_is_struck_out_however_it_is_written(written):
    for around in ("{}", "nir {} refused", "nir={}", "'{}'", "({}),", "NIR{}"):
        assert not any(part in redact_text(around.format(written)) for part in ("116", written)), around


@pytest.mark.parametrize(
    "written", ["FR7630006000011234567890189", "FR76 3000 6000 0112 3456 7890 189", "BE68539007547034"]
)
def test_an_iban_is_struck_out(written):
    assert redact_text(f"to {written}.") == f"to {STRUCK}."


@pytest.mark.parametrize(
    "line",
    [
        "GET /reinitialiser?token=abcdefgh", "Authorization: Bearer abcdefgh", '{"csrf_token": "abcdefgh"}',
        "code=abcdefgh", "password='abcdefgh'", "Set-Cookie: session=abcdefgh",
    ],
)  # fmt: skip
def test_a_token_is_struck_out_of_a_text(line):
    assert "abcdefgh" not in redact_text(line)


@pytest.mark.parametrize(
    "written", ["/lien/{}", "/lien/{}?x=1", "'{}'", "cookie {} of nobody", "https://a.example/{}#b"]
)
def test_a_token_of_ours_is_struck_out_where_nothing_names_it(written):
    for _ in range(200):
        token = secrets.token_urlsafe(32)
        assert token not in redact_text(written.format(token))


@pytest.mark.parametrize(
    "written", ["code 482913 of nobody", "Votre code est 482913.", "code\N{NO-BREAK SPACE}: 482913"]
)
def test_a_code_is_struck_out_behind_its_word(written):
    assert "482913" not in redact_text(written)


@pytest.mark.parametrize(
    "words",
    ["2026-11-21T05:51:13.873639Z", "account 123456 signed in", "1 234,56 €", "5000000 lines in 12.5 s", "0199009780",
     "statement D0000012 closes", "3 statements imported", "status code 404", "SQLSTATE code 42501",
     "in test_a_name_of_forty_three_characters_in_all_x", "/beneficiaires/0f8fad5b-d9cb-469f-a165-70867728950e"],
)  # fmt: skip
def test_what_is_no_secret_stays(words):
    assert redact_text(words) == words


def test_values_are_searched_whatever_their_shape():
    redacted = redact({"nir": NIR, "line": {"text": [f"x {NIR}"]}, "number": int(NIR), "raw": NIR.encode(), "n": 12})
    assert NIR not in json.dumps(redacted)
    assert redacted["n"] == 12


def test_the_row_that_postgresql_quotes_is_struck_out():
    said = (
        "duplicate key\nDETAIL:  Key (email)=(nadia@example.org) already exists.\n"
        'CONTEXT:  COPY person, line 3: "Nadia\tBenali"\n[SQL: insert into person]'
    )
    struck = redact_text(said)
    assert "nadia" not in struck.lower()
    assert "[SQL: insert into person]" in struck


@given(
    st.integers(1, 2),
    st.integers(0, 99),
    st.integers(1, 12),
    st.integers(1, 95),
    st.integers(0, 999_999),
    st.booleans(),
)
def test_no_nir_survives(sex, year, month, department, rest, keyed):
    nir = f"{sex}{year:02d}{month:02d}{department:02d}{rest:06d}"
    nir += key_of(nir) if keyed else ""
    assert nir not in redact_text(f"before {nir} after")


@given(st.from_regex(HARMLESS, fullmatch=True))
def test_what_is_not_searched_holds_no_shape_of_a_secret(text):
    assert not any(shape.search(text) for shape in (ROW, IBAN, NIRS, TOKEN, PAIR, CODE))


def logged(record_of) -> dict:
    try:
        raise ValueError(f"the NIR {NIR} of somebody")
    except ValueError:
        return json.loads(formatter("json").format(record_of()))


def test_a_traceback_is_kept_without_its_secrets():
    import sys

    secret = "a local variable"  # noqa: F841 - it must not be printed
    line = logged(lambda: logging.LogRecord("x", logging.ERROR, "f", 1, "broken %s", (NIR,), sys.exc_info()))
    assert "ValueError" in line["exception"]
    assert "test_redaction" in line["exception"]
    assert NIR not in json.dumps(line)
    assert "a local variable" not in line["exception"].replace("secret =", "")


def test_a_line_of_a_library_goes_the_same_way():
    line = logged(lambda: logging.LogRecord("library", logging.INFO, "f", 1, "posted %s", ("token=abcdefgh",), None))
    assert (line["logger"], line["level"]) == ("library", "info")
    assert "abcdefgh" not in line["event"]
