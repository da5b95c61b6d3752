"""What the PDFs that the insurer signs share, besides their layout (templates/pdf/letter.typ)."""

from datetime import UTC, date, datetime

from translationstring import TranslationStringFactory

from member_space.services.translation import Translate
from member_space.settings import Brand

_ = TranslationStringFactory("member_space")


def letterhead(brand: Brand, locale: str = "fr", translate: Translate = str) -> dict[str, str | list[str]]:
    """The language of the document and who signs it, for the data of the template."""
    phone = f"{translate(_('Téléphone'))} {brand.phone_shown}"
    return {"lang": locale, "insurer": brand.name, "insurer_lines": [brand.postal_address, phone]}


def dated(day: date) -> int:
    """The timestamp of a document that is dated by a day: made again, it has the same bytes."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
