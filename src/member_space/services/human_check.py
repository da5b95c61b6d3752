"""A small proof of work that a browser does by itself, so that nobody has a picture to solve (C18).

The puzzle is signed and says when it ends: nothing is kept until it is solved, then its number alone, so that one
proof is good for one form.
"""

import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from member_space.models import SpentPuzzle
from member_space.services.tools import Tools

BITS = 14
"""Leading zero bits of the SHA-256: some 16,000 tries, under a second of a telephone."""
LIFE = timedelta(hours=1)


def new_puzzle(tools: Tools) -> str:
    """`bits.end.number.signature`, for the page of a form."""
    words = f"{BITS}.{int((tools.now() + LIFE).timestamp())}.{secrets.token_hex(16)}"
    return f"{words}.{_signature(tools, words)}"


def solve(puzzle: str) -> str:
    """What static/proof.js does: a number that makes the hash begin with enough zeros."""
    bits = int(puzzle.partition(".")[0])
    n = 0
    while not _is_solution(puzzle, str(n), bits):
        n += 1
    return str(n)


def accept(db: Session, tools: Tools, puzzle: str, answer: str) -> bool:
    """Whether this is a puzzle of ours, in time, solved, and for the first time."""
    words, _dot, signature = puzzle.rpartition(".")
    if not hmac.compare_digest(_signature(tools, words).encode(), signature.encode("utf-8", "replace")):
        return False
    bits, end, number = words.split(".")
    expires_at = datetime.fromtimestamp(int(end), UTC)
    if expires_at <= tools.now() or not _is_solution(puzzle, answer, int(bits)):
        return False
    spent = insert(SpentPuzzle).values(number=bytes.fromhex(number), expires_at=expires_at)
    return db.execute(spent.on_conflict_do_nothing().returning(SpentPuzzle.number)).first() is not None


def forget_spent(db: Session, tools: Tools) -> None:
    """The task that clears up: a puzzle that is too old is refused by its date."""
    now = tools.now()
    db.execute(delete(SpentPuzzle).where(SpentPuzzle.expires_at <= now).execution_options(synchronize_session=False))


def _is_solution(puzzle: str, answer: str, bits: int) -> bool:
    digest = hashlib.sha256(f"{puzzle}:{answer}".encode("utf-8", "replace")).digest()
    return int.from_bytes(digest[:8], "big") >> (64 - bits) == 0


def _signature(tools: Tools, words: str) -> str:
    return tools.cipher.blind_index(f"puzzle:{words}")[:16].hex()
