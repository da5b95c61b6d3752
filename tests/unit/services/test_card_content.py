"""A card as it is kept, and its symbols as they are drawn."""

from datetime import date

import pytest
import zxingcpp
from PIL import Image

from member_space.adapters.card_code import PlainCardCode
from member_space.domain.card import Beneficiary, Card, CardNir, Domain, Lines
from member_space.domain.period import Period
from member_space.services.card_content import from_json, to_json
from member_space.services.card_pdf import faces_of
from member_space.services.qr import qr_of, svg_of

CARD = Card(
    contract_number="C1",
    member_number="00000001",
    holder="Zoé Été",
    plan="Confort",
    amc_number="0060005615",
    amc_name="Mutuelle",
    amc_exchange_number=None,
    csr=None,
    convention_types=("SP", "IS"),
    responsible=True,
    period=Period(date(2026, 1, 1), date(2026, 12, 31)),
    lines=Lines("01 99 00 97 80"),
    domains=(Domain("OPTI", "Optique", 1, None, ("IS", "SP")), Domain("PHAR", "Pharmacie", 2, 100)),
    beneficiaries=(
        Beneficiary(
            1, "Été", "Zoé", date(2015, 2, 3), 2, "child", (CardNir("285058832102532", None),), date(2026, 6, 30)
        ),
    ),
)


def test_a_card_comes_back_as_it_was_kept_and_the_same_one_has_the_same_text():
    assert from_json(to_json(CARD)) == CARD
    assert to_json(from_json(to_json(CARD))) == to_json(CARD)


@pytest.mark.parametrize(
    ("modules", "text"),
    [
        (
            PlainCardCode().data_matrix(CARD, "https://exemple.fr/droits/x"),
            "0060005615|SP IS||00000001|https://exemple.fr/droits/x",
        ),
        (qr_of("https://exemple.fr/droits/x"), "https://exemple.fr/droits/x"),
    ],
    ids=["data matrix", "qr"],
)
def test_a_symbol_is_read_back_by_a_decoder_that_did_not_draw_it(modules, text):
    size = len(modules)
    image = Image.new("L", (size + 8, size + 8), 255)
    for y, row in enumerate(modules):
        for x, dark in enumerate(row):
            if dark:
                image.putpixel((x + 4, y + 4), 0)
    (found,) = zxingcpp.read_barcodes(image.resize((8 * (size + 8), 8 * (size + 8)), Image.Resampling.NEAREST))
    assert found.text == text


def test_a_drawing_is_one_path_of_runs():
    assert svg_of([[1, 1, 0], [0, 0, 1]]).count("<path") == 1
    assert 'd="M0 0h2v1h-2zM2 1h1v1h-1z"' in svg_of([[1, 1, 0], [0, 0, 1]])


def test_a_long_name_takes_the_room_of_others_so_that_each_face_keeps_its_block():
    def face(*lengths: int) -> list[int]:
        rows = [{"name": "X" * one, "details": ["11/04/1983, rang 1"]} for one in lengths]
        return [len(one) for one in faces_of(rows)]

    assert face(20, 20, 20, 20) == [4]
    assert face(20, 20, 20, 20, 20) == [4, 1]
    assert face(160, 160, 20, 20, 20) == [3, 2]
    assert face(20, 500, 20) == [1, 1, 1]
    assert face() == []
