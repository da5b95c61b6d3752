"""How one setting is read: from the environment first, then from the ini file; what is wrong is told by its name."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from pyramid.settings import asbool


class SettingError(ValueError):
    """A setting is missing or malformed; the message names it and the environment variable."""


def variable_of(name: str) -> str:
    """The environment variable that overrides a setting."""
    return "MEMBER_SPACE_" + name.replace(".", "_").upper()


class Reader:
    """The settings of an ini file under those of the environment, each read as what it must be."""

    def __init__(self, ini: Mapping[str, Any], environ: Mapping[str, str]) -> None:
        self._ini = ini
        self._environ = environ

    def optional(self, name: str) -> str | None:
        value = self._environ.get(variable_of(name), self._ini.get(name))
        return str(value).strip() or None if value is not None else None

    def required(self, name: str) -> str:
        value = self.optional(name)
        if value is None:
            raise SettingError(f"setting {name!r} is missing: set it in the ini file or as {variable_of(name)}")
        return value

    def text(self, name: str, default: str) -> str:
        return self.optional(name) or default

    def flag(self, name: str, default: bool) -> bool:
        value = self.optional(name)
        return default if value is None else asbool(value)

    def integer(self, name: str, default: int | None) -> int | None:
        value = self.optional(name)
        if value is None:
            return default
        if not value.isdecimal():
            raise SettingError(f"setting {name!r} must be a whole number, not {value!r}")
        return int(value)

    def choice(self, name: str, choices: tuple[str, ...], default: str | None = None) -> str:
        value = self.text(name, default) if default else self.required(name)
        if value not in choices:
            raise SettingError(f"setting {name!r} must be one of {', '.join(choices)}, not {value!r}")
        return value

    def url(self, name: str) -> str:
        """A required address of another server: over TLS, or on this very machine."""
        value = self.required(name)
        try:
            parts = urlsplit(value)
            _port = parts.port
        except ValueError:
            parts = urlsplit("")
        here = parts.hostname in ("localhost", "127.0.0.1", "::1")
        safe = parts.scheme == "https" or (parts.scheme == "http" and here)
        if not (safe and parts.hostname) or parts.username or parts.fragment:
            raise SettingError(f"setting {name!r} must be the address of a server, https://…")
        return value

    def key(self, name: str, value: str) -> bytes:
        try:
            raw = base64.b64decode(value, validate=True)
        except binascii.Error:
            raw = b""
        if len(raw) != 32:
            raise SettingError(f"setting {name!r} must hold 32 bytes in base64")
        return raw

    def keyring(self, name: str) -> dict[str, bytes]:
        """`id:base64 id:base64`; the first encrypts, all decrypt, so that keys rotate."""
        ring = {}
        for item in self.required(name).split():
            key_id, colon, value = item.partition(":")
            if not (colon and key_id.isdecimal() and int(key_id) < 256):
                raise SettingError(f"setting {name!r} is a list of `number:base64`, numbers below 256")
            ring[key_id] = self.key(name, value)
        return ring
