"""One suite for both kinds of storage: a folder, and S3 as a real server process gives it."""

import urllib.error
import urllib.request
from io import BytesIO
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from member_space.adapters.storage import FolderStorage, S3Storage, storage_from
from tests.factories.s3_server import BUCKET, S3Server

# One server for all of them, on one worker.
pytestmark = pytest.mark.xdist_group("s3")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = S3Server(tmp_path_factory.mktemp("s3"))
    try:
        server.start()
        yield server
    finally:
        server.kill()


@pytest.fixture
def mortal(tmp_path, monkeypatch):
    """One for a test that kills it: started again, this server grants more than its file says."""
    server = S3Server(tmp_path / "s3")
    try:
        server.start()
        for name, value in server.environ().items():
            monkeypatch.setenv(name, value)
        yield server
    finally:
        server.kill()


@pytest.fixture
def s3_client(server, monkeypatch):
    for name, value in server.environ().items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    client = server.client()
    yield client
    for found in client.list_objects_v2(Bucket=BUCKET).get("Contents", ()):
        client.delete_object(Bucket=BUCKET, Key=found["Key"])


@pytest.fixture(params=["folder", "s3"])
def storage(request, tmp_path):
    if request.param == "folder":
        return storage_from(f"folder:{tmp_path / 'made' / 'when-needed'}")
    request.getfixturevalue("s3_client")
    return storage_from(f"s3://{BUCKET}/some/prefix")


class TestEveryStorage:
    def test_gives_back_what_was_put(self, storage):
        storage.put("claims/2026/1", b"\x00\xff bytes \r\n")
        assert storage.get("claims/2026/1") == b"\x00\xff bytes \r\n"

    def test_keeps_an_empty_file_and_a_large_one(self, storage):
        storage.put("empty", b"")
        assert storage.get("empty") == b""
        storage.put("large", bytes(range(256)) * 40_000)
        assert storage.get("large") == bytes(range(256)) * 40_000

    def test_a_file_comes_and_goes_in_pieces(self, storage, tmp_path):
        """Larger than what S3 takes in one part, so that it really goes in pieces."""
        data = bytes(range(256)) * 40_000
        (tmp_path / "file").write_bytes(data)
        with (tmp_path / "file").open("rb") as file:
            storage.put_file("exports/1", file)
        pieces = list(storage.chunks("exports/1"))
        assert len(pieces) > 1
        assert b"".join(pieces) == data == storage.get("exports/1")
        with pytest.raises(KeyError):
            storage.chunks("nowhere/1")

    @pytest.mark.parametrize("start", [0, 1, 9_999_999])
    def test_a_file_from_the_middle_on(self, storage, start):
        data = bytes(range(256)) * 40_000
        storage.put("a", data)
        assert b"".join(storage.chunks("a", start)) == data[start:]
        with pytest.raises(KeyError):
            storage.chunks("nowhere/1", start)

    def test_which_are_missing(self, storage):
        keys = [f"a/{n}" for n in range(25)]
        for key in keys[::2]:
            storage.put(key, b"1")
        assert storage.missing(keys) == set(keys[1::2])
        assert storage.missing([]) == set()

    def test_the_last_put_wins(self, storage):
        storage.put("a", b"first, and longer")
        storage.put("a", b"second")
        assert storage.get("a") == b"second"

    def test_keys_are_apart(self, storage):
        storage.put("a/b", b"1")
        storage.put("a/c", b"2")
        assert (storage.get("a/b"), storage.get("a/c")) == (b"1", b"2")

    def test_a_key_that_is_not_there_is_a_key_error(self, storage):
        with pytest.raises(KeyError):
            storage.get("nowhere/1")

    def test_what_is_deleted_is_gone_and_deleting_twice_is_silent(self, storage):
        storage.put("a", b"1")
        storage.delete("a")
        storage.delete("a")
        with pytest.raises(KeyError):
            storage.get("a")

    def test_the_keys_of_a_folder_and_of_no_other(self, storage):
        for key in ("files/2026-06-16/a", "files/2026-06-16/b", "files/2026-06-161/c", "shown/2026-06-16/d"):
            storage.put(key, b"1")
        assert sorted(storage.keys("files/2026-06-16")) == ["files/2026-06-16/a", "files/2026-06-16/b"]
        assert list(storage.keys("nowhere")) == []

    def test_a_file_stays_open_once_it_was_put(self, storage):
        file = BytesIO(b"once more")
        storage.put_file("a", file)
        file.seek(0)
        storage.put_file("b", file)
        assert storage.get("a") == storage.get("b") == b"once more"

    def test_the_check_passes_and_leaves_nothing(self, storage, request, tmp_path):
        storage.check()
        if isinstance(storage, FolderStorage):
            assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
        else:
            assert "Contents" not in request.getfixturevalue("s3_client").list_objects_v2(Bucket=BUCKET)

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15, deadline=None)
    @given(data=st.binary(max_size=3000))
    def test_any_bytes(self, storage, data):
        storage.put("any", data)
        assert storage.get("any") == data


def test_a_prefix_is_part_of_the_name_in_the_bucket(s3_client):
    storage_from(f"s3://{BUCKET}/prefix/").put("a/b", b"1")
    storage_from(f"s3://{BUCKET}").put("a/b", b"2")
    names = [each["Key"] for each in s3_client.list_objects_v2(Bucket=BUCKET)["Contents"]]
    assert names == ["a/b", "prefix/a/b"]


DISPOSITION = "attachment; filename=\"re_u.jpg\"; filename*=UTF-8''re%C3%A7u.jpg"


def follow(link: str):
    with urllib.request.urlopen(link) as answer:
        return answer.read(), answer.headers["Content-Type"], answer.headers["Content-Disposition"]


def refused(link: str) -> int:
    with pytest.raises(urllib.error.HTTPError) as error:
        follow(link)
    error.value.close()
    return error.value.code


class TestLinks:
    def test_a_folder_has_none(self, tmp_path):
        assert FolderStorage(tmp_path).link("a", 60, "image/jpeg", DISPOSITION) is None

    def test_one_gives_its_file_as_one_to_keep(self, s3_client):
        storage = storage_from(f"s3://{BUCKET}/prefix")
        storage.put("a", b"a picture")
        assert follow(storage.link("a", 60, "image/jpeg", DISPOSITION)) == (b"a picture", "image/jpeg", DISPOSITION)

    def test_one_gives_no_other_file_nor_another_kind(self, s3_client):
        storage = storage_from(f"s3://{BUCKET}")
        storage.put("mine", b"1")
        storage.put("theirs", b"2")
        link = storage.link("mine", 60, "image/jpeg", DISPOSITION)
        assert refused(link.replace("/mine?", "/theirs?")) == 403
        parts = urlsplit(link)
        asked = dict(parse_qsl(parts.query))
        for name, value in (("response-content-type", "text/html"), ("X-Amz-Signature", "0" * 64)):
            assert name in asked
            assert refused(urlunsplit(parts._replace(query=urlencode(asked | {name: value})))) == 403

    def test_one_of_another_secret_is_refused(self, s3_client, server, monkeypatch):
        storage_from(f"s3://{BUCKET}").put("a", b"1")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a-wrong-secret-of-the-suite")
        assert refused(storage_from(f"s3://{BUCKET}").link("a", 60, "image/jpeg", DISPOSITION)) == 403

    def test_one_ends(self, s3_client, monkeypatch):
        """Signed as an hour ago by a clock of ours: nobody waits for it."""
        import datetime

        import botocore.auth

        storage = storage_from(f"s3://{BUCKET}")
        storage.put("a", b"1")
        passed = datetime.datetime.now(datetime.UTC) - datetime.timedelta(hours=1)
        with monkeypatch.context() as then:
            then.setattr(botocore.auth, "get_current_datetime", lambda: passed)
            link = storage.link("a", 60, "image/jpeg", DISPOSITION)
        assert f"X-Amz-Date={passed:%Y%m%dT%H%M%SZ}" in link
        assert refused(link) == 403


class TestAServerThatFails:
    def test_a_wrong_secret_is_an_os_error_everywhere(self, s3_client, monkeypatch):
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a-wrong-secret-of-the-suite")
        storage = storage_from(f"s3://{BUCKET}")
        acts = (
            lambda: storage.put("a", b"1"),
            lambda: storage.put_file("a", BytesIO(b"1")),
            lambda: storage.get("a"),
            lambda: storage.chunks("a"),
            lambda: storage.missing(["a"]),
            lambda: storage.delete("a"),
            lambda: list(storage.keys("a")),
            storage.check,
        )
        for act in acts:
            with pytest.raises(OSError):
                act()

    def test_one_that_dies_in_the_middle_keeps_nothing_and_says_so(self, mortal):
        """Killed while the second part of a large file is sent: an OSError; started again, there is no such file."""
        storage = storage_from(f"s3://{BUCKET}")
        storage.put("before", b"acknowledged")

        class Dying(BytesIO):
            def read(self, size=-1):
                if self.tell() > 9_000_000:
                    mortal.kill()
                return super().read(size)

        with pytest.raises(OSError):
            storage.put_file("half", Dying(bytes(30_000_000)))
        with pytest.raises(OSError):
            storage.get("before")
        mortal.start()
        assert storage.get("before") == b"acknowledged"
        with pytest.raises(KeyError):
            storage.get("half")
        storage.put("half", b"whole")
        assert storage.get("half") == b"whole"


def test_the_check_of_a_bucket_that_is_not_there_is_an_os_error(s3_client):
    with pytest.raises(OSError):
        S3Storage("no-such-bucket", "").check()


def test_the_check_of_a_folder_that_cannot_be_written_is_an_os_error(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OSError):
        FolderStorage(tmp_path / "file").check()


@pytest.mark.parametrize("key", ["../outside", "a/../../outside", "/etc/passwd", "..", ".", "", "link/secret"])
def test_a_key_stays_inside_the_folder(tmp_path, key):
    root, outside = tmp_path / "root", tmp_path / "outside"
    root.mkdir()
    outside.write_bytes(b"secret")
    (root / "link").symlink_to(tmp_path)
    storage = FolderStorage(root)
    for act in (lambda: storage.put(key, b"1"), lambda: storage.get(key), lambda: storage.delete(key)):
        with pytest.raises(ValueError, match="inside the storage"):
            act()
    assert outside.read_bytes() == b"secret"


def test_a_put_that_breaks_leaves_the_former_file_whole(tmp_path, monkeypatch):
    storage = FolderStorage(tmp_path)
    storage.put("a", b"former")

    def full(_descriptor):
        raise OSError("no space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="no space"):
        storage.put("a", b"half of the new")
    assert storage.get("a") == b"former"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


@pytest.mark.parametrize("url", ["", "folder", "s3:", "s3:///prefix", "https://example.org/x", "/var/files"])
def test_an_address_that_is_no_storage_is_refused(url):
    with pytest.raises(ValueError, match="folder:PATH or s3://bucket/prefix"):
        storage_from(url)
