"""The box of the demonstration shows what it would have sent; it is nowhere else."""

import pytest
from zope.interface.registry import Components

from member_space.adapters.demo_outbox import DemoMailer, DemoSms
from member_space.config import make_app, register_adapters
from member_space.interfaces import IMailer, ISmsGateway, OutgoingMail
from member_space.settings import read_settings
from tests.conftest import TEST_INI
from tests.log_guard import Browser

DEMO = TEST_INI | {"environment": "demo"}


@pytest.fixture
def demo(own_database):
    return Browser(make_app(DEMO, own_database))


def adapters(ini, engine):
    registry = Components("of this test")
    register_adapters(registry, read_settings(ini, {}), engine)
    return registry.getUtility(IMailer), registry.getUtility(ISmsGateway)


def test_the_demonstration_sends_into_its_box_and_shows_it_newest_first(demo, own_database):
    mailer, sms = adapters(DEMO, own_database)
    mailer.send(
        OutgoingMail(
            "nadia@example.org", "Votre code", "Le code : 123456\nhttp://localhost:6543/a#b <i>", "<p>…</p>", "1"
        )
    )
    sms.send("+33612345678", "123456 : votre code", "2")
    page = demo.get("/demo/messages")
    titles = [card.h2.get_text() for card in page.html.select(".card-box")]
    assert titles == ["SMS", "Votre code"]
    assert page.html.select_one(".card-box a")["href"] == "http://localhost:6543/a#b"
    assert "<i>" in page.html.select(".message-text")[1].get_text()
    found = demo.get("/demo/outbox.json").json
    assert [list(one) for one in found] == [["channel", "to", "subject", "text", "sent_at"]] * 2
    assert [(one["channel"], one["to"], one["subject"]) for one in found] == [
        ("sms", "+33612345678", None),
        ("email", "nadia@example.org", "Votre code"),
    ]
    assert found[0]["sent_at"] > found[1]["sent_at"] > "2026"


def test_an_empty_box_says_how_to_fill_it_and_the_footer_leads_to_it(demo):
    page = demo.get("/connexion").click("Boîte de démonstration")
    assert "Aucun message pour l’instant" in page
    assert demo.get("/demo/outbox.json").json == []


@pytest.mark.parametrize("path", ["/demo/messages", "/demo/outbox.json"])
def test_it_does_not_exist_elsewhere(app, path):
    app.get(path, status=404)
    assert "démonstration" not in app.get("/connexion")


def test_only_the_console_of_a_demonstration_is_replaced(own_database):
    assert not {type(one) for one in adapters(TEST_INI, own_database)} & {DemoMailer, DemoSms}
    over_smtp = DEMO | {"mail.transport": "smtp", "mail.smtp_url": "smtp://localhost:25"}
    mailer, sms = adapters(over_smtp, own_database)
    assert not isinstance(mailer, DemoMailer)
    assert isinstance(sms, DemoSms)
