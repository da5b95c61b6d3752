"""A certificate of passes that signs for itself, as Apple's would: PEM files in a folder."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from member_space.settings import Wallet

SIGNER = "member_space.adapters.wallet:ApplePass"


def make_wallet(folder: Path) -> Wallet:
    """All that Apple's signer asks for."""
    authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority, owner = _name("An authority of passes"), _name("Pass Type ID: pass.example.card")
    _write(folder / "intermediate.pem", _certificate(authority, authority_key.public_key(), authority, authority_key))
    _write(folder / "certificate.pem", _certificate(owner, key.public_key(), authority, authority_key))
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "key.pem").write_bytes(pem)
    return Wallet(
        signer=SIGNER,
        label="Apple Wallet",
        pass_type="pass.example.card",
        team="ABCDE12345",
        certificate=folder / "certificate.pem",
        key=folder / "key.pem",
        intermediate=folder / "intermediate.pem",
    )


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _certificate(subject: x509.Name, key: ec.EllipticCurvePublicKey, issuer: x509.Name, signer) -> x509.Certificate:
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(issuer, subject, key, x509.random_serial_number())
    return builder.not_valid_before(now).not_valid_after(now + timedelta(days=1)).sign(signer, SHA256())


def _write(path: Path, certificate: x509.Certificate) -> None:
    path.write_bytes(certificate.public_bytes(Encoding.PEM))
