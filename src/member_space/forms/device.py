"""The name of a browser."""

import colander
from translationstring import TranslationStringFactory

_ = TranslationStringFactory("member_space")

LONGEST = 40


def _short_line(node: colander.SchemaNode, value: str) -> None:
    if len(value) > LONGEST:
        words = _("Choisissez un nom de ${most} caractères au plus.", mapping={"most": LONGEST})
        raise colander.Invalid(node, words)
    # What joins the parts of one emoji is no letter either, and is welcome.
    if not value.replace("\u200d", "").isprintable():
        raise colander.Invalid(node, _("Écrivez le nom sur une ligne, sans caractère invisible."))


class BrowserNameForm(colander.MappingSchema):
    """``name``: a few words, or nothing for none."""

    name = colander.SchemaNode(
        colander.String(),
        missing="",
        preparer=lambda text: " ".join(text.split()) if text else text,
        validator=_short_line,
    )
