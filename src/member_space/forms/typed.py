"""What was typed in any form: its values, or what is wrong with it."""

from collections.abc import Mapping
from typing import Any

import colander
from translationstring import TranslationString

Errors = list[tuple[str, TranslationString]]
"""(field, words), as the summary of errors takes them once translated."""


def read_form(schema: colander.Schema, values: Mapping[str, Any]) -> tuple[dict[str, Any], Errors]:
    """What was typed, or what is wrong with it in the order of the form; one of the two is empty."""
    try:
        return schema.deserialize(dict(values)), []
    except colander.Invalid as invalid:
        return {}, [(child.node.name, child.msg) for child in invalid.children]
