"""Codes leave as often as a person needs and no oftener, and say as much of nobody as of somebody (C2, R16, R17)."""

from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from member_space.domain.notices import Channel
from member_space.models import CodeSending, Event, Notification
from member_space.services import code_sending
from member_space.services.challenge import Purpose, open_challenge
from member_space.services.code_sending import Cap, NumberRefused, TooManySendings, send_code
from member_space.services.tools import Origin, Tools
from tests.functional.clock import clock_at

MOBILE = "+33612345612"
HOME, CAFE = Origin("192.0.2.10"), Origin("198.51.100.7")


@pytest.fixture
def clock(app):
    with clock_at(app, 2026, 11, 20) as clock:
        yield clock


@pytest.fixture
def tools(app, clock):
    registry = app.app.registry
    return Tools(registry.member_space, registry.getUtility)


def send(db, tools, to=MOBILE, origin=HOME, channel=Channel.SMS, **options):
    challenge, _token = open_challenge(db, tools, Purpose.ACTIVATION)
    send_code(db, tools, challenge, channel, to, origin, **options)
    return challenge


def refused(db, tools, **values) -> TooManySendings:
    with pytest.raises(TooManySendings) as caught:
        send(db, tools, **values)
    return caught.value


def test_a_code_leaves_and_is_written_down(db, tools):
    challenge = send(db, tools, link="/activation/code")
    sent = db.query(Notification).one()
    assert tools.cipher.decrypt(sent.target) == MOBILE
    assert sent.values == {"purpose": "activation", "link": "/activation/code"}
    assert (challenge.sends, challenge.channel, challenge.sent_at) == (1, "sms", tools.now())
    row = db.query(CodeSending).one()
    assert (row.number_range, row.network) == ("+3361234", "192.0.2.0/24")
    event = db.query(Event).one()
    assert (event.kind, event.details["channel"]) == ("code:sent", "sms")
    assert MOBILE not in str(event.details)


def test_the_same_request_waits_a_minute(db, tools, clock):
    challenge = send(db, tools)
    clock.at += timedelta(seconds=59)
    with pytest.raises(TooManySendings) as caught:
        send_code(db, tools, challenge, Channel.SMS, MOBILE, HOME)
    assert (caught.value.cap, caught.value.wait) == (Cap.TOO_SOON, timedelta(seconds=1))
    clock.at += timedelta(seconds=1)
    send_code(db, tools, challenge, Channel.SMS, MOBILE, HOME)
    assert challenge.sends == 2


def test_three_an_hour_then_ten_a_day(db, tools, clock):
    for _ in range(3):
        send(db, tools)
    assert refused(db, tools).wait == timedelta(hours=1)
    sent = 3
    while sent < 10:
        clock.at += timedelta(hours=1)
        for _ in range(min(3, 10 - sent)):
            send(db, tools)
            sent += 1
    clock.at += timedelta(hours=1)
    refusal = refused(db, tools)
    assert (refusal.cap, refusal.wait) == (Cap.TARGET, timedelta(hours=20))
    assert db.query(Notification).count() == 10


def test_an_attacker_elsewhere_does_not_use_up_the_victims(db, tools, clock):
    for network in range(10):
        for _ in range(3):
            send(db, tools, origin=Origin(f"203.0.{network}.1"))
    assert refused(db, tools).cap is Cap.TARGET  # thirty a day, of everybody
    send(db, tools, device_id=12)  # but a browser that the victim has used before has its own


def test_a_known_device_that_types_number_after_number_has_its_day(db, tools, clock):
    for n in range(30):
        send(db, tools, to=f"+336{n % 4}23456{n:02d}", device_id=12)
        clock.at += timedelta(minutes=10)
    refusal = refused(db, tools, to="+33644000001", device_id=12)
    assert (refusal.cap, refusal.wait) == (Cap.NETWORK, timedelta(hours=19))


def test_one_number_asked_by_e_mail_has_another_count(db, tools):
    for _ in range(3):
        send(db, tools)
    send(db, tools, to="nadia@example.org", channel=Channel.EMAIL)


@pytest.mark.parametrize(("proved", "limit"), [(True, 30), (False, 5)])
def test_a_network_has_its_limit(db, tools, proved, limit):
    for n in range(limit):
        send(db, tools, to=f"+336{n:02d}000000", proved=proved)
    assert refused(db, tools, to="+33699000000", proved=proved).cap is Cap.NETWORK
    send(db, tools, to="+33699000000", origin=CAFE, proved=proved)


def test_a_range_of_numbers_has_its_limit(db, tools, monkeypatch):
    """Pumping walks through the numbers of one operator's block (R17)."""
    monkeypatch.setattr(code_sending, "PER_RANGE_DAY", 4)
    for n in range(4):
        send(db, tools, to=f"+336123400{n:02d}", origin=Origin(f"203.0.{n}.1"))
    assert refused(db, tools, to="+33612349999").cap is Cap.RANGE
    send(db, tools, to="+33612359999")
    # Where it would tell that somebody is behind it, nothing is said and nothing leaves.
    send(db, tools, to="+33612348888", asked="somebody")
    assert db.query(Notification).order_by(Notification.id.desc()).first().state == "nobody"


@pytest.mark.parametrize(
    "number",
    ["+33899123456", "+33820123456", "+88216123456", "+870773111632", "+333630", "+33123456789", "rien", ""],
)
def test_only_mobiles_get_sms(db, tools, number):
    with pytest.raises(NumberRefused):
        send(db, tools, to=number)
    assert db.query(CodeSending).count() == db.query(Notification).count() == 0
    send(db, tools, to=number, asked="somebody")
    assert db.query(Notification).one().state == "nobody"


def test_the_sms_of_the_whole_site_have_a_cap_and_an_alarm(db, tools):
    cap = tools.settings.sms.cap_per_day
    db.add_all(
        CodeSending(
            channel="sms", target_index=bytes([n % 256] * 4), number_range="+3360000", network="x", sent_at=tools.now()
        )
        for n in range(cap - 1)
    )
    db.flush()
    with capture_logs() as logs:
        send(db, tools)
    assert [line["log_level"] for line in logs] == ["warning"]
    with capture_logs() as logs:
        assert refused(db, tools, to="+33698765432").cap is Cap.SITE
    assert [line["log_level"] for line in logs] == ["error"]
    assert MOBILE not in str(logs)
    send(db, tools, to="nadia@example.org", channel=Channel.EMAIL)


def test_nobody_counts_like_somebody_but_costs_nothing(db, tools):
    """An attacker who asks for people we do not know does not use up the day's SMS."""
    for _ in range(3):
        send(db, tools, to=None, asked="inconnu@example.org")
    assert refused(db, tools, to=None, asked="inconnu@example.org").cap is Cap.TARGET
    assert {row.number_range for row in db.query(CodeSending)} == {None}
    assert {row.state for row in db.query(Notification)} == {"nobody"}


def test_an_error_while_counting_sends_nothing(db, tools, monkeypatch):
    def broken(*_args):
        raise RuntimeError("the count cannot be read")

    monkeypatch.setattr(code_sending, "_limiting", broken)
    with pytest.raises(RuntimeError):
        send(db, tools)
    assert db.query(Notification).count() == db.query(CodeSending).count() == 0


def test_a_clock_that_jumps_back_locks_nobody_out(db, tools, clock):
    send(db, tools)
    clock.at = datetime(2026, 11, 19, 12, tzinfo=UTC)
    send(db, tools)


def test_another_channel_serves_after_half_a_minute_the_same_one_after_a_minute(db, tools, clock):
    challenge = send(db, tools)
    ways = {Channel.SMS: MOBILE, Channel.EMAIL: "nadia@example.org"}

    def again(channel):
        try:
            send_code(db, tools, challenge, channel, ways[channel], HOME)
        except TooManySendings as refusal:
            return refusal.cap, refusal.wait.total_seconds()
        return "sent"

    clock.at += timedelta(seconds=29)
    assert again(Channel.EMAIL) == (Cap.TOO_SOON, 1)
    clock.at += timedelta(seconds=1)
    assert again(Channel.SMS) == (Cap.TOO_SOON, 30)
    assert again(Channel.EMAIL) == "sent"
    assert again(Channel.SMS) == (Cap.TOO_SOON, 30)
    clock.at += timedelta(seconds=30)
    assert again(Channel.SMS) == "sent"
    clock.at += timedelta(seconds=60)
    assert again(Channel.SMS) == "sent"
    clock.at += timedelta(seconds=60)
    assert again(Channel.SMS)[0] is Cap.TARGET  # three an hour for one number, whatever was sent otherwise
