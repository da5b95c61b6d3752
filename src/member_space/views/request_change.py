"""The questions of who joins a contract and who leaves it (C38)."""

from base64 import b64encode
from collections.abc import Mapping
from datetime import date
from typing import Any

import colander
from translationstring import TranslationStringFactory

from member_space.domain.request_steps import Form
from member_space.forms.request import radio_of
from member_space.forms.request_change import REASONS, RELATIONS, PersonForm, RemovalForm
from member_space.services.care_line import is_held
from member_space.services.household import HouseholdMember
from member_space.services.quote_claim import follows_quote
from member_space.views.request_care import (
    ClaimQuestion,
    HospitalQuestion,
    LineQuestion,
    Question,
    QuoteQuestion,
)
from member_space.views.request_invoice import InvoiceQuestion

_ = TranslationStringFactory("member_space")


class PersonQuestion(Question):
    """Who is to be covered. The number is kept encrypted, and never shown again."""

    SECRET = ("nir",)

    def schema(self) -> colander.SchemaNode:
        schema = PersonForm().clone()
        radio_of(schema, "lien", [(value, self.page.say(label)) for value, label in RELATIONS])
        if "nir" in self.draft.details:
            schema["nir"].description = _("Déjà donné, et gardé chiffré. N’écrivez ici que pour le remplacer.")
        return schema

    def values(self) -> Mapping[str, Any]:
        details = self.draft.details
        if "birth_date" not in details:
            return {}
        return {
            "prenom": details["first_name"],
            "nom": details["last_name"],
            "naissance": date.fromisoformat(details["birth_date"]),
            "lien": details["relation"],
            "effet": date.fromisoformat(details["effective_on"]),
        }

    def keep(self, given: dict[str, Any]) -> None:
        nir = given["nir"]
        sealed = b64encode(self.request.tools.cipher.encrypt(nir.text)).decode() if nir else None
        self.add(
            first_name=given["prenom"],
            last_name=given["nom"],
            birth_date=given["naissance"].isoformat(),
            relation=given["lien"],
            effective_on=given["effet"].isoformat(),
            **({"nir": sealed} if sealed else {}),
        )


class RemovalQuestion(Question):
    """Who leaves: anybody but the holder, of a contract that one holds."""

    def people(self) -> dict[str, HouseholdMember]:
        held = (one for one in self.covered_today().items() if is_held(self.household, one[1].contract_id))
        return {public_id: member for public_id, member in held if member.relation != "holder"}

    def schema(self) -> colander.SchemaNode:
        schema = RemovalForm().clone()
        radio_of(schema, "personne", self.choices(self.people()))
        radio_of(schema, "motif", [(value, self.page.say(label)) for value, label in REASONS])
        return schema

    def values(self) -> Mapping[str, Any]:
        leaves = self.draft.details.get("leaves_on")
        return {
            "personne": self.chosen(),
            "depart": date.fromisoformat(leaves) if leaves else None,
            "motif": self.draft.details.get("reason"),
        }

    def keep(self, given: dict[str, Any]) -> None:
        self.about(self.people()[given["personne"]])
        self.add(leaves_on=given["depart"].isoformat(), reason=given["motif"])

    def shown(self, refused: str | None = None) -> dict[str, Any]:
        return super().shown(refused) if self.people() else {"form": None}


QUESTIONS: dict[str | None, type[Question]] = {
    Form.LINE: LineQuestion,
    Form.HOSPITAL: HospitalQuestion,
    Form.PERSON: PersonQuestion,
    Form.REMOVAL: RemovalQuestion,
}


def question_of(page: Any) -> Question:
    """What the page of the care asks for the object of this draft."""
    claim = InvoiceQuestion if follows_quote(page.draft) else ClaimQuestion
    default = claim if page.topic.kind == "claim" else QuoteQuestion
    return QUESTIONS.get(page.topic.form, default)(page)
