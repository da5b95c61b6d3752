"""Settings: read once, and a wrong one stops the boot with its name."""

import base64
import re
from types import MappingProxyType

import pytest

from member_space.config import make_app
from member_space.settings import Oidc, read_settings
from member_space.settings.reader import SettingError, variable_of
from tests.conftest import TEST_INI

KEY = base64.b64encode(b"k" * 32).decode()
OTHER = base64.b64encode(b"o" * 32).decode()
INI = MappingProxyType(
    {
        "environment": "test",
        "sqlalchemy.url": "postgresql+psycopg://localhost/one",
        "secrets.data_keys": f"1:{KEY}",
        "secrets.blind_index_key": KEY,
        "storage.url": "folder:var/storage",
    }
)


def test_the_five_that_are_required_are_enough():
    settings = read_settings(INI, {})
    assert settings.data_keys == {"1": b"k" * 32}
    assert settings.cookie_secure
    assert settings.session_idle_minutes == 15
    assert settings.trusted_proxies == 0
    assert settings.metrics_port is None
    assert not settings.production
    assert not settings.demo


@pytest.mark.parametrize("name", INI)
@pytest.mark.parametrize("blank", [None, "", "  "])
def test_a_missing_one_is_named_with_its_variable(name, blank):
    ini = {key: value for key, value in INI.items() if key != name} | ({} if blank is None else {name: blank})
    with pytest.raises(SettingError) as refusal:
        read_settings(ini, {})
    assert repr(name) in str(refusal.value)
    assert variable_of(name) in str(refusal.value)


def test_the_variable_is_the_name_in_capitals():
    assert variable_of("secrets.data_keys") == "MEMBER_SPACE_SECRETS_DATA_KEYS"


def test_the_environment_wins_over_the_file_and_suffices_without_it():
    environ = {variable_of(name): value for name, value in INI.items()}
    settings = read_settings({"sqlalchemy.url": "from the file"}, environ | {"MEMBER_SPACE_BRAND_NAME": " La Nôtre "})
    assert settings.sqlalchemy_url == INI["sqlalchemy.url"]
    assert settings.brand.name == "La Nôtre"


def test_the_adviser_has_its_encoder_unless_it_is_left_out():
    assert read_settings(INI, {}).adviser_encoder == "use"
    assert read_settings(INI | {"adviser.encoder": "none"}, {}).adviser_encoder == "none"


def test_nothing_is_given_by_load_unless_it_is_asked_for():
    assert read_settings(INI, {}).push_up_to == 0
    assert read_settings(INI | {"requests.push_up_to": "8"}, {}).push_up_to == 8
    for wrong in ("-1", "many"):
        with pytest.raises(SettingError, match="push_up_to"):
            read_settings(INI | {"requests.push_up_to": wrong}, {})


def test_an_empty_variable_removes_what_the_file_says():
    assert read_settings(INI | {"metrics.token": "secret"}, {"MEMBER_SPACE_METRICS_TOKEN": ""}).metrics_token is None


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("environment", "prod", "one of development, demo, test, production"),
        ("log.format", "xml", "one of json, console"),
        ("metrics.port", "-1", "whole number"),
        ("session.hours", "twelve", "whole number"),
        ("secrets.blind_index_key", "not base64 at all", "32 bytes in base64"),
        ("secrets.blind_index_key", base64.b64encode(b"short").decode(), "32 bytes in base64"),
        ("secrets.data_keys", KEY, "number:base64"),
        ("secrets.data_keys", f"256:{KEY}", "below 256"),
        ("secrets.data_keys", f"-1:{KEY}", "number:base64"),
        ("secrets.data_keys", "1:AAAA", "32 bytes in base64"),
        ("secrets.data_keys", f"2:{KEY} 1:{KEY[:-4]}", "32 bytes in base64"),
        ("password.policy", "weak", "one of strong, bl, hcr"),
        ("second_factor.policy", "never", "one of scored, strict"),
        ("mail.transport", "pigeon", "one of console, smtp, ses"),
        ("sms.transport", "pigeon", "one of console, http, sns"),
        ("sms.sender", "Mutuelle Horizon", "1 to 11 letters or digits"),
        ("sms.sender", "Santé", "1 to 11 letters or digits"),
        ("sms.cap_per_day", "many", "whole number"),
        ("site.url", "espace.example.org", "address of a server"),
        ("site.url", "http://espace.example.org", "address of a server"),
        ("oidc.issuer", "http://fc.example.org", "address of a server"),
        ("oidc.issuer", "https://user@fc.example.org", "address of a server"),
        ("oidc.issuer", "https://fc.example.org:port", "address of a server"),
        ("oidc.issuer", "https://", "address of a server"),
        ("map.tiles", "http://tiles.example.org/{z}/{x}/{y}.png", "address of a server"),
        ("map.tiles", "https://tiles.example.org/plan.png", "address of tiles"),
        ("map.tiles", "https://{s}.example.org/{z}/{x}/{y}.png", "address of tiles"),
        ("map.tiles", "https://*.example.org/{z}/{x}/{y}.png", "address of tiles"),
        ("map.tiles", "https://a.example;script-src */{z}/{x}/{y}.png", "address of tiles"),
        ("map.tiles", "https://a.example */{z}/{x}/{y}.png", "address of tiles"),
        ("map.tiles", "https://a.example,b.example/{z}/{x}/{y}.png", "address of tiles"),
        ("map.tiles", "https://:pass@a.example/{z}/{x}/{y}.png", "address of tiles"),
        ("map.tiles", "https://cartes.été.fr/{z}/{x}/{y}.png", "address of tiles"),
    ],
)
def test_a_malformed_one_is_named_with_what_it_should_be(name, value, words):
    with pytest.raises(SettingError) as refusal:
        read_settings(INI | {name: value}, {})
    assert repr(name) in str(refusal.value)
    assert words in str(refusal.value)


@pytest.mark.parametrize("name", ["secrets.data_keys", "secrets.blind_index_key"])
def test_the_refusal_never_shows_a_key(name):
    secret = "c2VjcmV0IG1hdGVyaWFs"
    with pytest.raises(SettingError) as refusal:
        read_settings(INI | {name: f"1:{secret}"}, {})
    assert secret not in str(refusal.value)


def test_a_keyring_keeps_its_order_so_that_the_first_encrypts():
    ring = read_settings(INI | {"secrets.data_keys": f"2:{OTHER}  1:{KEY}\n"}, {}).data_keys
    assert list(ring.items()) == [("2", b"o" * 32), ("1", b"k" * 32)]


@pytest.mark.parametrize(
    ("environment", "production", "demo"),
    [("development", False, True), ("demo", False, True), ("test", False, False), ("production", True, False)],
)
def test_what_an_environment_turns_on(environment, production, demo):
    settings = read_settings(INI | {"environment": environment, "site.url": "https://espace.example.org"}, {})
    assert (settings.production, settings.demo) == (production, demo)


OIDC = {"oidc.issuer": "https://fc.example.org/api/v2", "oidc.client_id": "us", "oidc.client_secret": "hush"}
SMS = {"sms.transport": "http", "sms.url": "https://sms.example.org/send", "sms.secret": "hush"}


@pytest.mark.parametrize(
    ("ini", "missing"),
    [
        ({"environment": "production"}, "site.url"),
        ({"mail.transport": "smtp"}, "mail.smtp_url"),
        ({"mail.transport": "ses"}, "mail.region"),
        (SMS | {"sms.url": ""}, "sms.url"),
        (SMS | {"sms.secret": ""}, "sms.secret"),
        ({"sms.transport": "sns"}, "sms.region"),
        ({"map.tiles": "https://tiles.example.org/{z}/{x}/{y}.png"}, "map.attribution"),
        (OIDC | {"oidc.client_id": ""}, "oidc.client_id"),
        (OIDC | {"oidc.client_secret": ""}, "oidc.client_secret"),
    ],
)
def test_what_a_choice_then_requires_is_named(ini, missing):
    with pytest.raises(SettingError) as refusal:
        read_settings(INI | ini, {})
    assert repr(missing) in str(refusal.value)
    assert variable_of(missing) in str(refusal.value)


def test_what_nobody_chose_sends_nothing_out_and_asks_for_the_most():
    settings = read_settings(INI, {})
    assert (settings.mail.transport, settings.sms.transport) == ("console", "console")
    assert (settings.password_policy, settings.second_factor_policy) == ("strong", "scored")
    assert settings.oidc is None
    assert settings.site_url == "http://localhost:6543"


def test_how_messages_leave_and_who_tells_the_identity():
    settings = read_settings(INI | SMS | OIDC | {"mail.transport": "smtp", "mail.smtp_url": "smtp://mx"}, {})
    assert settings.mail.smtp_url == "smtp://mx"
    assert (settings.sms.url, settings.sms.secret, settings.sms.cap_per_day) == (SMS["sms.url"], "hush", 5000)
    assert settings.oidc == Oidc("https://fc.example.org/api/v2", "us", "hush", "FranceConnect")


def test_a_queue_of_bounces_goes_with_amazon_only():
    queue = {"mail.bounce_queue": "https://sqs.eu-west-3.amazonaws.com/123456789012/mail"}
    ses = {"mail.transport": "ses", "mail.region": "eu-west-3"}
    assert read_settings(INI | ses | queue, {}).mail.bounce_queue == queue["mail.bounce_queue"]
    assert read_settings(INI | ses, {}).mail.bounce_queue is None
    for wrong in (queue, queue | {"mail.transport": "smtp", "mail.smtp_url": "smtp://mx"}):
        with pytest.raises(SettingError, match=r"'mail\.bounce_queue' goes with mail\.transport = ses"):
            read_settings(INI | wrong, {})
    with pytest.raises(SettingError, match=r"'mail\.bounce_queue'"):
        read_settings(INI | ses | {"mail.bounce_queue": "arn:aws:sqs:eu-west-3:123456789012:mail"}, {})


def test_a_map_has_no_background_and_the_directory_is_closed_unless_the_office_says_so():
    settings = read_settings(INI, {})
    assert (settings.map_tiles, settings.directory_public) == (None, False)
    tiles = {"map.tiles": "https://tiles.example.org:8443/{z}/{x}/{y}.png", "map.attribution": "© La carte"}
    chosen = read_settings(INI | tiles | {"directory.public": "true"}, {})
    assert chosen.map_tiles.host == "https://tiles.example.org:8443"
    assert chosen.directory_public


def test_an_address_loses_its_last_slash():
    settings = read_settings(INI | OIDC | {"site.url": "https://x.example/", "oidc.issuer": "https://fc.example/"}, {})
    assert settings.site_url == "https://x.example"
    assert settings.oidc.issuer == "https://fc.example"


def test_printed_settings_show_no_secret():
    settings = read_settings(
        INI | SMS | OIDC | {"mail.transport": "smtp", "mail.smtp_url": "smtp://us:hush@mx", "metrics.token": "x"}, {}
    )
    assert "hush" not in repr((settings.mail, settings.sms, settings.oidc))


@pytest.mark.parametrize(
    ("name", "ini"),
    [
        ("mail.smtp_url", {"mail.transport": "smtp", "mail.smtp_url": "http://mx.example.org"}),
        ("mail.sender", {"mail.sender": "nobody"}),
    ],
)
def test_the_whole_application_does_not_start_with_a_malformed_one(name, ini, engine):
    with pytest.raises(SettingError, match=re.escape(repr(name))):
        make_app(TEST_INI | ini, engine)
