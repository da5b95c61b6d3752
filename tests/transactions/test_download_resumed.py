"""The ZIP of the documents from a real server: the line is cut, and what is left is asked for."""

import io
import socket
import zipfile
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from member_space.models import Attachment
from member_space.services.attachment import Safe
from member_space.services.attachment_add import add_files
from member_space.services.attachment_check import check
from member_space.services.request import Actor
from member_space.services.sessions import Lifetimes, open_session
from tests.factories.files import noise, saved, sent
from tests.factories.household import make_account, make_contract, make_person
from tests.factories.messages import worker_tools
from tests.factories.request import MEMBER
from tests.functional.test_feed_commands import write_ini
from tests.transactions.site_process import Member, running_site

ZIP = "/documents/tout.zip"


@pytest.fixture
def token(own_database, settings):
    """The session of a member with two photographs that hardly get smaller."""
    tools = worker_tools(settings, own_database)[0]
    with Session(own_database) as db:
        holder = make_person(db)
        contract, account = make_contract(db, holder), make_account(db, holder)
        files = [sent(f"{n}.jpg", saved(noise(900 + n, 900), "JPEG", quality=95)) for n in range(2)]
        safe = Safe(contract.id, holder.id)
        assert add_files(db, tools, None, files, actor=Actor(MEMBER, account.id), safe=safe) == []
        db.commit()
        for attachment_id in db.scalars(select(Attachment.id)):
            check(db, tools, attachment_id)
        _id, token = open_session(db, account.id, datetime.now(UTC), Lifetimes.of(settings))
        db.commit()
    return token


def cut_off(address: str, token: str, after: int) -> bytes:
    """What came of it before the line went dead."""
    place = urlsplit(address)
    with socket.create_connection((place.hostname, place.port), timeout=60) as line:
        line.sendall(f"GET {ZIP} HTTP/1.1\r\nHost: {place.netloc}\r\nCookie: session={token}\r\n\r\n".encode())
        came = b""
        while len(came.partition(b"\r\n\r\n")[2]) < after:
            came += line.recv(4096)
    head, _, body = came.partition(b"\r\n\r\n")
    assert b" 200 " in head.splitlines()[0]
    return body


def test_a_line_cut_in_the_middle_costs_only_what_was_not_there_yet(own_database, token, tmp_path):
    ini = write_ini(tmp_path, own_database.url.render_as_string(hide_password=False))
    with running_site(ini) as address:
        member = Member(address, token)
        whole = member.get(ZIP)
        assert whole.headers["Accept-Ranges"] == "bytes"
        came = cut_off(address, token, len(whole.data) // 3)
        assert 0 < len(came) < len(whole.data)
        rest = member.get(ZIP, Range=f"bytes={len(came)}-", **{"If-Range": whole.headers["ETag"]})
    assert (rest.status, int(rest.headers["Content-Length"])) == (206, len(whole.data) - len(came))
    assert came + rest.data == whole.data
    assert zipfile.ZipFile(io.BytesIO(came + rest.data)).testzip() is None
