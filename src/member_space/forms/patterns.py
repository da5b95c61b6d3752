"""The form of the pattern page, with one field of each common kind."""

import colander
from deform.widget import DateInputWidget, RadioChoiceWidget, TextAreaWidget

REASONS = (("optique", "Optique"), ("dentaire", "Dentaire"))


class PatternSchema(colander.MappingSchema):
    """Shown refused, as deform and our templates render it."""

    nom = colander.SchemaNode(colander.String(), title="Nom et prénom")
    courriel = colander.SchemaNode(
        colander.String(),
        title="Adresse e-mail",
        description="Nous y envoyons seulement des avis, jamais un remboursement.",
        validator=colander.Regex("[^@]+@[^@]+", msg="Écrivez l’adresse e-mail avec un @, comme nom@exemple.fr."),
    )
    jour = colander.SchemaNode(colander.Date(), title="Date des soins", widget=DateInputWidget(), missing=None)
    motif = colander.SchemaNode(
        colander.String(),
        title="Motif",
        widget=RadioChoiceWidget(values=REASONS),
        missing_msg="Choisissez un motif.",
    )
    message = colander.SchemaNode(colander.String(), title="Message", widget=TextAreaWidget(), missing="")
