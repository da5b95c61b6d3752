"""Families of care, as members group their reimbursements."""

from enum import StrEnum


class ActFamily(StrEnum):
    """A family of care. The order of declaration is the order on screen; French labels are reference data."""

    CONSULTATION = "consultation"
    SPECIALIST = "specialist"
    MEDICAL_ACT = "medical_act"
    PHARMACY = "pharmacy"
    BIOLOGY = "biology"
    IMAGING = "imaging"
    AUXILIARY = "auxiliary"
    PSYCHOLOGY = "psychology"
    DENTAL_CARE = "dental_care"
    DENTAL_PROSTHESIS = "dental_prosthesis"
    ORTHODONTICS = "orthodontics"
    OPTICS = "optics"
    HEARING = "hearing"
    EQUIPMENT = "equipment"
    HOSPITAL = "hospital"
    TRANSPORT = "transport"
    MATERNITY = "maternity"
    PREVENTION = "prevention"
    THERMAL = "thermal"
    ALTERNATIVE = "alternative"
    OTHER = "other"

    @property
    def position(self) -> int:
        """Rank on screen, from 1."""
        return list(ActFamily).index(self) + 1
