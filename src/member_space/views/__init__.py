"""Pages, HTTP only: parse, call one service, answer 303 on success and 422 on an invalid form."""

from typing import Any

from member_space.views import (
    adviser,
    api,
    assets,
    card_offline,
    consent,
    content,
    demo_outbox,
    done,
    draft,
    locale,
    navigation,
    opening,
    rendering,
)
from member_space.views.office import navigation as office_navigation


def includeme(config: Any) -> None:
    """Templates with their globals and filters, translations, and the static files."""
    config.add_translation_dirs("colander:locale", "member_space:locale")
    rendering.includeme(config)
    assets.includeme(config)
    card_offline.includeme(config)
    navigation.includeme(config)
    office_navigation.includeme(config)
    locale.includeme(config)
    opening.includeme(config)
    content.includeme(config)
    consent.includeme(config)
    done.includeme(config)
    draft.includeme(config)
    demo_outbox.includeme(config)
    api.includeme(config)
    adviser.includeme(config)
