"""Four files of 3 MB sent in one form, then looked at by the worker: the memory that each asks for beside an idle one.

The body is read from the disk, as nginx gives it; what is measured is the peak of the process while it answers, above
what it held before. Photographs of 12 million pixels and PDF.
"""

import os
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from io import BytesIO, StringIO
from multiprocessing import get_context
from pathlib import Path
from typing import Any, BinaryIO
from uuid import uuid4

import numpy as np
import pikepdf
from PIL import Image
from pyramid.request import Request
from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from benchmarks.large import SETTINGS, ensure_large
from benchmarks.measure import under
from member_space.config import make_app
from member_space.models import Account, Attachment, Contract, Coverage, WebSession
from member_space.models import Request as MemberRequest
from member_space.security.logs import configure_logging
from member_space.services.attachment import erase_attachments
from member_space.services.attachment_check import check
from member_space.services.sessions import Lifetimes, open_session
from member_space.services.tools import Origin, Tools

MEMBERS = 10_000
SIZE = 3_000_000
FILES = 4
GOAL = 60
"""MB above an idle worker."""
CSRF = "a-token-that-both-halves-share"
BOUNDARY = "the-boundary-of-the-form"
PAGE_CLEAR = "5"
"""Written to clear_refs, the peak begins anew (proc(5))."""


def run() -> list[dict[str, object]]:
    """The peak of each kind, in a browser's form and in the worker's job.

    Each in a process of its own: what one has held, it does not always give back, and would hide here what is asked.
    """
    ensure_large(MEMBERS).dispose()
    results = []
    with tempfile.TemporaryDirectory() as folder:
        for kind in KINDS:
            body = elsewhere(form_on_disk, Path(folder), kind, KINDS[kind])
            results += elsewhere(measure, folder, kind, body)
    return results


def elsewhere(act: Callable[..., Any], *arguments: Any) -> Any:
    with ProcessPoolExecutor(1, get_context("spawn")) as process:
        return process.submit(act, *arguments).result()


def measure(folder: str, kind: str, body: Path) -> list[dict[str, object]]:
    """One kind, in a fresh process."""
    configure_logging("json", StringIO())
    engine = ensure_large(MEMBERS)
    app = make_app(SETTINGS | {"storage.url": f"folder:{folder}/storage"}, engine)
    tools = Tools(app.registry.member_space, app.registry.getUtility)
    with Session(engine) as db:
        account, row, token = _draft(db, tools)
    try:
        send(app, row, token, form_on_disk(Path(folder), "small", small, count=1))
        with Session(engine) as db:
            _erase(db, tools, row)
            db.commit()
        for_the_form = peak(lambda: send(app, row, token, body))
        with Session(engine) as db:
            waiting = db.scalars(select(Attachment.id).where(Attachment.request_id == row.id)).all()
            for_the_worker = peak(lambda: [check(db, tools, one) for one in waiting])
            db.commit()
    finally:
        _undo(engine, tools, account, row)
        engine.dispose()
    return [
        under(f"{FILES} {kind} of 3 MB in one form, memory above idle", for_the_form, "MB", GOAL),
        under(f"{FILES} {kind} looked at by the worker, memory above idle", for_the_worker, "MB", GOAL),
    ]


@cache
def photograph() -> Image.Image:
    """Of 12 million pixels, with as much noise as makes it about so large."""
    noise = np.random.default_rng(1).normal(0, 1, (1500, 2000, 1)).repeat(3, axis=2)
    return Image.fromarray((127 + 30 * noise).clip(0, 255).astype(np.uint8)).resize((4000, 3000))


@cache
def _photograph() -> bytes:
    data = BytesIO()
    photograph().save(data, "JPEG", quality=72)
    return data.getvalue()


def jpeg(seed: int) -> bytes:
    """The byte at the end makes each another file."""
    return _photograph() + bytes([seed])


def pdf(seed: int) -> bytes:
    """Ten pages, each a scan."""
    data = BytesIO()
    with pikepdf.new() as made:
        for page in range(10):
            scan = os.urandom(1) + np.random.default_rng(seed * 10 + page).bytes(SIZE // 10 - 2000)
            one = made.add_blank_page(page_size=(595, 842))
            one.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(A=made.make_stream(scan)))
        made.save(data)
    return data.getvalue()


def small(seed: int) -> bytes:
    data = BytesIO()
    Image.new("RGB", (40 + seed, 30)).save(data, "JPEG")
    return data.getvalue()


KINDS: dict[str, Callable[[int], bytes]] = {"photographs": jpeg, "PDF": pdf}


def form_on_disk(folder: Path, kind: str, make: Callable[[int], bytes], count: int = FILES) -> Path:
    path = folder / f"{kind}-{uuid4()}"
    with path.open("wb") as body:
        _part(body, "csrf_token", CSRF.encode())
        for seed in range(count):
            _part(body, "files", make(seed), f"{kind} {seed}")
        body.write(f"--{BOUNDARY}--\r\n".encode())
    return path


def _part(body: BinaryIO, name: str, content: bytes, filename: str | None = None) -> None:
    named = f'; filename="{filename}"' if filename else ""
    body.write(f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\n'.encode())
    body.write(content + b"\r\n")


def send(app: Callable[..., Any], row: MemberRequest, token: str, body: Path) -> None:
    """The form, its body read from the disk; another answer stops the benchmark."""
    with body.open("rb") as file:
        request = Request.blank(
            f"/demandes/{row.public_id}/pieces/ajouter",
            headers={"Cookie": f"csrf={CSRF}; session={token}"},
            environ={"REMOTE_ADDR": "127.0.0.1", "wsgi.input": file, "CONTENT_LENGTH": str(body.stat().st_size)},
            method="POST",
        )
        request.headers["Content-Type"] = f"multipart/form-data; boundary={BOUNDARY}"
        response = request.get_response(app)
    if response.status_int != 303:
        raise RuntimeError(f"{response.status}: {response.text[:2000]}")


def peak(act: Callable[[], object]) -> float:
    """MB that the process held at most while it acted, above what it held before."""
    Path("/proc/self/clear_refs").write_text(PAGE_CLEAR)
    before = _status("VmRSS")
    act()
    return (_status("VmHWM") - before) / 1000


def _status(name: str) -> int:
    """In kB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(f"{name}:")).split()[1])


def _draft(db: Session, tools: Tools) -> tuple[Account, MemberRequest, str]:
    """Somebody's, who is signed in."""
    query = (
        select(Account, Contract)
        .join(Coverage, Coverage.person_id == Account.person_id)
        .join(Contract, Contract.id == Coverage.contract_id)
        .order_by(Account.id)
        .limit(1)
    )
    account, contract = db.execute(query).one()
    row = MemberRequest(
        kind="claim",
        topic="claim.optics",
        contract_id=contract.id,
        author_person_id=account.person_id,
        author_account_id=account.id,
    )
    db.add(row)
    _id, token = open_session(db, account.id, tools.now(), Lifetimes.of(tools.settings), Origin("127.0.0.1"))
    db.commit()
    db.refresh(row)
    db.refresh(account)
    db.expunge_all()
    return account, row, token


def _erase(db: Session, tools: Tools, row: MemberRequest) -> None:
    erase_attachments(db, tools, db.scalars(select(Attachment.id).where(Attachment.request_id == row.id)).all())


def _undo(engine: Engine, tools: Tools, account: Account, row: MemberRequest) -> None:
    with Session(engine) as db:
        _erase(db, tools, row)
        db.execute(delete(MemberRequest).where(MemberRequest.id == row.id))
        db.execute(delete(WebSession).where(WebSession.account_id == account.id))
        db.commit()
