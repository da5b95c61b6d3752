"""The page of the care, as each object asks it: a question fills its form with the draft, and keeps its answers."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import colander
import deform
from translationstring import TranslationStringFactory

from member_space.domain.dates import date_short
from member_space.domain.period import Period
from member_space.forms.renderer import filled, form_of
from member_space.forms.request import CareDay, CareForm, HospitalForm, LineForm, QuoteForm, radio_of
from member_space.security.drafts import draft_of
from member_space.services import request_draft as drafts
from member_space.services.household import HouseholdMember
from member_space.services.request_check import asks_amount
from member_space.services.request_draft import Covered
from member_space.views.rendering import date_long, euros

_ = TranslationStringFactory("member_space")

CONTINUE = _("Continuer")
TWO_YEARS = 730
"""Days after which a claim is as a rule time-barred (article L. 221-11)."""


class Question:
    """What the page asks of a draft. ``schema`` and ``values`` are each question's own; all but the fields of
    ``SECRET`` is kept while it is typed."""

    SECRET: tuple[str, ...] = ()

    def __init__(self, page: Any) -> None:
        self.page = page
        self.request, self.draft, self.household = page.request, page.draft, page.household

    def schema(self) -> colander.SchemaNode:
        raise NotImplementedError

    def values(self) -> Mapping[str, Any]:
        """What the draft says already; None: nothing yet."""
        raise NotImplementedError

    def keep(self, given: dict[str, Any]) -> None:
        """Write the answers in the draft."""
        raise NotImplementedError

    def shown(self, refused: str | None = None) -> dict[str, Any]:
        """The values of the template; `refused`: the form as it was typed."""
        known = {name: value for name, value in self.values().items() if value is not None}
        return {"form": refused or filled(self.form(), known)}

    def save(self) -> bool:
        """Keep the answers; whether the page has more to ask. Raises deform.ValidationFailure."""
        self.keep(self.form().validate(self.request.POST.items()))
        return False

    def form(self) -> deform.Form:
        schema = self.schema()
        names = [node.name for node in schema.children if node.name not in self.SECRET]
        draft = draft_of(self.request, *names, path=self.request.path + self.screen())
        return form_of(self.request, schema, formid="soin", button=self.page.say(CONTINUE), draft=draft)

    def screen(self) -> str:
        """What the address of this form has after that of the page, when the page has several."""
        return ""

    def choices(self, people: Mapping[str, HouseholdMember]) -> list[tuple[str, str]]:
        return [(public_id, member.name) for public_id, member in people.items()]

    def covered_today(self) -> dict[str, HouseholdMember]:
        """Those whom something may be asked for from now on."""
        return self.covered_on(self.household.today)

    def covered_on(self, day: date) -> dict[str, HouseholdMember]:
        return {one.public_id: one.member for one in drafts.covered_on(self.household, day) if one.member}

    def chosen(self) -> str | None:
        """The person chosen before, as the form writes him."""
        own = (str(m.public_id) for m in self.household.members if m.person_id == self.draft.person_id)
        return next(own, None)

    def write(self, **facts: Any) -> None:
        drafts.edit_draft(self.request.db, self.request.tools, self.draft, **facts)

    def add(self, **details: Any) -> None:
        drafts.add_details(self.request.db, self.request.tools, self.draft, **details)

    def about(self, member: HouseholdMember, **facts: Any) -> None:
        drafts.about_person(self.request.db, self.request.tools, self.draft, member, **facts)


class ClaimQuestion(Question):
    """First the day; then, of those covered that day, for whom, and how much was paid (C65)."""

    @property
    def asks_day(self) -> bool:
        return self.draft.care_date is None or "date" in self.request.GET or "soin_le" in self.request.POST

    def screen(self) -> str:
        return "?date=1" if self.asks_day else ""

    def schema(self) -> colander.SchemaNode:
        if self.asks_day:
            return CareDay()
        schema = CareForm().clone()
        radio_of(schema, "personne", self.choices(self.covered_on(self.draft.care_date)))
        if not asks_amount(self.page.topic):
            schema["montant"].missing = None
        return schema

    def values(self) -> Mapping[str, Any]:
        if self.asks_day:
            return {"soin_le": self.draft.care_date}
        other = bool(self.draft.details.get("other_insurer"))
        return {"personne": self.chosen(), "montant": self.draft.amount, "autre_mutuelle": other}

    def keep(self, given: dict[str, Any]) -> None:
        if "soin_le" in given:
            day = given["soin_le"]
            still = {member.person_id for member in self.covered_on(day).values()}
            self.write(care_date=day, person_id=self.draft.person_id if self.draft.person_id in still else None)
        else:
            member = self.covered_on(self.draft.care_date)[given["personne"]]
            self.about(member, amount=given["montant"])
            self.add(other_insurer=given["autre_mutuelle"] or None)

    def save(self) -> bool:
        # A day alone, or the second half of a page whose day was erased meanwhile: the page asks on.
        asked_on = self.asks_day
        super().save()
        return asked_on

    def shown(self, refused: str | None = None) -> dict[str, Any]:
        if self.asks_day:
            return super().shown(refused)
        people = drafts.covered_on(self.household, self.draft.care_date)
        nobody = not any(one.member for one in people)
        return ({"form": None} if nobody else super().shown(refused)) | {
            "care_date": self.draft.care_date,
            "too_old": (self.household.today - self.draft.care_date).days > TWO_YEARS,
            "not_covered": [(one.name, self._spans(one)) for one in people if not one.member],
        }

    def _spans(self, one: Covered) -> str:
        return ", ".join(self._span(period) for period in one.periods)

    def _span(self, period: Period) -> str:
        values = {"start": date_long(period.start, self.request.locale_name)}
        if period.end is None:
            return str(self.page.say(_("depuis le ${start}", mapping=values)))
        values["end"] = date_long(period.end, self.request.locale_name)
        return str(self.page.say(_("du ${start} au ${end}", mapping=values)))


class LineQuestion(Question):
    """Which line already paid (C60, C61)."""

    def __init__(self, page: Any) -> None:
        super().__init__(page)
        self.lines = {str(one.id): one for one in drafts.lines_offered(self.request.db, self.household)}

    def schema(self) -> colander.SchemaNode:
        schema = LineForm().clone()
        locale = self.request.locale_name
        words = [
            (key, f"{one.label}, {date_short(one.care_date)}, {one.person_name}, {euros(one.fee, locale)}")
            for key, one in self.lines.items()
        ]
        radio_of(schema, "ligne", words)
        return schema

    def values(self) -> Mapping[str, Any]:
        return {"ligne": str(self.draft.statement_line_id) if self.draft.statement_line_id else None}

    def keep(self, given: dict[str, Any]) -> None:
        drafts.about_line(self.request.db, self.request.tools, self.draft, self.lines[given["ligne"]])

    def shown(self, refused: str | None = None) -> dict[str, Any]:
        return super().shown(refused) if self.lines else {"form": None, "no_lines": True}


class QuoteQuestion(Question):
    """For whom."""

    def schema(self) -> colander.SchemaNode:
        schema = QuoteForm().clone()
        radio_of(schema, "personne", self.choices(self.covered_today()))
        return schema

    def values(self) -> Mapping[str, Any]:
        return {"personne": self.chosen()}

    def keep(self, given: dict[str, Any]) -> None:
        self.about(self.covered_today()[given["personne"]])

    def shown(self, refused: str | None = None) -> dict[str, Any]:
        return super().shown(refused) if self.covered_today() else {"form": None}


HOSPITAL_NAMES = {
    "etablissement": "establishment",
    "finess": "finess",
    "jours": "days",
    "dmt": "dmt",
    "chambre": "room",
}
"""The name in the details of the request, by field."""


class HospitalQuestion(QuoteQuestion):
    """Where, from when, how long (C85)."""

    def schema(self) -> colander.SchemaNode:
        schema = HospitalForm().clone()
        radio_of(schema, "personne", self.choices(self.covered_today()))
        return schema

    def values(self) -> Mapping[str, Any]:
        details = self.draft.details
        entry = details.get("entry_date")
        known = {field: details.get(name) for field, name in HOSPITAL_NAMES.items()}
        return known | {"personne": self.chosen(), "entree": date.fromisoformat(entry) if entry else None}

    def keep(self, given: dict[str, Any]) -> None:
        super().keep(given)
        details = {name: given[field] or None for field, name in HOSPITAL_NAMES.items()}
        self.add(entry_date=given["entree"].isoformat(), **details)
