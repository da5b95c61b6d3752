"""The guarantee tables of the demonstration's three products, as their files say them."""

from importlib.resources import files

from member_space.domain.guarantee import GuaranteeTable
from member_space.domain.guarantee_versions import dated_lines
from member_space.domain.reimbursement_figures import Figures
from member_space.services.guarantee_file import read_guarantees

PRODUCTS = ("essentiel.toml", "confort.toml", "premium.toml")


def content_of(product: str) -> bytes:
    """The file of a product."""
    return (files("member_space.services.demo") / product).read_bytes()


def shipped_tables(figures: Figures) -> dict[str, GuaranteeTable]:
    """Each table by its code."""
    read = (read_guarantees(content_of(product), figures.acts) for product in PRODUCTS)
    return {
        file.code: GuaranteeTable(file.code, file.label, file.responsible, tuple(dated_lines(file.versions)))
        for file in read
    }
