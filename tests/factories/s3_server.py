"""A real S3 server, as the wheel brings it: a process of ours on the loopback, which the tests may kill."""

import json
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

REGION = "eu-west-3"
BUCKET = "the-bucket"
KEY, SECRET = "the-suite", "a-secret-of-the-suite"
OWNER_KEY, OWNER_SECRET = "the-owner", "a-secret-of-the-owner"
"""The application may read and write in one bucket; the owner of the server makes it."""
PATIENCE = 60
LISTENERS = tuple(name for one in ("master", "volume", "filer", "s3") for name in (f"{one}.port", f"{one}.port.grpc"))


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def _identity(key: str, secret: str, actions: list[str]) -> dict[str, Any]:
    return {"name": key, "credentials": [{"accessKey": key, "secretKey": secret}], "actions": actions}


@dataclass
class S3Server:
    """`folder`: where it keeps its files, so that it finds them again after `kill` and `start`."""

    folder: Path
    process: subprocess.Popen | None = None
    ports: tuple[int, ...] = ()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.ports[LISTENERS.index('s3.port')]}"

    def start(self) -> None:
        """Start it where it was, and wait until it takes a file."""
        self.ports = self.ports or tuple(_free_ports(len(LISTENERS)))
        self.folder.mkdir(exist_ok=True)
        config = self.folder / "s3.json"
        own = [f"{act}:{BUCKET}" for act in ("Read", "List", "Write")]
        identities = [_identity(KEY, SECRET, own), _identity(OWNER_KEY, OWNER_SECRET, ["Admin"])]
        config.write_text(json.dumps({"identities": identities}))
        command = [str(Path(sys.executable).parent / "weed"), "server", "-s3", "-filer", f"-dir={self.folder}"]
        command += ["-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-master.telemetry=false", "-master.volumeSizeLimitMB=64"]
        command += [
            f"-s3.config={config}",
            "-volume.max=20",
            "-filer.localSocket=filer.sock",
            "-s3.port.iceberg=0",
            "-s3.port.lance=0",
        ]
        command += [f"-{name}={port}" for name, port in zip(LISTENERS, self.ports, strict=True)]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.folder)
        self._wait()

    def _wait(self) -> None:
        client = self.client()
        until = time.monotonic() + PATIENCE
        while True:
            try:
                buckets = [one["Name"] for one in client.list_buckets()["Buckets"]]
                if BUCKET not in buckets:
                    client.create_bucket(Bucket=BUCKET)
                client.put_object(Bucket=BUCKET, Key="ready", Body=b"1")
                client.delete_object(Bucket=BUCKET, Key="ready")
            except (BotoCoreError, ClientError):
                if time.monotonic() > until:
                    raise
                time.sleep(0.1)
            else:
                return

    def client(self) -> Any:
        """The owner's."""
        return boto3.client(
            "s3",
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id=OWNER_KEY,
            aws_secret_access_key=OWNER_SECRET,
            config=Config(retries={"total_max_attempts": 1}, connect_timeout=2, read_timeout=10),
        )

    def environ(self) -> dict[str, str]:
        """What names this server, and the application there, to boto3."""
        return {
            "AWS_ENDPOINT_URL_S3": self.url,
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_DEFAULT_REGION": REGION,
        }

    def kill(self) -> None:
        """At once, whatever it is doing."""
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None
