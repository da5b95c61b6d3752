"""A pure codec of the NOEMIE exchanges with the statutory funds: bytes in, typed records out, and back.

``read`` reads 929 (answers) and 408 (movements); ``write`` writes both; ``return_code`` says what an answer means
and what can be done. Standard library only. What is covered, and what is unverified: docs/noemie.md.
"""

from member_space.noemie.codes import CODES, SENDER_TYPES, ReturnCode, contract_type, return_code
from member_space.noemie.entries import Entry, LogicalFile
from member_space.noemie.errors import NoemieError
from member_space.noemie.packing import Framing
from member_space.noemie.reader import read
from member_space.noemie.records import Answer, Closing, Envelope, Fund, Line, Movement
from member_space.noemie.writer import logical_files, stream, write

__all__ = [
    "CODES",
    "SENDER_TYPES",
    "Answer",
    "Closing",
    "Entry",
    "Envelope",
    "Framing",
    "Fund",
    "Line",
    "LogicalFile",
    "Movement",
    "NoemieError",
    "ReturnCode",
    "contract_type",
    "logical_files",
    "read",
    "return_code",
    "stream",
    "write",
]
