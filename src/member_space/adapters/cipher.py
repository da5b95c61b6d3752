"""AES-256-GCM with numbered keys, and an HMAC-SHA256 blind index."""

import hmac
import os
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from zope.interface import implementer

from member_space.interfaces import ICipher

NONCE = 12


@implementer(ICipher)
class AesGcmCipher:
    """Token = key number (1 byte) + nonce (12) + ciphertext and tag. The first key encrypts, all decrypt."""

    def __init__(self, keys: Mapping[str, bytes], index_key: bytes) -> None:
        self._ciphers = {int(number): AESGCM(key) for number, key in keys.items()}
        self._current = int(next(iter(keys)))
        self._index_key = index_key

    def encrypt(self, text: str) -> bytes:
        return self.encrypt_bytes(text.encode())

    def decrypt(self, token: bytes) -> str:
        return self.decrypt_bytes(token).decode()

    def encrypt_bytes(self, data: bytes) -> bytes:
        nonce = os.urandom(NONCE)
        return bytes((self._current,)) + nonce + self._ciphers[self._current].encrypt(nonce, data, None)

    def decrypt_bytes(self, token: bytes) -> bytes:
        cipher = self._ciphers.get(token[0]) if token else None
        if cipher is None:
            raise ValueError("encrypted with a key that is not in secrets.data_keys")
        try:
            return cipher.decrypt(token[1 : 1 + NONCE], token[1 + NONCE :], None)
        except InvalidTag:
            raise ValueError("altered, or encrypted with another key of the same number") from None

    def blind_index(self, text: str) -> bytes:
        return hmac.digest(self._index_key, text.encode(), "sha256")
