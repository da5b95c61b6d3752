"""The Data Matrix of the card. The official layout of its bytes is not public: this one says what it holds."""

from zope.interface import implementer

from member_space.domain.card import Card
from member_space.domain.symbol import rows_of
from member_space.interfaces import ICardCode

SEPARATOR = "|"


@implementer(ICardCode)
class PlainCardCode:
    """AMC number, types of convention, CSR, member number, then the address that answers for the rights.

    Joined by « | », an empty item keeping its place. Another encoder overrides `content` (docs/card.md).
    """

    def content(self, card: Card, check_url: str) -> bytes:
        """The bytes of the symbol."""
        items = (card.amc_number, " ".join(card.convention_types), card.csr or "", card.member_number, check_url)
        return SEPARATOR.join(items).encode()

    def data_matrix(self, card: Card, check_url: str) -> list[list[int]]:
        import zint

        symbol = zint.Symbol()
        symbol.symbology = zint.Symbology.DATAMATRIX
        symbol.option_3 = zint.DataMatrixOptions.SQUARE
        symbol.encode(self.content(card, check_url))
        return rows_of(symbol.encoded_data, symbol.width, symbol.rows)
