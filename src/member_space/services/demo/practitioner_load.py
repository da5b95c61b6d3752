"""The demo's directory: written, kept as an example, and brought in by the real import."""

from collections import Counter
from datetime import date
from pathlib import Path

from sqlalchemy.orm import Session, sessionmaker

from member_space.services.demo.practitioners import FILES, write_directories
from member_space.services.practitioner_import import import_practitioners


def load_practitioners(sessions: sessionmaker[Session], folder: Path, count: int, today: date) -> Counter[str]:
    """Write `count` invented practitioners in the folder, and bring them in; how many places there are, by source."""
    write_directories(folder, count)
    return Counter(
        {
            source: import_practitioners(sessions, source, [folder / name for name in names], day=today).counts[
                "places"
            ]
            for source, names in FILES.items()
        }
    )
