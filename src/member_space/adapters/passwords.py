"""argon2id with the OWASP profile (t=2, 19 MiB, p=1)."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zope.interface import implementer

from member_space.domain.password import composed
from member_space.interfaces import IPasswordHasher


@implementer(IPasswordHasher)
class Argon2Passwords:
    def __init__(self, time_cost: int = 2, memory_kib: int = 19 * 1024) -> None:
        """The defaults are what a member gets; a suite that hashes all day gives less."""
        self._hasher = PasswordHasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=1)
        # What an unknown account is verified against, so that it costs as much as a known one.
        self._decoy = self._hasher.hash("no account has this password")

    def hash(self, password: str) -> str:
        return self._hasher.hash(composed(password))

    def verify(self, encoded: str | None, password: str) -> bool:
        try:
            return self._hasher.verify(encoded or self._decoy, composed(password)) and encoded is not None
        except (VerificationError, InvalidHashError):
            return False

    def needs_rehash(self, encoded: str) -> bool:
        return self._hasher.check_needs_rehash(encoded)
