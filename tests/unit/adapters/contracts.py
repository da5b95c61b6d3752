"""What every carrier of messages promises: each implementation's tests inherit these, giving the fixture they name."""

import pytest
from zope.interface.verify import verifyObject

from member_space.interfaces import DeliveryError, IMailer, ISmsGateway, OutgoingMail

MESSAGE_ID = "0190b5f2-7d3e-7c52-9b1a-3f6f2f9f1c11"
LINE_BREAKS = ["\n", "\r", "\r\n", "\r\n ", "\0", "\x0b", "\x85", "\u2028"]


class MailerContract:
    """The fixture `mailer` gives an IMailer."""

    def test_is_what_it_says(self, mailer):
        assert verifyObject(IMailer, mailer)

    @pytest.mark.parametrize("html", [None, "<p>Bonjour</p>"])
    def test_takes_a_mail(self, mailer, html):
        assert mailer.send(OutgoingMail("nadia@example.org", "Un sujet", "Bonjour", html, MESSAGE_ID)) is None

    @pytest.mark.parametrize("to", ["nadia@exämple.org", "Nadia Lévêque <nadia@example.org>"])
    def test_takes_a_name_and_a_domain_that_are_not_ascii(self, mailer, to):
        mailer.send(OutgoingMail(to, "Un sujet", "Bonjour", None, MESSAGE_ID))

    @pytest.mark.parametrize("line_break", LINE_BREAKS)
    @pytest.mark.parametrize("field", ["to", "subject", "message_id", "reply_to", "in_reply_to"])
    def test_a_line_break_adds_no_header(self, mailer, field, line_break):
        fields = {
            "to": "nadia@example.org",
            "subject": "Un sujet",
            "message_id": MESSAGE_ID,
            "reply_to": "reponses@horizon.example",
            "in_reply_to": "<1@example.org>",
        }
        for value in (f"{fields[field]}{line_break}Bcc: other@example.org", f"{fields[field]}{line_break}"):
            with pytest.raises(DeliveryError) as refusal:
                mailer.send(OutgoingMail(**fields | {field: value}, text="Bonjour", html=None))
            assert refusal.value.final

    @pytest.mark.parametrize(
        "to",
        ["", "nadia", "@example.org", "nadia@", "nadia@-.org", "a@b@example.org", "a@example.org, b@example.org",
         "a@example.org b@example.org", "Group: a@example.org, b@example.org;", "nadia@example..org"],
    )  # fmt: skip
    def test_what_is_not_one_address_is_refused_for_good(self, mailer, to):
        with pytest.raises(DeliveryError) as refusal:
            mailer.send(OutgoingMail(to, "Un sujet", "Bonjour", None, MESSAGE_ID))
        assert refusal.value.final
        assert not to or to not in str(refusal.value)


class SmsContract:
    """The fixture `gateway` gives an ISmsGateway."""

    def test_is_what_it_says(self, gateway):
        assert verifyObject(ISmsGateway, gateway)

    def test_takes_a_text(self, gateway):
        assert gateway.send("+33639980001", "Votre code : 123 456. « Été »", MESSAGE_ID) is None

    @pytest.mark.parametrize("to", ["", "0639980001", "33639980001", "+", "+33 6 39", "+336\r\n", "+٣٣٦", "+33x"])
    def test_what_is_no_number_is_refused_for_good(self, gateway, to):
        with pytest.raises(DeliveryError) as refusal:
            gateway.send(to, "Bonjour", MESSAGE_ID)
        assert refusal.value.final
        assert len(to) < 2 or to not in str(refusal.value)

    def test_an_empty_text_is_refused_for_good(self, gateway):
        with pytest.raises(DeliveryError) as refusal:
            gateway.send("+33639980001", "", MESSAGE_ID)
        assert refusal.value.final
