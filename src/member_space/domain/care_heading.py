"""Under which of the headings of a guarantee table a family of care is counted."""

from member_space.domain.acts import ActFamily
from member_space.domain.guarantee import Heading

_HEADINGS = {
    ActFamily.HOSPITAL: Heading.HOSPITAL,
    **dict.fromkeys((ActFamily.DENTAL_CARE, ActFamily.DENTAL_PROSTHESIS, ActFamily.ORTHODONTICS), Heading.DENTAL),
    ActFamily.OPTICS: Heading.OPTICS,
    ActFamily.HEARING: Heading.HEARING,
    **dict.fromkeys(
        (
            *(ActFamily.CONSULTATION, ActFamily.SPECIALIST, ActFamily.MEDICAL_ACT, ActFamily.PHARMACY),
            *(ActFamily.BIOLOGY, ActFamily.IMAGING, ActFamily.AUXILIARY, ActFamily.PSYCHOLOGY),
            *(ActFamily.EQUIPMENT, ActFamily.TRANSPORT),
        ),
        Heading.ROUTINE_CARE,
    ),
}


def heading_of(family: str) -> Heading:
    """An unknown family is not lost: it comes under the last heading, with what the agreement does not name."""
    return _HEADINGS.get(ActFamily(family), Heading.OTHER) if family in set(ActFamily) else Heading.OTHER
