"""Every setting of the installation, read once at boot from the ini file and the environment.

A setting `a.b` of the ini is overridden by the variable MEMBER_SPACE_A_B. A missing or malformed one
stops the boot with its name, so that nothing is discovered by a member.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from member_space.settings.reader import Reader, SettingError

APPLICATION_ROLE = "member_space_app"
"""What migration 0005 makes: it reads and writes, and cannot rewrite the journal."""

ENVIRONMENTS = ("development", "demo", "test", "production")


@dataclass(frozen=True, slots=True)
class Brand:
    """What the insurer changes to make the space its own."""

    name: str
    logo: str | None
    color: str | None
    color_strong: str | None
    accent: str | None
    phone: str
    opening_hours: str
    postal_address: str
    complaints_address: str
    mediator: str
    site_url: str

    @property
    def phone_shown(self) -> str:
        """The number as a page writes it, never cut over two lines."""
        return self.phone.replace(" ", "\u00a0")

    @property
    def color_shown(self) -> str:
        """Its own, else ours, that of static/theme.css: for what reads no style sheet."""
        return self.color or "#0f6b64"


@dataclass(frozen=True, slots=True)
class NoemieParty:
    """How the insurer signs its NOEMIE files (entity 000 and 010 of a 408)."""

    oc_number: str
    sender_type: str
    contract_type: str


@dataclass(frozen=True, slots=True)
class Mail:
    """How mail leaves. `transport`: console (shown, never sent), smtp, ses.

    `bounce_queue`: the SQS queue where SES tells what became of each mail; None: nothing does.
    `reply_mailbox`: where replies to notifications come back; None: nowhere.
    `replies`: answer (each is answered by the way to the page), or thread (they enter it).
    """

    transport: str
    sender: str
    smtp_url: str | None = field(repr=False)
    region: str | None
    bounce_queue: str | None = None
    reply_mailbox: str | None = None
    replies: str = "answer"


@dataclass(frozen=True, slots=True)
class Sms:
    """How SMS leave. `transport`: console, http (signed with `secret`), sns. `cap_per_day`: of the whole site."""

    transport: str
    sender: str
    url: str | None
    secret: str | None = field(repr=False)
    region: str | None
    cap_per_day: int


@dataclass(frozen=True, slots=True)
class Oidc:
    """A provider of identity in FranceConnect's shape (C14)."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    label: str


@dataclass(frozen=True, slots=True)
class Wallet:
    """Passes for the wallets of telephones (C49). `signer`: module:class of the IWalletSigner, built with this.

    The rest is what Apple's asks for: the identifier of the passes, the team, and paths of PEM files.
    """

    signer: str
    label: str
    pass_type: str | None
    team: str | None
    certificate: Path | None
    key: Path | None
    intermediate: Path | None


@dataclass(frozen=True, slots=True)
class MapTiles:
    """Whose tiles the map of practitioners is drawn on. `url`: with {z}, {x} and {y}; `attribution`: plain text."""

    url: str
    attribution: str

    @property
    def host(self) -> str:
        """As a content security policy names it."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"


@dataclass(frozen=True, slots=True)
class Settings:
    """Typed settings; see docs/operations.md for the list with defaults."""

    environment: str
    sqlalchemy_url: str
    sqlalchemy_role: str | None
    """Whom the pages and the worker work as; migrations and the commands are their login's own."""
    data_keys: Mapping[str, bytes]
    blind_index_key: bytes
    storage_url: str
    api_member_per_minute: int  # questions that all the assistants of a member may ask together
    push_up_to: int  # requests given by load to each colleague at work, at most; 0: none is
    antivirus: str | None  # `host:port` or the path of a socket of clamd; None: there is none
    content_folder: Path | None
    cookie_secure: bool
    session_idle_minutes: int
    session_hours: int
    trusted_proxies: int
    hosts: frozenset[str]
    site_url: str
    password_policy: str
    second_factor_policy: str
    mail: Mail
    sms: Sms
    oidc: Oidc | None
    metrics_token: str | None
    metrics_port: int | None
    log_format: str
    brand: Brand
    noemie: NoemieParty
    card_encoder: str  # module:class of the ICardCode
    wallet: Wallet | None
    geocoder_url: str | None  # of the Base adresse nationale's geocoder; None: it is never asked
    directory_public: bool  # whether the directory of practitioners is open to anybody
    adviser_name: str  # whom members ask: a machine, which says so
    adviser_encoder: str  # use: the sentence encoder ranks the questions of the adviser; none: their words alone
    webhooks_loopback: bool  # whether applications may be told on this machine, without TLS; never in production
    map_tiles: MapTiles | None  # None: the map has no background, and nobody is asked for one

    @property
    def production(self) -> bool:
        return self.environment == "production"

    @property
    def demo(self) -> bool:
        return self.environment in ("development", "demo")


def _read_role(read: Reader) -> str | None:
    """The embedded server's only login is its superuser: there the role is never left out by forgetting it."""
    embedded = read.required("sqlalchemy.url").startswith("embedded:")
    role = read.text("sqlalchemy.role", APPLICATION_ROLE if embedded else "") or None
    if role is not None and not re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", role):
        raise SettingError("setting 'sqlalchemy.role' is the name of a role: small letters, digits, _")
    return role


def _read_site_url(read: Reader, environment: str) -> str:
    """What the links of messages begin with: in production, nobody else knows it."""
    if environment == "production" or read.optional("site.url"):
        return read.url("site.url").rstrip("/")
    return "http://localhost:6543"


def _read_mail(read: Reader) -> Mail:
    transport = read.choice("mail.transport", ("console", "smtp", "ses"), "console")
    return Mail(
        transport=transport,
        sender=read.text("mail.sender", "Mutuelle Horizon Santé <ne-pas-repondre@mutuelle-horizon.example>"),
        smtp_url=read.required("mail.smtp_url") if transport == "smtp" else None,
        region=read.required("mail.region") if transport == "ses" else None,
        bounce_queue=_read_bounce_queue(read, transport),
        reply_mailbox=_read_reply_mailbox(read),
        replies=read.choice("mail.replies", ("answer", "thread"), "answer"),
    )


def _read_reply_mailbox(read: Reader) -> str | None:
    """Short enough that a token of 32 digits fits behind its « + » (RFC 5321, 4.5.3.1.1)."""
    mailbox = read.optional("mail.reply_mailbox")
    if mailbox is not None and not re.fullmatch(r"[a-z0-9._-]{1,31}@[a-z0-9-]+(\.[a-z0-9-]+)+", mailbox):
        raise SettingError(
            "setting 'mail.reply_mailbox' is an address in small letters, of at most 31 before the @ and without +"
        )
    if mailbox is None and read.optional("mail.replies") == "thread":
        raise SettingError("setting 'mail.replies' = thread needs mail.reply_mailbox, where they come back")
    return mailbox


def _read_bounce_queue(read: Reader, transport: str) -> str | None:
    wanted = read.optional("mail.bounce_queue") is not None
    if wanted and transport != "ses":
        raise SettingError("setting 'mail.bounce_queue' goes with mail.transport = ses: nothing else writes there")
    return read.url("mail.bounce_queue") if wanted else None


def _read_sms(read: Reader) -> Sms:
    over_http = (transport := read.choice("sms.transport", ("console", "http", "sns"), "console")) == "http"
    sender = read.text("sms.sender", "Horizon")
    if not re.fullmatch(r"[A-Za-z0-9]{1,11}", sender):
        raise SettingError("setting 'sms.sender' must be 1 to 11 letters or digits, without accents")
    return Sms(
        transport=transport,
        sender=sender,
        url=read.url("sms.url") if over_http else None,
        secret=read.required("sms.secret") if over_http else None,
        region=read.required("sms.region") if transport == "sns" else None,
        cap_per_day=read.integer("sms.cap_per_day", 5000) or 5000,
    )


def _read_antivirus(read: Reader) -> str | None:
    address = read.optional("antivirus.clamd")
    if address is not None and not re.fullmatch(r"/.+|[^/:\s]+:[0-9]{1,5}", address):
        raise SettingError("setting 'antivirus.clamd' is host:port, or the path of a socket, /…")
    return address


def _read_oidc(read: Reader) -> Oidc | None:
    if read.optional("oidc.issuer") is None:
        return None
    return Oidc(
        read.url("oidc.issuer").rstrip("/"),
        read.required("oidc.client_id"),
        read.required("oidc.client_secret"),
        read.text("oidc.label", "FranceConnect"),
    )


def _read_wallet(read: Reader) -> Wallet | None:
    signer = read.optional("wallet.signer")
    if signer is None:
        return None
    files = {name: read.optional(f"wallet.{name}") for name in ("certificate", "key", "intermediate")}
    return Wallet(
        signer=signer,
        label=read.text("wallet.label", "Apple Wallet"),
        pass_type=read.optional("wallet.pass_type"),
        team=read.optional("wallet.team"),
        **{name: Path(value) if value else None for name, value in files.items()},
    )


_ONE_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[::1\])(?::[0-9]+)?", re.ASCII | re.IGNORECASE)
"""No star, space, comma nor semicolon: it stands in a header, where they would open more."""


def _read_map_tiles(read: Reader) -> MapTiles | None:
    """A template that names one host: the policy of the page opens that one, and no other."""
    if read.optional("map.tiles") is None:
        return None
    parts = urlsplit(url := read.url("map.tiles"))
    if not (_ONE_HOST.fullmatch(parts.netloc) and all(part in parts.path for part in ("{z}", "{x}", "{y}"))):
        raise SettingError("setting 'map.tiles' is the address of tiles, https://one.host/{z}/{x}/{y}.png")
    return MapTiles(url, read.required("map.attribution"))


def read_settings(ini: Mapping[str, Any], environ: Mapping[str, str] | None = None) -> Settings:
    """Read all settings; raise SettingError naming the first one that is missing or malformed."""
    read = Reader(ini, os.environ if environ is None else environ)
    environment = read.choice("environment", ENVIRONMENTS)
    folder = read.optional("content.folder")
    return Settings(
        environment=environment,
        sqlalchemy_url=read.required("sqlalchemy.url"),
        sqlalchemy_role=_read_role(read),
        data_keys=read.keyring("secrets.data_keys"),
        blind_index_key=read.key("secrets.blind_index_key", read.required("secrets.blind_index_key")),
        storage_url=read.required("storage.url"),
        api_member_per_minute=read.integer("api.member_per_minute", 300) or 300,
        push_up_to=read.integer("requests.push_up_to", 0) or 0,
        antivirus=_read_antivirus(read),
        content_folder=Path(folder) if folder else None,
        cookie_secure=read.flag("session.cookie_secure", True),
        session_idle_minutes=read.integer("session.idle_minutes", 15) or 15,
        session_hours=read.integer("session.hours", 12) or 12,
        trusted_proxies=read.integer("proxies.trusted", 0) or 0,
        hosts=frozenset(read.text("site.hosts", "").lower().split()),
        site_url=_read_site_url(read, environment),
        password_policy=read.choice("password.policy", ("strong", "bl", "hcr"), "strong"),
        second_factor_policy=read.choice("second_factor.policy", ("scored", "strict"), "scored"),
        mail=_read_mail(read),
        sms=_read_sms(read),
        oidc=_read_oidc(read),
        metrics_token=read.optional("metrics.token"),
        metrics_port=read.integer("metrics.port", None),
        log_format=read.choice("log.format", ("json", "console"), "json"),
        brand=Brand(
            name=read.text("brand.name", "Mutuelle Horizon Santé"),
            logo=read.optional("brand.logo"),
            color=read.optional("brand.color"),
            color_strong=read.optional("brand.color_strong"),
            accent=read.optional("brand.accent"),
            phone=read.text("brand.phone", "01 99 00 97 80"),
            opening_hours=read.text("brand.opening_hours", "Mon-Fri 08:30-18:00"),
            postal_address=read.text("brand.postal_address", "12 rue des Peupliers, 75000 Paris"),
            complaints_address=read.text(
                "brand.complaints_address", "Service Réclamations, 12 rue des Peupliers, 75000 Paris"
            ),
            mediator=read.text(
                "brand.mediator",
                "Médiateur de la Mutualité Française, 255 rue de Vaugirard, 75719 Paris Cedex 15",
            ),
            site_url=read.text("brand.site_url", "https://www.mutuelle-horizon.example"),
        ),
        noemie=NoemieParty(
            oc_number=read.text("noemie.oc_number", "75999998"),
            sender_type=read.text("noemie.sender_type", "OC"),
            contract_type=read.text("noemie.contract_type", "01"),
        ),
        card_encoder=read.text("card.encoder", "member_space.adapters.card_code:PlainCardCode"),
        wallet=_read_wallet(read),
        geocoder_url=read.url("geocoder.url") if read.optional("geocoder.url") else None,
        directory_public=read.flag("directory.public", False),
        adviser_name=read.text("adviser.name", "Camille"),
        adviser_encoder=read.choice("adviser.encoder", ("use", "none"), "use"),
        webhooks_loopback=environment != "production" and read.flag("webhooks.loopback", False),
        map_tiles=_read_map_tiles(read),
    )
