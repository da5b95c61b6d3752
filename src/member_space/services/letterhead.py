"""What the PDFs that the insurer signs share: its name and address at the top, and the instant that dates them."""

from datetime import UTC, date, datetime

from member_space.settings import Brand


def letterhead(brand: Brand, phone: str = "Téléphone") -> dict[str, str | list[str]]:
    """Who signs, for the data of the template; ``phone``: the word in the language of the document."""
    return {"insurer": brand.name, "insurer_lines": [brand.postal_address, f"{phone} {brand.phone_shown}"]}


def dated(day: date) -> int:
    """The timestamp of a document that is dated by a day: made again, it has the same bytes."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
