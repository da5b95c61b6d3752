"""What came by mail, read whatever it is; and of a reply, the words that are its sender's own."""

from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from member_space.domain.mail_reply import PARTS_MAX, html_to_text, own_words, read_incoming, token_in

CUT = "[cité]"
TOKEN = "0123456789abcdef" * 2


def mail(text="Bonjour, voici ma réponse.", **headers):
    message = EmailMessage()
    for name, value in {"From": "Nadia <nadia@example.org>", "To": "r@m.example", "Message-ID": "<a@b>"}.items():
        message[name] = value
    for name, value in headers.items():
        del message[name.replace("_", "-")]
        if value is not None:
            message[name.replace("_", "-")] = value
    message.set_content(text)
    return message


def read(message):
    return read_incoming(message.as_bytes() if isinstance(message, EmailMessage) else message)


def test_a_plain_reply():
    found = read(mail(From="Nadia <Nadia@Example.org>", Delivered_To=f"r+{TOKEN}@m.example"))
    assert (found.sender, found.message_id, found.automatic) == ("nadia@example.org", "<a@b>", False)
    assert found.text == "Bonjour, voici ma réponse."
    assert token_in(found.to, "r@m.example") == TOKEN


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated (vacation)"},
        {"Precedence": "bulk"},
        {"Precedence": "LIST"},
        {"List_Id": "<people.example.org>"},
        {"List_Unsubscribe": "<https://example.org>"},
        {"X_Auto_Response_Suppress": "OOF, AutoReply"},
        {"X_Autoreply": "yes"},
        {"X_Loop": "nadia@example.org"},
        {"Return_Path": "<>"},
        {"From": "Mail Delivery <MAILER-DAEMON@example.org>"},
        {"From": "no-reply@example.org"},
        {"From": "postmaster@example.org"},
        {"From": "people-request@example.org"},
    ],
)
def test_what_no_person_wrote_is_known(headers):
    assert read(mail(**headers)).automatic


def test_a_report_of_delivery_is_known():
    report = b"From: x@example.org\r\nContent-Type: multipart/report; boundary=b\r\n\r\n--b\r\n\r\nfailed\r\n--b--\r\n"
    assert read(report).automatic


@pytest.mark.parametrize("headers", [{}, {"Auto_Submitted": "no"}, {"Precedence": "first-class"}])
def test_what_a_person_wrote_is_not_taken_for_a_machine(headers):
    assert not read(mail(**headers)).automatic


@pytest.mark.parametrize("written", [None, "", "nobody", "a@b.example, c@d.example", "@", "a@b@c"])
def test_without_one_sender_there_is_none(written):
    assert read(mail(From=written)).sender is None


@pytest.mark.parametrize("written", ["a@b", "<a b@c>", "<>", f"<{'a' * 300}@b>"])
def test_an_id_that_is_none_is_not_repeated(written):
    raw = mail(Message_ID=None).as_bytes().replace(b"From:", f"Message-ID: {written}\nFrom:".encode(), 1)
    assert read(raw).message_id is None


@pytest.mark.parametrize(
    ("charset", "words"),
    [
        (b"utf-8", "été".encode()),
        (b"iso-8859-15", b"\xe9t\xe9"),
        (b"x-nobodys", "été".encode()),
        (b"ascii", b"\xe9t\xe9"),
    ],
)
def test_any_charset(charset, words):
    head = b"From: a@b.example\nContent-Type: text/plain; charset=" + charset
    assert read(head + b"\nContent-Transfer-Encoding: 8bit\n\n" + words).text == "été"


def test_html_alone_is_read_as_its_words():
    message = mail()
    message.set_content(
        "<head><style>p{}</style></head><p>Bonjour&nbsp;!</p><div>Deux <b>mots</b></div><script>x()</script>"
        "<div>Le 3 mars, Mutuelle a écrit :</div><blockquote><p>Une réponse</p>vous attend</blockquote>",
        subtype="html",
    )
    found = read(message)
    assert found.text == "Bonjour !\nDeux mots\nLe 3 mars, Mutuelle a écrit :\n> Une réponse\n> vous attend"
    assert own_words(found.text, CUT) == f"Bonjour !\nDeux mots\n{CUT}"


def test_of_both_forms_the_plain_one_is_read():
    message = mail("En clair")
    message.add_alternative("<p>Autrement</p>", subtype="html")
    assert read(message).text == "En clair"


def test_files_are_apart():
    message = mail("Voici")
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="facture été.pdf")
    message.add_attachment("une note", filename="note.txt")
    found = read(message)
    assert found.text == "Voici"
    assert [(name, data[:8]) for name, data in found.files] == [("facture été.pdf", b"%PDF"), ("note.txt", b"une note")]


def test_more_parts_than_anybody_writes_are_counted():
    message = mail()
    for _ in range(PARTS_MAX + 5):
        message.add_attachment(b"x", maintype="image", subtype="png", filename="x.png")
    found = read(message)
    assert (len(found.files), found.unread) == (PARTS_MAX - 1, 6)


@given(st.binary(max_size=2000))
def test_whatever_bytes_come_are_read(raw):
    for whole in (True, False):
        read_incoming(raw, whole=whole)
    read_incoming(b"From: a@b.example\nContent-Type: multipart/mixed; boundary=x\n\n--x\n" + raw + b"\n--x--")


@given(st.text(max_size=300))
def test_whatever_headers_come_are_read(words):
    read_incoming(f"From: {words}\nMessage-ID: {words}\nTo: {words}\nContent-Type: {words}\n\n{words}".encode())


def test_parts_in_parts_without_end():
    raw = b"From: a@b.example\nMessage-ID: <x@y>\n"
    for n in range(3000):
        raw += b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n)
    found = read_incoming(raw)
    assert (found.sender, found.message_id) == ("a@b.example", "<x@y>")


QUOTED = "> Bonjour,\n>\n> Nous avons répondu.\n"


@pytest.mark.parametrize(
    "introduced",
    [
        "Le lun. 3 mars 2031 à 10:12, Mutuelle <x@y.example> a écrit :",
        "Le lun. 3 mars 2031 à 10:12,\nMutuelle Horizon\n<x@y.example> a écrit :",
        "On Mon, Mar 3, 2031 at 10:12 AM Mutuelle <x@y.example> wrote:",
    ],
)
def test_a_quotation_at_the_end_goes_and_its_place_says_so(introduced):
    assert own_words(f"Oui.\n\nNadia\n\n{introduced}\n\n{QUOTED}\n", CUT) == f"Oui.\n\nNadia\n\n{CUT}"


@pytest.mark.parametrize(
    "text",
    [
        "Oui.",
        "Oui.\n\n> cité sans qui l’a dit\n",
        "> Une question ?\nMa réponse.",
        f"Le 3 mars, Mutuelle a écrit :\n{QUOTED}\nMa réponse est dessous.",
        "Mon médecin a écrit :\n\n> repos une semaine",
        "De : Mutuelle\nEnvoyé : lundi\n\nNous avons répondu.",
        "",
    ],
)
def test_what_is_not_sure_stays_whole(text):
    assert own_words(text, CUT) == text.strip()


INTRODUCED = [
    "Le lun. 3 mars, Mutuelle a écrit :",
    "Le lun. 3 mars,\nMutuelle\na écrit :",
    "On Monday, Mutuelle wrote:",
]


@given(
    st.text() | st.text(alphabet="ab>: \nLeé"),
    st.sampled_from(INTRODUCED),
    st.lists(st.text(alphabet="ab>: Leé"), min_size=1),
)
def test_no_word_that_is_not_quoted_is_lost(words, introduced, quoted):
    words = words.strip()
    quotation = "\n".join(f"> {line}" for line in quoted)
    own = own_words(f"{words}\n\n{introduced}\n{quotation}", CUT)
    assert own == f"{words}\n\n{CUT}".strip()


@pytest.mark.parametrize(
    ("address", "found"),
    [
        (f"r+{TOKEN}@m.example", TOKEN),
        ("r@m.example", None),
        (f"r+{TOKEN}@other.example", None),
        (f"x+{TOKEN}@m.example", None),
        (f"r+{TOKEN}0@m.example", None),
        ("r+ab@m.example", None),
        (f"rr+{TOKEN}@m.example", None),
    ],
)
def test_a_token_is_that_of_our_mailbox(address, found):
    assert token_in(("x@y.example", address), "r@m.example") == found


def test_html_without_an_end_is_read():
    assert html_to_text("<div><p>a<blockquote>b") == "a\n> b"


@pytest.mark.parametrize("piece", ["<a ", "<", "<!--", "<![", "</", "&", "<b>x</b> ", "<script>"])
def test_html_that_a_stranger_makes_endless_is_read_at_once(piece):
    """The library's parser takes minutes for the first one."""
    reader = html_to_text("<p>Bonjour</p>" + piece * 100_000)
    assert reader.startswith("Bonjour")


def test_html_of_mail_programs_is_read_without_what_they_say_to_each_other():
    html = (
        "<html><head><title>t</title><style>p { color: red }</style></head><body>"
        "<!--[if mso]><p>Outlook</p><![endif]--><![if !mso]>Prix&nbsp;: 3&#160;&lt; 4 &amp; <b>5</b><![endif]>"
        '<img alt="a>"><script>if (a < b) { "<p>" }</script><p>Fin &#99999999999999;</p></body></html>'
    )
    assert html_to_text(html) == 'Prix : 3 < 4 & 5 ">\nFin'


def test_digits_without_an_end_are_no_character():
    assert html_to_text("a &#" + "9" * 5000 + "; b &#x" + "f" * 5000 + ";") == "a b"


@pytest.mark.parametrize("name", ["From", "To"])
@pytest.mark.parametrize("piece", ["(", "a:", "<", '"', "a@["])
def test_an_address_in_endless_pieces_is_none(name, piece):
    other = "To" if name == "From" else "From"
    raw = f"{name}: {piece * 20_000} a@b.example\n{other}: c@d.example\n\nBonjour".encode()
    assert read_incoming(raw).text == "Bonjour"


@pytest.mark.parametrize("charset", ["utf-7", "unicode_escape", "raw_unicode_escape", "punycode", "idna"])
def test_what_no_mail_is_written_in_is_read_as_it_came(charset):
    head = f"From: a@b.example\nContent-Type: text/plain; charset={charset}\n\n".encode()
    assert read_incoming(head + rb"\ud800 +2AA- a-9z").text == r"\ud800 +2AA- a-9z"
