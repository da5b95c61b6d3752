"""member_space: the self-service space of a French mutual health insurer."""

import warnings
from typing import Any

# Pyramid and deform still import pkg_resources, for which setuptools is pinned (docs/decisions/0009): nobody who
# runs the product can do anything about it.
warnings.filterwarnings("ignore", message="pkg_resources is deprecated as an API", category=UserWarning)


def main(_global_config: dict[str, Any], **ini: Any) -> Any:
    """The paste entry point."""
    from member_space.config import serve

    return serve(ini)
