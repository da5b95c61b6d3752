"""A real clamd on the loopback, with a database of one line: it knows EICAR, and nothing is fetched."""

import shutil
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from member_space.adapters.antivirus import Clamd
from tests.factories.files import EICAR

INSTALL = "no clamd: apt-get install clamav-daemon"
STREAM_MAX = 2_000_000
PATIENCE = 60
CONFIG = """Foreground yes
DatabaseDirectory {folder}/database
TCPSocket {port}
TCPAddr 127.0.0.1
StreamMaxLength {stream_max}
PidFile {folder}/clamd.pid
LogFile {folder}/clamd.log
TemporaryDirectory {folder}
ConcurrentDatabaseReload no
"""


def clamd_path() -> str | None:
    """Where it is; Debian puts it out of the way of plain users."""
    return shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin")


@dataclass
class ClamdServer:
    """`address`: as the setting `antivirus.clamd` wants it; the same after `kill` and `start`."""

    folder: Path
    port: int = 0
    process: subprocess.Popen | None = None

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        if not self.port:
            with socket.socket() as one:
                one.bind(("127.0.0.1", 0))
                self.port = one.getsockname()[1]
        database = self.folder / "database"
        database.mkdir(parents=True, exist_ok=True)
        (database / "suite.ndb").write_text(f"Suite.Eicar:0:*:{EICAR.hex()}\n")
        config = self.folder / "clamd.conf"
        config.write_text(CONFIG.format(folder=self.folder, port=self.port, stream_max=STREAM_MAX))
        command = [clamd_path() or "clamd", f"--config-file={config}"]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        until = time.monotonic() + PATIENCE
        while not Clamd(self.address).answers():
            if time.monotonic() > until or self.process.poll() is not None:
                raise RuntimeError(f"clamd does not start: {(self.folder / 'log').read_text()[-400:]}")
            time.sleep(0.05)

    def kill(self) -> None:
        """At once."""
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None
