"""Apple's pass (.pkpass): a zip of pass.json, its pictures, the SHA-1 of each in a manifest, and that one's signature.

Apple's Wallet Developer Guide says the keys and the files. Only a certificate that Apple gave makes it open on a
telephone: without one, nothing here is switched on (docs/card.md).
"""

import hashlib
import json
import re
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7Options, PKCS7SignatureBuilder
from zope.interface import implementer

from member_space.interfaces import IWalletSigner, WalletPass
from member_space.settings import Wallet
from member_space.settings.reader import SettingError

ICON = "icon-192.png"
PICTURES = {
    "icon.png": 29,
    "icon@2x.png": 58,
    "icon@3x.png": 87,
    "logo.png": 50,
    "logo@2x.png": 100,
    "logo@3x.png": 150,
}
"""Sides in pixels."""
Fields = tuple[tuple[str, str, str], ...]


@implementer(IWalletSigner)
class ApplePass:
    """Signs with the files that `wallet` names, read once; raises SettingError, naming the setting that is wrong."""

    media_type = "application/vnd.apple.pkpass"
    extension = "pkpass"

    def __init__(self, wallet: Wallet) -> None:
        self._pass_type = _given("pass_type", wallet.pass_type)
        self._team = _given("team", wallet.team)
        self._certificate = _certificate("certificate", wallet.certificate)
        self._intermediate = _certificate("intermediate", wallet.intermediate)
        self._key = _key(wallet.key)
        if self._key.public_key() != self._certificate.public_key():
            raise SettingError("setting 'wallet.key' is not the key of 'wallet.certificate'")
        self._pictures = _pictures()

    def sign(self, wanted: WalletPass) -> bytes:
        """The file. SHA-1 is Apple's format: what protects it is the signature of the manifest."""
        content = {"pass.json": json.dumps(self._pass(wanted), ensure_ascii=False).encode(), **self._pictures}
        sums = {name: hashlib.sha1(data, usedforsecurity=False).hexdigest() for name, data in content.items()}
        manifest = json.dumps(sums).encode()
        signature = (
            PKCS7SignatureBuilder()
            .set_data(manifest)
            .add_signer(self._certificate, self._key, SHA256())
            .add_certificate(self._intermediate)
            .sign(Encoding.DER, [PKCS7Options.DetachedSignature, PKCS7Options.Binary])
        )
        out = BytesIO()
        with ZipFile(out, "w", ZIP_DEFLATED) as archive:
            for name, data in {**content, "manifest.json": manifest, "signature": signature}.items():
                archive.writestr(name, data)
        return out.getvalue()

    def _pass(self, wanted: WalletPass) -> dict[str, Any]:
        first, *others = wanted.front
        return {
            "formatVersion": 1,
            "passTypeIdentifier": self._pass_type,
            "teamIdentifier": self._team,
            "serialNumber": wanted.serial,
            "organizationName": wanted.organization,
            "description": wanted.title,
            "logoText": wanted.organization,
            "backgroundColor": _rgb(wanted.colour),
            "foregroundColor": "rgb(255, 255, 255)",
            "labelColor": "rgb(255, 255, 255)",
            "expirationDate": wanted.expires_at.isoformat(timespec="seconds"),
            "sharingProhibited": True,
            "barcodes": [
                {"format": "PKBarcodeFormatQR", "message": wanted.qr, "messageEncoding": "iso-8859-1"},
            ],
            "generic": {
                "primaryFields": _fields((first,)),
                "secondaryFields": _fields(tuple(others[:2])),
                "auxiliaryFields": _fields(tuple(others[2:])),
                "backFields": _fields(wanted.back),
            },
        }


def _fields(fields: Fields) -> list[dict[str, str]]:
    return [{"key": key, "label": label, "value": value} for key, label, value in fields]


def _rgb(colour: str) -> str:
    """« #0f6b64 » as Apple writes it."""
    parts = re.findall("[0-9a-fA-F]{2}", colour)
    return f"rgb({', '.join(str(int(part, 16)) for part in parts)})"


def _pictures() -> dict[str, bytes]:
    from PIL import Image

    found = {}
    with files("member_space").joinpath("static", ICON).open("rb") as file, Image.open(file) as image:
        icon = image.convert("RGBA")
    for name, side in PICTURES.items():
        out = BytesIO()
        icon.resize((side, side), Image.Resampling.LANCZOS).save(out, "PNG")
        found[name] = out.getvalue()
    return found


def _given(name: str, value: str | None) -> str:
    if not value:
        raise SettingError(f"setting 'wallet.{name}' is missing: Apple's passes name it")
    return value


def _read(name: str, path: Path | None) -> bytes:
    try:
        return Path(_given(name, str(path or ""))).read_bytes()
    except OSError as error:
        raise SettingError(f"setting 'wallet.{name}': {path} cannot be read ({error.strerror})") from error


def _certificate(name: str, path: Path | None) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(_read(name, path))
    except ValueError:
        raise SettingError(f"setting 'wallet.{name}': {path} is not a certificate in PEM") from None


def _key(path: Path | None) -> RSAPrivateKey | EllipticCurvePrivateKey:
    """Without a password: the file's own rights close it."""
    try:
        key = load_pem_private_key(_read("key", path), None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, RSAPrivateKey | EllipticCurvePrivateKey):
        raise SettingError(f"setting 'wallet.key': {path} is not a private key in PEM without a password")
    return key
