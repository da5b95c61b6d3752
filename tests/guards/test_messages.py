"""Every message that can leave: each kind by each channel in each language, rendered with all that it may hold."""

import re
from html.parser import HTMLParser
from itertools import product
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from member_space.domain.data_change import DataKind
from member_space.domain.notices import NOTICES, Channel, NoticeKind
from member_space.services.challenge import Purpose
from member_space.services.mail_reply import Why
from member_space.services.notification_text import Mail, one_line, write_mail, write_sms
from member_space.settings import read_settings
from tests.conftest import TEST_INI

TEMPLATES = Path(__file__).parents[2] / "templates"
LANGUAGES = ("fr", "en")
TO = "adresse-du-compte@example.org"
SITE = "espace.mutuelle-horizon.example"
LINK = "/annuler-un-changement/9f1c2a4e-7d53-4c11-9a80-3b5d8e6f7a10"
CODE = "KMPQRSTVWX"
# A brand without the word « santé », so that it is found where we say it.
SETTINGS = read_settings(TEST_INI | {"site.url": f"https://{SITE}", "brand.name": "Mutuelle Horizon"}, {})

GSM = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
FORBIDDEN = re.compile(
    r"sant[ée]|soin|m[ée]dec|malad|pharma|\bdent|optique|lunette|h[ôo]pita|hospit|ordonnance|matern|\bactes?\b|rembours|"
    r"t[ée]l[ée]transm|s[ée]curit[ée] sociale|caisse|\bNIR\b|health|care\b|doctor|illness|prescription|reimburs|"
    r"€|\beuros?\b|\bEUR\b|\d[\d\s\u00a0\u202f]*,\d\d\b",
    re.IGNORECASE,
)
FACTORS = ("password", "mobile", "totp", "passkey", "recovery_codes", "identity")
WORDS = {
    ("purpose",): [(purpose.value,) for purpose in Purpose],
    ("factor", "action"): list(product(FACTORS, ("added", "removed"))),
    ("given",): [("client",), ("token",)],
    ("what",): [(kind.value,) for kind in DataKind if kind is not DataKind.IBAN],  # which has a message of its own
    ("count",): [(1,), (2,), (100,)],
    ("why",): [(why.value,) for why in Why],
}
"""By fields: all that each may hold, together where the words depend on both."""
EACH = [
    {name: value for names, values in WORDS.items() for name, value in zip(names, values[n % len(values)], strict=True)}
    for n in range(max(map(len, WORDS.values())))
]
VARIANTS = [
    one
    | {
        "device": "Firefox, Windows",
        "masked": "a•••@e•••.org",
        "until": "2026-08-31",
        "day": "2031-03-03",
        "link": LINK,
    }
    for one in EACH
]
USED = {
    NoticeKind.CODE: ("purpose", "link"),
    NoticeKind.ACCOUNT_EXISTS: ("link",),
    NoticeKind.NEW_DEVICE: ("device", "link"),
    NoticeKind.PASSWORD_CHANGED: ("link",),
    NoticeKind.FACTOR_CHANGED: ("factor", "action", "link"),
    NoticeKind.ACCESS_GIVEN: ("given", "link"),
    NoticeKind.DATA_CHANGED: ("what", "link"),
    NoticeKind.BANK_ACCOUNT_CHANGED: ("link",),
    NoticeKind.EMAIL_REMINDER: ("masked",),
    NoticeKind.INVITATION: ("link",),
    NoticeKind.CARD_SENT: ("link",),
    NoticeKind.EXPORT_READY: ("link",),
    NoticeKind.ACCOUNT_CLOSING: ("until", "link"),
    NoticeKind.BREACH_DECLARED: ("link",),
    NoticeKind.ERASING_SOON: ("day", "link"),
    NoticeKind.CONTRACT_DOCUMENT: ("link", "count"),
    NoticeKind.CARD_CHANGED: ("link",),
    NoticeKind.NEW_REIMBURSEMENT: ("link", "count"),
    NoticeKind.TELETRANSMISSION_CHANGED: ("link", "count"),
    NoticeKind.REQUEST_RECEIVED: ("link", "count"),
    NoticeKind.REQUEST_WRITTEN_FOR_YOU: ("link",),
    NoticeKind.REQUEST_ANSWERED: ("link", "count"),
    NoticeKind.REQUEST_PIECE_ASKED: ("link", "count"),
    NoticeKind.REQUEST_PIECE_REMINDED: ("link", "count"),
    NoticeKind.REQUEST_DECIDED: ("link", "count"),
    NoticeKind.REQUEST_CLOSED: ("link", "count"),
    NoticeKind.REQUEST_FILE_REFUSED: ("link", "count"),
    NoticeKind.DRAFT_WAITS: ("link", "count"),
    NoticeKind.REPLY_RECEIVED: ("why", "link"),
    NoticeKind.WEBHOOK_DISABLED: ("link",),
    NoticeKind.DIGEST: ("link", "count"),
}
"""What each kind is given, and nothing else: a template that asks for more fails here."""

every = pytest.mark.parametrize("language", LANGUAGES)
each = pytest.mark.parametrize("kind", list(NoticeKind))


def secret_of(kind: NoticeKind) -> dict[str, str]:
    if not NOTICES[kind].holds_code:
        return {}
    return {"code": "493817" if kind is NoticeKind.CODE else CODE}


def given(kind: NoticeKind, variant: dict) -> dict:
    return {name: variant[name] for name in USED.get(kind, ())}


def mails(kind: NoticeKind, language: str) -> list[Mail]:
    return [write_mail(SETTINGS, kind, language, TO, given(kind, one), secret_of(kind)) for one in VARIANTS]


def texts(kind: NoticeKind, language: str) -> list[str]:
    return [write_sms(SETTINGS, kind, language, given(kind, one), secret_of(kind)) for one in VARIANTS]


class Reader(HTMLParser):
    """The words of a mail, and what it would fetch."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words, self.fetched, self.links = "", [], []
        self._hidden = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self._hidden = tag == "style"
        self.fetched += [tag for name, value in attrs if name in ("src", "srcset", "background", "style")]
        self.links += [value for name, value in attrs if name == "href"]

    def handle_data(self, data):
        self.words += "" if self._hidden else f" {data}"


def test_each_kind_has_its_templates_and_nothing_else_is_there():
    kinds = {kind.value for kind in NoticeKind}
    assert {path.name for path in (TEMPLATES / "emails").iterdir() if path.is_dir()} == kinds
    assert {path.name.removesuffix(".txt.jinja2") for path in (TEMPLATES / "sms").iterdir()} == kinds
    for kind in kinds:
        names = {path.name for path in (TEMPLATES / "emails" / kind).iterdir()}
        assert names == {"subject.txt.jinja2", "body.jinja2"}


@each
@every
def test_a_mail_has_a_subject_of_one_line_and_says_why_it_came(kind, language):
    for mail in mails(kind, language):
        assert re.fullmatch(r"[^\x00-\x1f\x7f]{5,70}", mail.subject), mail.subject
        body, _, footer = mail.text.partition("\n--\n")
        assert len(body) > 60
        assert TO in footer
        assert len(footer.splitlines()) >= 3, "why it came, to whom, what we never ask"
        words = Reader(mail.html).words
        for line in filter(None, mail.text.splitlines()):
            assert line.strip() in words or line == "--", f"said as text only: {line}"


@each
@every
def test_the_html_fetches_nothing_and_leads_to_the_site_only(kind, language):
    for mail in mails(kind, language):
        page = Reader(mail.html)
        assert page.fetched == []
        assert all(link.startswith(f"https://{SITE}") for link in page.links)
        assert f'lang="{language}"' in mail.html


@each
@every
def test_no_message_holds_a_health_word_an_amount_or_a_name(kind, language):
    for mail in mails(kind, language):
        words = " ".join((mail.subject, mail.text, Reader(mail.html).words))
        assert FORBIDDEN.search(re.sub(r"https?://\S+", "", words)) is None
    for sms in texts(kind, language):
        assert FORBIDDEN.search(re.sub(r"https?://\S+", "", sms)) is None


@each
@every
def test_an_sms_is_one_and_names_the_site_last(kind, language):
    for sms in texts(kind, language):
        assert set(sms) <= GSM, set(sms) - GSM
        assert len(sms) <= 160, f"{len(sms)}: {sms}"
        assert SITE in sms.splitlines()[-1]


@every
def test_a_phone_fills_in_the_code_of_an_sms(language):
    """https://wicg.github.io/sms-one-time-codes/: the last line is « @site #code »."""
    for sms in texts(NoticeKind.CODE, language):
        assert re.search(r"\b493817\b", sms.splitlines()[0])
        assert sms.splitlines()[-1] == f"@{SITE} #493817"


@each
def test_a_code_is_behind_the_sign_that_no_browser_sends(kind):
    for mail in mails(kind, "fr"):
        for link in Reader(mail.html).links:
            before, _, after = link.partition("#")
            assert "493817" not in before
            assert CODE not in before
            assert after in ("", *secret_of(kind).values())


@each
@pytest.mark.parametrize("channel", list(Channel))
def test_a_hole_is_an_error(kind, channel):
    """Each value that a kind is given is needed, but those that it can do without."""
    whole, free = VARIANTS[0], {"count", "link" if kind in (NoticeKind.CODE, NoticeKind.INVITATION) else ""}
    for name in USED.get(kind, ()):
        values = {key: value for key, value in given(kind, whole).items() if key != name}
        if name in free or channel is Channel.SMS:
            continue
        with pytest.raises((UndefinedError, TypeError)):
            write_mail(SETTINGS, kind, "fr", TO, values, secret_of(kind))


@each
@every
def test_no_value_adds_a_header_or_a_tag(kind, language):
    evil = "x\r\nBcc: tous@example.org\r\n\r\n<script>alert(1)</script>\u2028\x85\x00"
    values = given(kind, VARIANTS[0])
    for name in ("device", "masked", "link"):
        if name in values:
            values[name] = evil
    mail = write_mail(SETTINGS, kind, language, evil, values, secret_of(kind))
    assert re.search(r"[\x00-\x1f\x7f\x85\u2028\u2029]", mail.subject) is None
    assert "<script>" not in mail.html


def test_a_line_stays_one():
    assert one_line(" Un\r\nBcc: a@b.c\t\x00\u2028\u0085fin ") == "Un Bcc: a@b.c fin"
