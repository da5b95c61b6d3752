"""A place in a list by instant, in the query of its pages."""

from typing import Any

import colander
from translationstring import TranslationStringFactory

from member_space.domain.cursor import InstantCursor

_ = TranslationStringFactory("member_space")


class InstantPlace(colander.SchemaType):
    """A place in a list by instant, as its links carry it."""

    def deserialize(self, node: colander.SchemaNode, cstruct: Any) -> Any:
        if not cstruct:
            return colander.null
        try:
            return InstantCursor.parse(cstruct)
        except ValueError:
            words = _("Ce lien vers une page de la liste n’est pas complet : voici la première page.")
            raise colander.Invalid(node, words) from None
