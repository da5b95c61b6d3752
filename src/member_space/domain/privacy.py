"""Who of a household sees what of another one's care (capability C44; reimbursements reveal health, GDPR art. 9)."""

from enum import IntEnum


class View(IntEnum):
    """How much of a person's care a viewer sees; ordered, so ``view >= View.AMOUNTS_ONLY`` reads well."""

    NONE = 0
    AMOUNTS_ONLY = 1
    FULL = 2


def view_of(
    *,
    viewer_person_id: int,
    viewer_is_holder: bool,
    subject_person_id: int,
    subject_is_adult: bool,
    subject_opened: bool,
) -> View:
    """What ``viewer`` sees of ``subject``, both of the **same contract** (the caller has checked that).

    - Everyone sees all of his own care.
    - The holder, who is paid and pays the contributions, sees all of the minors'; of another adult, the amounts but
      neither the nature of care nor the practitioner, unless that adult opened it.
    - Any other beneficiary with an account of his own sees nobody else: opening is towards the holder only, and the
      contract does not tell who is whose parent.

    ``subject_is_adult`` is decided today, not on the day of care: at eighteen, one's past closes too.
    """
    if viewer_person_id == subject_person_id:
        return View.FULL
    if not viewer_is_holder:
        return View.NONE
    if not subject_is_adult or subject_opened:
        return View.FULL
    return View.AMOUNTS_ONLY
