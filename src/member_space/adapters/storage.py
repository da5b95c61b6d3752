"""Files in a folder or in an S3 bucket, behind one interface."""

import io
import os
import shutil
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from zope.interface import implementer

from member_space.interfaces import IStorage

CHUNK = 1 << 20
"""Bytes of a large file in memory at a time."""
PARTIAL = ".partial"
TOGETHER = 10
"""Questions to S3 at once: the connections that botocore keeps, when it is not told otherwise."""


def _read(path: Path, start: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(start)
        while chunk := file.read(CHUNK):
            yield chunk


def storage_from(url: str) -> "FolderStorage | S3Storage":
    """`folder:PATH` or `s3://bucket/prefix`; raise ValueError for anything else."""
    if url.startswith("folder:"):
        return FolderStorage(Path(url.removeprefix("folder:")).resolve())
    parts = urlsplit(url)
    if parts.scheme == "s3" and parts.netloc:
        return S3Storage(parts.netloc, parts.path.strip("/"))
    raise ValueError("storage.url is folder:PATH or s3://bucket/prefix")


def _private(path: str, flags: int) -> int:
    """Nobody but the server's user reads what members send."""
    return os.open(path, flags, 0o600)


class _Checked:
    """What both kinds share: the check writes, reads back and removes a small file."""

    def check(self: Any) -> None:
        key = f"check/{uuid.uuid4()}"
        self.put(key, b"ready")
        if self.get(key) != b"ready":
            raise OSError("the storage did not give back what was written")
        self.delete(key)


@implementer(IStorage)
class FolderStorage(_Checked):
    def __init__(self, root: Path) -> None:
        self._root = root

    def _path(self, key: str) -> Path:
        path = (self._root / key).resolve()
        if self._root not in path.parents:
            raise ValueError("a storage key stays inside the storage")
        return path

    def put(self, key: str, data: bytes) -> None:
        self.put_file(key, BytesIO(data))

    def put_file(self, key: str, file: BinaryIO) -> None:
        path = self._path(key)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        partial = path.with_name(f"{path.name}.{uuid.uuid4().hex}{PARTIAL}")
        try:
            with open(partial, "wb", opener=_private) as kept:
                shutil.copyfileobj(file, kept, CHUNK)
                kept.flush()
                os.fsync(kept.fileno())
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)

    def get(self, key: str) -> bytes:
        try:
            return self._path(key).read_bytes()
        except FileNotFoundError:
            raise KeyError(key) from None

    def chunks(self, key: str, start: int = 0) -> Iterator[bytes]:
        path = self._path(key)
        if not path.is_file():
            raise KeyError(key)
        return _read(path, start)

    def missing(self, keys: Sequence[str]) -> set[str]:
        return {key for key in keys if not self._path(key).is_file()}

    def delete(self, key: str) -> None:
        self._path(key).unlink(missing_ok=True)

    def link(self, key: str, seconds: int, media_type: str, disposition: str) -> str | None:  # noqa: ARG002 - of the interface
        """Nobody but the application reaches the folder."""
        return None

    def keys(self, folder: str) -> Iterator[str]:
        for path in self._path(folder).rglob("*"):
            if path.is_file() and path.suffix != PARTIAL:
                yield str(path.relative_to(self._root))


@contextmanager
def _answering() -> Iterator[None]:
    """A server that does not answer, or refuses us, is an OSError as a disk that fails is one."""
    from boto3.exceptions import Boto3Error
    from botocore.exceptions import BotoCoreError, ClientError
    from urllib3.exceptions import HTTPError

    try:
        yield
    except (BotoCoreError, ClientError, Boto3Error, HTTPError) as error:
        raise OSError(f"the storage does not answer: {type(error).__name__}") from error


@implementer(IStorage)
class S3Storage(_Checked):
    """Credentials and endpoint come from boto3's own environment variables."""

    def __init__(self, bucket: str, prefix: str) -> None:
        import boto3
        from botocore.config import Config

        self._bucket = bucket
        self._prefix = f"{prefix}/" if prefix else ""
        # Somebody waits: a server that is down is known within seconds, not after boto3's own five minutes.
        patience = Config(
            connect_timeout=3, read_timeout=20, retries={"total_max_attempts": 2}, signature_version="s3v4"
        )
        self._client = boto3.Session().client("s3", config=patience)

    def put(self, key: str, data: bytes) -> None:
        with _answering():
            self._client.put_object(Bucket=self._bucket, Key=self._prefix + key, Body=data)

    def put_file(self, key: str, file: BinaryIO) -> None:
        # boto3 closes what it is given.
        with _answering():
            self._client.upload_fileobj(_Kept(file), self._bucket, self._prefix + key)

    def chunks(self, key: str, start: int = 0) -> Iterator[bytes]:
        body = self._body(key, start)

        def pieces() -> Iterator[bytes]:
            with _answering(), closing(body):
                yield from body.iter_chunks(CHUNK)

        return pieces()

    def missing(self, keys: Sequence[str]) -> set[str]:
        # S3 tells of one key at a time: several are asked at once, as many as the client has connections.
        with ThreadPoolExecutor(TOGETHER) as pool:
            return {key for key, there in zip(keys, pool.map(self._is_there, keys), strict=True) if not there}

    def _is_there(self, key: str) -> bool:
        try:
            with _answering():
                self._client.head_object(Bucket=self._bucket, Key=self._prefix + key)
        except OSError as error:
            # The answer to HEAD has no body, so no « NoSuchKey ».
            if getattr(error.__cause__, "response", {}).get("Error", {}).get("Code") == "404":
                return False
            raise
        return True

    def get(self, key: str) -> bytes:
        body = self._body(key)
        with _answering():
            return bytes(body.read())

    def _body(self, key: str, start: int = 0) -> Any:
        part = {"Range": f"bytes={start}-"} if start else {}
        try:
            with _answering():
                answer = self._client.get_object(Bucket=self._bucket, Key=self._prefix + key, **part)
        except OSError as error:
            if isinstance(error.__cause__, self._client.exceptions.NoSuchKey):
                raise KeyError(key) from None
            raise
        return answer["Body"]

    def delete(self, key: str) -> None:
        with _answering():
            self._client.delete_object(Bucket=self._bucket, Key=self._prefix + key)

    def link(self, key: str, seconds: int, media_type: str, disposition: str) -> str | None:
        asked = {
            "Bucket": self._bucket,
            "Key": self._prefix + key,
            "ResponseContentType": media_type,
            "ResponseContentDisposition": disposition,
        }
        return str(self._client.generate_presigned_url("get_object", Params=asked, ExpiresIn=seconds))

    def keys(self, folder: str) -> Iterator[str]:
        pages = self._client.get_paginator("list_objects_v2")
        with _answering():
            for page in pages.paginate(Bucket=self._bucket, Prefix=f"{self._prefix}{folder}/"):
                for found in page.get("Contents", ()):
                    yield found["Key"].removeprefix(self._prefix)


class _Kept(io.RawIOBase):
    """A file that stays open when boto3 is done with it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        return self._file.read(size)

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()
