"""Contracts of the adapters. Services and views ask the registry for one of these, never for an adapter."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, BinaryIO

from zope.interface import Attribute, Interface

from member_space.domain.attachment import Found, Sheet, Shown, Verdict
from member_space.domain.card import Card
from member_space.domain.geocoding import Address, Answer
from member_space.domain.pivot_identity import ProvenIdentity


class ICipher(Interface):
    """Encryption at rest of NIR, IBAN and raw files, and their keyed blind index."""

    def encrypt(text: str) -> bytes:
        """Return the authenticated ciphertext of `text`, prefixed by the number of its key."""

    def decrypt(token: bytes) -> str:
        """Return the text of `token`; raise ValueError when it was altered or its key is unknown."""

    def encrypt_bytes(data: bytes) -> bytes:
        """As `encrypt`, for raw bytes."""

    def decrypt_bytes(token: bytes) -> bytes:
        """As `decrypt`, for raw bytes."""

    def blind_index(text: str) -> bytes:
        """Return 32 bytes that are equal for equal texts and tell nothing without the key."""


class IClock(Interface):
    """Now, so that a test can choose the day."""

    def now() -> datetime:
        """Return the aware UTC instant."""

    def today() -> date:
        """Return the day in Europe/Paris."""


class IStorage(Interface):
    """Files by key: a folder or an S3 bucket. Keys are our own, never a name sent by somebody."""

    def put(key: str, data: bytes) -> None:
        """Store `data` whole or not at all."""

    def get(key: str) -> bytes:
        """Return the bytes; raise KeyError when there is no such key."""

    def put_file(key: str, file: BinaryIO) -> None:
        """As `put`, from where the file stands to its end, however large: never whole in memory."""

    def chunks(key: str, start: int = 0) -> Iterator[bytes]:
        """The bytes of a file, however large, piece by piece; raise KeyError at once when there is no such key.

        From the byte `start` on, which the file has: what is before it is not read.
        """

    def missing(keys: Sequence[str]) -> set[str]:
        """Those of these keys that are not there."""

    def delete(key: str) -> None:
        """Forget the key; silent when it is not there."""

    def link(key: str, seconds: int, media_type: str, disposition: str) -> str | None:
        """An address that gives the file to whoever holds it, for so long; None: the application gives it itself."""

    def keys(folder: str) -> Iterator[str]:
        """The keys that begin with `folder/`, in no order."""

    def check() -> None:
        """Write, read and remove a small file; raise OSError when that fails."""


class IDocuments(Interface):
    """Files that people send: recognised by their content, opened by the parser of their kind, made fit to be shown."""

    def inspect(file: BinaryIO, limit: int) -> Found:
        """What it is; raise domain.attachment.FileRefused, without a name, for what is not taken.

        A PDF of more than `limit` bytes is refused before anything in it is opened.
        """

    def make_shown(sheets: Sequence[Sheet], limit: int) -> Shown:
        """One document of these files: a PDF as it came, a photograph, or several photographs as a PDF.

        Photographs are turned as they were held and then by hand, without anything but the picture, and at most
        `limit` bytes together.
        Raises FileRefused for one that cannot be read to its end.
        """

    def previews(shown: Shown) -> Iterator[bytes]:
        """A JPEG of each page, made one after the other."""

    def small(preview: bytes, turns: int) -> bytes:
        """A JPEG for a list, of one of these, so many quarter turns to the right."""


class IAntivirus(Interface):
    """Looks into a file for what would harm whoever opens it."""

    def scan(file: BinaryIO) -> Verdict:
        """The verdict on what is left of the file; UNREACHABLE rather than an error."""

    def answers() -> bool:
        """Whether it would say something of a file now."""


class IPasswordHasher(Interface):
    """Password hashing with a constant-time answer for unknown accounts."""

    def hash(password: str) -> str:
        """Return the encoded hash with its parameters."""

    def verify(encoded: str | None, password: str) -> bool:
        """Tell whether the password fits; with None, spend the same time and return False."""

    def needs_rehash(encoded: str) -> bool:
        """Tell whether the parameters have moved since."""


class IJobs(Interface):
    """Deferred side effects, written in the request's own transaction."""

    def defer(db: Any, task: str, at: datetime | None = None, **arguments: Any) -> None:
        """Write the job in the transaction of the SQLAlchemy session `db`: a rollback leaves none. Ids only.

        `at`: not done before this instant; None: as soon as there is somebody to do it.
        """

    def check() -> None:
        """Raise ConnectionError when the queue cannot be read."""


class IPdf(Interface):
    """Tagged PDF (PDF/UA-1) from a Typst template and plain data."""

    def render(template: str, data: dict[str, Any], timestamp: int) -> bytes:
        """Return the document; the same template, data and timestamp give the same bytes."""


class ICardCode(Interface):
    """What the Data Matrix of a third-party-payment card holds, and its drawing."""

    def data_matrix(card: Card, check_url: str) -> list[list[int]]:
        """The modules, row by row, 1 where it is dark, without a quiet zone. `check_url`: where rights are asked."""


@dataclass(frozen=True, slots=True)
class WalletPass:
    """A card as a wallet shows it. Never a NIR. `serial`: the same for the same card, so that a new one replaces it.

    `front`, `back`: (key, label, value) each. `qr`: what its QR code holds; wallets draw no Data Matrix.
    """

    serial: str
    organization: str
    title: str
    colour: str
    expires_at: datetime
    qr: str = field(repr=False)
    front: tuple[tuple[str, str, str], ...] = field(repr=False)
    back: tuple[tuple[str, str, str], ...] = field(repr=False)


class IWalletSigner(Interface):
    """Makes the file that a telephone's wallet takes; registered only where the installation has a certificate."""

    media_type = Attribute("of the file")
    extension = Attribute("of its name, without a dot")

    def sign(wanted: WalletPass) -> bytes:
        """The file, signed."""


class IWebhookSender(Interface):
    """Tells applications over HTTP at addresses of the Internet, and never at one of our own networks."""

    def check(url: str) -> None:
        """Raise domain.target_address.TargetRefused where nothing would be sent."""

    def send(url: str, headers: Mapping[str, str], body: bytes) -> int:
        """The status answered to a POST, no redirect followed.

        Raises TargetRefused as `check`, and ConnectionError, with the kind of fault alone, where there was no answer.
        """


class DeliveryError(Exception):
    """A message could not be handed over; `final` tells that trying again is useless (a refused address, say).

    The text is the channel's reason, without the address nor the message.
    """

    def __init__(self, reason: str, *, final: bool) -> None:
        super().__init__(reason)
        self.final = final


@dataclass(frozen=True, slots=True)
class OutgoingMail:
    """One mail to one address. `message_id` is ours, the same at each try.

    `reply_to`: the address that it is answered at. `in_reply_to`: the Message-ID, with its brackets, of the mail that
    this one answers by itself.
    """

    to: str = field(repr=False)
    subject: str
    text: str = field(repr=False)
    html: str | None = field(repr=False)
    message_id: str
    reply_to: str | None = field(default=None, repr=False)
    in_reply_to: str | None = None


class IMailer(Interface):
    """Hands over one mail."""

    def send(mail: OutgoingMail) -> None:
        """Hand the mail over to the next server; raise DeliveryError."""


@dataclass(frozen=True, slots=True)
class MailOutcome:
    """What became, in the end, of a mail that was handed over. `message_id`: ours, where it is told."""

    address: str
    bounced: bool
    at: datetime
    message_id: str | None


class IMailOutcomes(Interface):
    """A queue of what became of the mails. Both raise ConnectionError, without any address, when it does not answer."""

    def take() -> tuple[list[MailOutcome], list[str]]:
        """What waits, for good or for a time: each outcome, and the receipts of all that was read."""

    def forget(receipts: Sequence[str]) -> None:
        """Take these from the queue: until then they come again."""


class ISmsGateway(Interface):
    """Hands over one SMS."""

    def send(to: str, text: str, message_id: str) -> None:
        """Hand the text over for a number in E.164; raise DeliveryError. `message_id` is ours, the same at each try."""


class IdentityRefused(Exception):  # noqa: N818 - named after the event
    """What a provider of identity answered proves nothing; the text says why, without anything of the person."""


class IOidc(Interface):
    """A provider of identity over OpenID Connect. All raise ConnectionError when it does not answer as one."""

    def authorization_url(redirect_uri: str, state: str, nonce: str, code_challenge: str) -> str:
        """Where the browser goes to be identified; `code_challenge` is the S256 one of PKCE (RFC 7636)."""

    def identity(redirect_uri: str, code: str, code_verifier: str, nonce: str) -> ProvenIdentity:
        """Exchange the code, once, for who came back; raise IdentityRefused where that is not proved."""


class IGeocoder(Interface):
    """Where addresses are. Both raise ConnectionError when the service does not answer, or answers otherwise."""

    def locate_all(addresses: Sequence[Address]) -> list[Answer | None]:
        """The answer for each of at most a thousand, in their order, looked for within their postcode and commune."""

    def locate(address: Address) -> Answer | None:
        """The answer for one, wherever it is."""


class ISentenceEncoder(Interface):
    """Sentences as vectors: those of the same meaning stand near each other, whatever their words and language."""

    def encode(texts: Sequence[str]) -> Any:
        """A numpy array of float32, a row of length 1 a text: the dot product of two rows is their cosine.

        The first call loads the model, which takes seconds.
        """
