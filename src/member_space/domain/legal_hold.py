"""Why the office may keep what its time would have erased (C127)."""

from enum import StrEnum


class HoldGround(StrEnum):
    """A closed list, for the office and the journal. The member is told that the law has it kept, never which one."""

    LITIGATION = "litigation"
    AUTHORITY = "authority"
    AUDIT = "audit"
    FRAUD = "fraud"
