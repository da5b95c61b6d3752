"""Apple's pass: its files, its manifest, its signature, and settings that do not go together."""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from zipfile import ZipFile

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization.pkcs7 import load_der_pkcs7_certificates
from PIL import Image

from member_space.adapters.wallet import ApplePass
from member_space.config import wallet_from
from member_space.interfaces import WalletPass
from member_space.settings import read_settings
from member_space.settings.reader import SettingError
from tests.conftest import TEST_INI
from tests.factories.wallet import make_wallet

WANTED = WalletPass(
    serial="0" * 32,
    organization="Mutuelle Horizon Santé",
    title="Carte de tiers payant 2026",
    colour="#0f6b64",
    expires_at=datetime(2026, 12, 31, 22, 59, 59, tzinfo=UTC),
    qr="https://example.org/droits/code",
    front=(
        ("member_number", "N° adhérent", "20000101"),
        ("validity", "Période de validité", "2026"),
        ("csr", "CSR", "–"),
    ),
    back=(("people", "Bénéficiaires", "Karim Benali"),),
)
SEQUENCE, SET, OCTETS, FIRST = 0x30, 0x31, 0x04, 0xA0


@pytest.fixture
def wallet(tmp_path):
    return make_wallet(tmp_path)


@pytest.fixture
def files(wallet):
    with ZipFile(BytesIO(ApplePass(wallet).sign(WANTED))) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def parts(der: bytes) -> list[tuple[int, bytes, bytes]]:
    """(tag, the whole, what is in it) of each element that stands in these bytes (X.690)."""
    found, at = [], 0
    while at < len(der):
        length, start = der[at + 1], at + 2
        if length & 0x80:
            start += length & 0x7F
            length = int.from_bytes(der[at + 2 : start], "big")
        found.append((der[at], der[at : start + length], der[start : start + length]))
        at = start + length
    return found


def signer_of(signature: bytes) -> tuple[bytes, bytes]:
    """The attributes that are signed, as they are signed, and their signature (RFC 5652, 5.3 and 5.4)."""
    ((_, _, content),) = parts(signature)
    _kind, (_, _, signed) = parts(content)
    ((_, _, data),) = parts(signed)
    infos = parts(data)[-1]
    assert infos[0] == SET
    ((_, _, info),) = parts(infos[2])
    attributes = next(whole for tag, whole, _ in parts(info) if tag == FIRST)
    value = next(inner for tag, _, inner in parts(info)[::-1] if tag == OCTETS)
    return bytes([SET]) + attributes[1:], value


def test_the_manifest_holds_the_sum_of_each_file(files):
    manifest = json.loads(files["manifest.json"])
    assert manifest == {
        name: hashlib.sha1(data, usedforsecurity=False).hexdigest()
        for name, data in files.items()
        if name not in ("manifest.json", "signature")
    }


def test_the_signature_is_of_the_manifest_by_the_given_certificate(files, wallet):
    attributes, value = signer_of(files["signature"])
    certificate = x509.load_pem_x509_certificate(wallet.certificate.read_bytes())
    certificate.public_key().verify(value, attributes, ECDSA(SHA256()))
    assert hashlib.sha256(files["manifest.json"]).digest() in attributes
    with pytest.raises(InvalidSignature):
        certificate.public_key().verify(value, attributes + b"x", ECDSA(SHA256()))


def test_the_signature_is_detached_and_brings_the_chain(files, wallet):
    assert files["manifest.json"] not in files["signature"]
    named = {one.subject.rfc4514_string() for one in load_der_pkcs7_certificates(files["signature"])}
    assert named == {"CN=An authority of passes", "CN=Pass Type ID: pass.example.card"}


def test_the_pass_shows_a_qr_and_its_fields(files):
    told = json.loads(files["pass.json"])
    assert (told["passTypeIdentifier"], told["teamIdentifier"]) == ("pass.example.card", "ABCDE12345")
    assert [one["format"] for one in told["barcodes"]] == ["PKBarcodeFormatQR"]
    assert told["barcodes"][0]["message"] == WANTED.qr
    assert told["expirationDate"] == "2026-12-31T22:59:59+00:00"
    assert told["backgroundColor"] == "rgb(15, 107, 100)"
    assert told["generic"]["primaryFields"] == [{"key": "member_number", "label": "N° adhérent", "value": "20000101"}]
    assert told["generic"]["backFields"] == [{"key": "people", "label": "Bénéficiaires", "value": "Karim Benali"}]


@pytest.mark.parametrize(("name", "side"), [("icon.png", 29), ("icon@2x.png", 58), ("logo@3x.png", 150)])
def test_its_pictures_have_the_sizes_of_telephones(files, name, side):
    with Image.open(BytesIO(files[name])) as picture:
        assert (picture.format, picture.size) == ("PNG", (side, side))


@pytest.mark.parametrize("name", ["pass_type", "team", "certificate", "key", "intermediate"])
def test_what_is_missing_is_named(wallet, name):
    with pytest.raises(SettingError, match=f"wallet.{name}"):
        ApplePass(replace(wallet, **{name: None}))


@pytest.mark.parametrize("name", ["certificate", "key", "intermediate"])
def test_a_file_that_cannot_be_used_is_named(wallet, tmp_path, name):
    (tmp_path / "wrong.pem").write_text("not a PEM")
    for path in (tmp_path / "wrong.pem", tmp_path / "nowhere.pem"):
        with pytest.raises(SettingError, match=f"wallet.{name}"):
            ApplePass(replace(wallet, **{name: path}))


def test_a_key_of_another_certificate_is_refused(wallet, tmp_path):
    (tmp_path / "other").mkdir()
    other = make_wallet(tmp_path / "other")
    with pytest.raises(SettingError, match=r"wallet\.key"):
        ApplePass(replace(wallet, key=other.key))


def test_it_is_off_unless_a_signer_is_named(wallet):
    assert read_settings(TEST_INI, {}).wallet is None
    named = {"signer": wallet.signer, "team": wallet.team, "key": str(wallet.key)}
    read = read_settings(TEST_INI | {f"wallet.{name}": value for name, value in named.items()}, {}).wallet
    assert (read.signer, read.team, read.key, read.pass_type) == (wallet.signer, wallet.team, wallet.key, None)


def test_a_signer_that_is_not_there_is_named(wallet):
    with pytest.raises(SettingError, match=r"wallet\.signer"):
        wallet_from(replace(wallet, signer="member_space.adapters.wallet:NoSuchThing"))
