"""« Combien me restera-t-il ? »: the simulator, opened on what one comes for and on the sector."""

from functools import lru_cache

from pyramid.request import Request

from member_space.domain.speciality import Speciality
from member_space.services.figures import shipped_rows
from member_space.services.sessions import Identity
from member_space.services.simulator_words import SECTORS
from member_space.views.words import data_words


@lru_cache(maxsize=1)
def _labels() -> dict[str, str]:
    return {row["code"]: row["label"] for row in shipped_rows("simulated_cares.csv")}


def simulator_url(request: Request, speciality: Speciality, sector: str | None) -> str | None:
    """None for who has no contract here, where no care fits, or for a sector that the simulator has no figures of."""
    label = _labels().get(speciality.care)
    if label is None or sector not in (*SECTORS, None) or not isinstance(request.identity, Identity):
        return None
    query = {"soin": data_words(label)} | ({"secteur": sector} if sector else {})
    return str(request.route_path("simulator", _query=query))
