"""Between 000 and 999: break levels with their subtotals, and the lines made of what stands in them."""

from member_space.noemie.entities import (
    BENEFICIARY,
    INSURED,
    INSURER,
    REFERENCES,
    RUBRIC,
    SUBTOTAL,
    VERDICT,
    Beneficiary,
    Insured,
    Insurer,
    Rubric,
    Verdict,
)
from member_space.noemie.errors import CounterError, EntityError, NoemieError, TruncatedError, UnknownEntityError
from member_space.noemie.layouts import END, PADDING
from member_space.noemie.records import Answer, Envelope, Line, Movement

LEAF = "99"
_LEVELS = [f"{level:02}" for level in range(100)]
_AFTER_LAST = PADDING + "\r\n"
_KEY_SIZE = SUBTOTAL.zones["key"].length
_NO_KEY = " " * _KEY_SIZE
_NO_TOTAL = "0" * SUBTOTAL.zones["total"].length
_KNOWN = {layout.number for layouts in REFERENCES.values() for layout in layouts}
_LEVEL, _KEY, _COUNTER, _TOTAL = (SUBTOTAL.zones[zone].position for zone in ("level", "key", "counter", "total"))

_new = tuple.__new__

_NO_INSURER = Insurer(*[""] * len(INSURER.zones))
_NO_INSURED = Insured(*[""] * len(INSURED.zones))
_NO_BENEFICIARY = Beneficiary(*[""] * len(BENEFICIARY.zones))
_NO_RUBRIC = Rubric(*[""] * len(RUBRIC.zones))
_NO_VERDICT = Verdict(*[""] * len(VERDICT.zones))


class Body:
    """Takes the text of the entities record by record; ``ready`` fills with the lines completed.

    A line is a group of leaves of one insured, in whatever order: the kind of leaf that came first leads the group,
    and the next one of that kind starts another. Inside a group a second 140 (or 120, if the 140 leads) keeps the
    leader and starts another line, and each 290 is an answer of its own.
    """

    def __init__(self, envelope: Envelope, name: str) -> None:
        self.envelope = envelope
        self.ready: list[Line] = []
        self.entities = 0
        self.batches = 0
        self.lines = 0
        self._name = name
        self._record = self._leaf_record = 0
        self._insured_depth = 0
        self._answers = envelope.reference == "929"
        self._open: list[str] = []
        """Keys of the levels open, outermost first, as a 990 writes them."""
        self._counts: list[int] = [0]
        """Entities directly inside each level open, the file itself first."""
        self._insurer = _NO_INSURER
        self._start_insured(_NO_INSURED)
        handlers = {
            "010": self._on_insurer,
            "110": self._on_insured,
            "120": self._on_beneficiary,
            "140": self._on_rubric,
            "290": self._on_verdict,
            "990": self._on_subtotal,
        }
        self._steps = {
            entity.number: (entity.size, handlers[entity.number]) for entity in REFERENCES[envelope.reference]
        }

    def feed(self, first: int, texts: list[str]) -> None:
        """Reads the entities of physical records, numbered from ``first``. Raises NoemieError."""
        steps = self._steps
        for self._record, text in enumerate(texts, first):
            entities = text.split(END)
            rest = entities.pop()
            for entity in entities:
                try:
                    size, handle = steps[entity[:3]]
                except KeyError:
                    raise self._unknown(entity) from None
                if len(entity) != size:
                    raise self._misplaced_end(entity, size)
                handle(entity)
            self.entities += len(entities)
            if rest and rest.strip(_AFTER_LAST):
                raise self._unfinished(rest)

    def close(self) -> None:
        """Checks that every level was closed. Raises EntityError."""
        if self._open:
            raise self._error(EntityError, f"niveau {len(self._open):02} non fermé par une entité 990", "999")

    # Levels.

    def _open_level(self, text: str, key: str) -> None:
        """Counts an entity in the level it stands in, and opens its own if it has one."""
        level = text[3:5]
        if level == LEAF:
            self._count_leaf(text)
            return
        if level != _LEVELS[len(self._open) + 1]:
            message = f"niveau de rupture {_LEVELS[len(self._open) + 1]} ou {LEAF} attendu"
            raise self._error(EntityError, message, text[:3], _LEVEL)
        self._counts[-1] += 1
        self._counts.append(0)
        self._open.append(key)
        self.batches += level == _LEVELS[1]

    def _count_leaf(self, text: str) -> None:
        if not self._open:
            raise self._error(EntityError, "entité hors de tout niveau de rupture", text[:3], _LEVEL)
        self._counts[-1] += 1

    def _on_subtotal(self, text: str) -> None:
        _, level, key, counter, total, _ = SUBTOTAL.parse(text)
        depth = len(self._open)
        if not depth or level != _LEVELS[depth]:
            raise self._error(EntityError, "cette entité 990 ne ferme pas le niveau ouvert", "990", _LEVEL)
        self._flush()
        counted, opener = self._counts.pop(), self._open.pop()
        if key not in (_NO_KEY, opener) and not opener.startswith(key.strip(PADDING)):
            raise self._error(EntityError, "l'identification n'est pas celle du niveau fermé", "990", _KEY)
        if counter != f"{counted:08}":
            self._check_counter(counter, counted, _COUNTER)
        if total != _NO_TOTAL:
            self._check_counter(total, 0, _TOTAL)
        self._start_insured(_NO_INSURED if depth <= self._insured_depth else self._insured)
        if depth == 1:
            self._insurer = _NO_INSURER

    def _check_counter(self, text: str, counted: int, position: int) -> None:
        number = text.strip(PADDING) or "0"
        if not number.isdecimal():
            raise self._error(CounterError, "nombre illisible", "990", position)
        if int(number) != counted:
            message = f"niveau {len(self._open) + 1:02} : {int(number)} annoncé, {counted} compté"
            raise self._error(CounterError, message, "990", position)

    # Entities.

    def _on_insurer(self, text: str) -> None:
        self._flush()
        insurer = INSURER.parse(text)
        self._open_level(text, (insurer.oc + insurer.key).ljust(_KEY_SIZE))
        self._insurer = insurer
        self._start_insured(_NO_INSURED)

    def _on_insured(self, text: str) -> None:
        self._flush()
        insured = INSURED.parse(text)
        self._open_level(text, (insured.nir + insured.key).ljust(_KEY_SIZE))
        self._insured_depth = len(self._open)
        self._start_insured(insured)

    def _start_insured(self, insured: Insured) -> None:
        self._insured = insured
        self._leader = ""
        """The kind of leaf that came first in the group, "" between groups."""
        self._beneficiary, self._rubric = _NO_BENEFICIARY, _NO_RUBRIC
        self._verdicts: list[tuple[int, Verdict]] = []

    def _on_beneficiary(self, text: str) -> None:
        self._join("120", text, self._beneficiary is not _NO_BENEFICIARY)
        self._beneficiary = BENEFICIARY.parse(text)

    def _on_rubric(self, text: str) -> None:
        self._join("140", text, self._rubric is not _NO_RUBRIC)
        self._rubric = RUBRIC.parse(text)

    def _on_verdict(self, text: str) -> None:
        answered = self._beneficiary is not _NO_BENEFICIARY or self._rubric is not _NO_RUBRIC
        self._join("290", text, answered and self._leader == "290")
        self._verdicts.append((self._record, VERDICT.parse(text)))

    def _join(self, kind: str, text: str, again: bool) -> None:
        """Makes room for a leaf in the group; ``again`` when the group already has one, so that another starts."""
        if self._insured is _NO_INSURED:
            raise self._error(EntityError, "entité hors d'un assuré (110)", kind)
        if text[3:5] == LEAF:
            self._counts[-1] += 1
        else:
            self._open_level(text, "")
        if again:
            self._flush()
            if kind == self._leader:
                self._beneficiary, self._rubric = _NO_BENEFICIARY, _NO_RUBRIC
        self._leader = self._leader or kind
        self._leaf_record = self._record

    def _flush(self) -> None:
        """Turns the group into lines. Raises EntityError when it is incomplete: nothing is dropped silently."""
        if not self._leader:
            return
        if not self._answers:
            self._flush_movement()
            return
        if not self._verdicts:
            raise self._error(EntityError, "bénéficiaire sans réponse : entité 290 absente", self._leader)
        for record, verdict in self._verdicts:
            parts = (self.envelope, record, self._insurer, self._insured, self._beneficiary, self._rubric, verdict)
            self.ready.append(_new(Answer, parts))
            self.lines += 1
        self._verdicts = []

    def _flush_movement(self) -> None:
        if self._beneficiary is _NO_BENEFICIARY or self._rubric is _NO_RUBRIC:
            raise self._error(EntityError, "mouvement incomplet : entité 120 ou 140 absente", self._leader)
        leaves = (self._beneficiary, self._rubric, _NO_VERDICT)
        self.ready.append(Movement(self.envelope, self._leaf_record, self._insurer, self._insured, *leaves))
        self.lines += 1

    # Refusals.

    def _error(self, kind: type[NoemieError], message: str, entity: str, position: int = 1) -> NoemieError:
        return kind(message, file=self._name, record=self._record, entity=entity, position=position)

    def _unknown(self, entity: str) -> NoemieError:
        number = entity[:3]
        if number in ("000", "999"):
            return self._error(EntityError, "entité hors de sa place", number)
        if number in _KNOWN:
            return self._error(UnknownEntityError, f"entité étrangère à l'échange {self.envelope.reference}", number)
        return self._error(UnknownEntityError, "entité inconnue", number)

    def _misplaced_end(self, entity: str, size: int) -> NoemieError:
        number = entity[:3]
        if len(entity) < size:
            message = f"« {END} » dans l'entité, attendu seulement à sa fin (position {size + 1})"
            return self._error(EntityError, message, number, len(entity) + 1)
        return self._error(EntityError, f"« {END} » attendu, entité plus longue que prévu", number, size + 1)

    def _unfinished(self, rest: str) -> NoemieError:
        if rest.startswith("000"):
            return self._error(TruncatedError, "un en-tête 000 arrive avant le 999 du fichier précédent", "000")
        return self._error(EntityError, f"entité sans « {END} » final", rest[:3], len(rest))
