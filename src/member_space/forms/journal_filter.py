"""What the journal may be asked to keep: a kind of fact, a day."""

from collections.abc import Mapping

import colander
from translationstring import TranslationStringFactory

from member_space.domain.events import EventKind
from member_space.forms.as_of import Day
from member_space.forms.reimbursement_filter import AskedList, Pages, read_each
from member_space.services.journal import JournalFilter

_ = TranslationStringFactory("member_space")


class JournalQuery(Pages):
    """The query of the journal; every part is optional."""

    fait = colander.SchemaNode(
        colander.String(),
        missing=None,
        validator=colander.OneOf(
            tuple(kind.value for kind in EventKind),
            msg_err=_("Ce type de fait n’existe pas : choisissez-le dans la liste."),
        ),
    )
    jour = colander.SchemaNode(Day(), missing=None)


_QUERY = JournalQuery()


def read_journal_filter(query: Mapping[str, str]) -> AskedList[JournalFilter]:
    """All that can be read of the query."""
    good, errors, typed = read_each(_QUERY, query)
    kept = JournalFilter(EventKind(good["fait"]) if good["fait"] else None, good["jour"])
    return AskedList(good["avant"], good["apres"], errors, kept, typed)
