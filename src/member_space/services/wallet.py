"""A card for the wallet of a telephone: a QR code, no Data Matrix, which wallets do not draw, and no NIR (C49)."""

from datetime import datetime, time

from sqlalchemy.orm import Session

from member_space.domain.card import Card
from member_space.domain.opening_hours import PARIS
from member_space.interfaces import IWalletSigner, WalletPass
from member_space.services.card import ShownCard, note_download
from member_space.services.card_offline import without_nir
from member_space.services.card_pdf import check_url
from member_space.services.sessions import Identity
from member_space.services.tools import Origin, Tools

LAST_SECOND = time(23, 59, 59)


def to_wallet(db: Session, tools: Tools, identity: Identity, shown: ShownCard, origin: Origin) -> bytes:
    """The signed file of a card; the journal knows that it left. Only where a signer is registered."""
    signer: IWalletSigner = tools.find(IWalletSigner)
    kept = without_nir(shown)
    serial = tools.cipher.blind_index(f"wallet {identity.account_id} {shown.contract_id} {shown.year}").hex()[:32]
    url = check_url(tools.settings.site_url, shown.check_code)
    signed: bytes = signer.sign(pass_of(kept.card, serial, url, tools.settings.brand.color_shown))
    note_download(db, identity, kept, "wallet", origin)
    return signed


def pass_of(card: Card, serial: str, url: str, colour: str) -> WalletPass:
    """What it says: the harmonised block in front, the persons, the rates and the lines behind."""
    block = {name: (name, label, value or "–") for name, label, value in card.block}
    lines = (
        ("line_member", "Adhérents", card.lines.member),
        ("line_professional", "Professionnels de santé", card.lines.professional),
        ("line_hospital", "Prise en charge hospitalière", card.lines.hospital),
    )
    return WalletPass(
        serial=serial,
        organization=card.amc_name,
        title=f"Carte de tiers payant {card.period.start:%Y}",
        colour=colour,
        expires_at=datetime.combine(card.last_day, LAST_SECOND, PARIS),
        qr=url,
        front=tuple(block[name] for name in ("member_number", "validity", "amc_number", "convention_types", "csr")),
        back=(
            ("people", "Bénéficiaires", "\n".join(f"{one.first_name} {one.last_name}" for one in card.beneficiaries)),
            ("rates", "Taux", "\n".join(f"{one.code} {one.shown} : {one.label}" for one in card.domains)),
            *((key, label, value) for key, label, value in lines if value),
        ),
    )
