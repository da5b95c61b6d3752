"""A guarantee file is told all that is wrong with it, line by line, with the repair."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from member_space.domain.guarantee import BasePercent, Cap, CapPeriod, FullCost, LensClass, LumpSum, OpticsCeilings, Per
from member_space.services.guarantee_file import MAX_BYTES, read_guarantees
from tests.factories.guarantee import PRODUCTS, product

ACTS = {"G", "CS", "CHP", "OPT", "LUN", "VER", "OST"}
HEAD = 'code = "T1"\nlabel = "Essai"\nresponsible = false\n'
VERSION = "[[version]]\nstarts_on = 2026-01-01\n"
LINE = '[[version.line]]\nrank = 10\nheading = "routine_care"\nlabel = "Médecin"\nacts = ["G"]\nbase_percent = 150\n'


def problems(text: str | bytes) -> list[tuple[int, str, str]]:
    content = text if isinstance(text, bytes) else text.encode()
    found = read_guarantees(content, ACTS).problems.found
    return [(problem.line, problem.field, problem.reason) for problem in found]


def lines(text: str):
    file = read_guarantees((HEAD + VERSION + text).encode(), ACTS)
    assert file.problems.found == []
    return sorted(file.versions[0].lines, key=lambda line: line.rank)


@pytest.mark.parametrize("name", PRODUCTS)
def test_the_products_of_the_demonstration_are_read_without_a_remark(name):
    acts = {code for line in product(name).decode().splitlines() if line.startswith("acts") for code in line.split('"')}
    file = read_guarantees(product(name), acts)
    assert file.problems.found == []
    assert file.code == name.upper()
    assert {line.heading.value for line in file.versions[0].lines} == {
        "hospital", "routine_care", "dental", "optics", "hearing", "other",
    }  # fmt: skip


def test_each_formula_and_each_cap_is_read():
    found = lines(
        LINE.replace("base_percent = 150", "base_percent = 170.5\nbase_percent_without_optam = 150")
        + '[[version.line]]\nrank = 20\nheading = "hospital"\nlabel = "Chambre"\nacts = ["CHP"]\nlump_sum = 60.50\n'
        'lump_sum_per = "day"\ncaps = [{ period = "civil_year", count = 30, amount = 1500 }]\n'
        '[[version.line]]\nrank = 30\nheading = "optics"\nlabel = "Lunettes"\nacts = ["OPT"]\nbasket = "free"\n'
        "glasses = { frame = 100, complex = 450, simple = 250 }\n"
        '[[version.line]]\nrank = 40\nheading = "dental"\nlabel = "100 % Santé"\nfamilies = ["dental_prosthesis"]\n'
        'basket = "no_rest"\nfull_cost = true\n'
        '[[version.line]]\nrank = 50\nheading = "other"\nlabel = "Rien"\nacts = ["OST"]\n'
    )
    assert found[0].formulas == (BasePercent(17_050, 15_000),)
    assert found[1].formulas == (LumpSum(6_050, Per.DAY),)
    assert found[1].caps == (Cap(CapPeriod.CIVIL_YEAR, 150_000, 30),)
    assert found[2].formulas == (
        OpticsCeilings(((LensClass.SIMPLE, 25_000), (LensClass.COMPLEX, 45_000)), frame=10_000),
    )
    assert found[3].formulas == (FullCost(),)
    assert found[4].formulas == ()


@pytest.mark.parametrize(
    ("written", "field", "said"),
    [
        ("lump_sum = 1 500", "lump_sum", "espace, virgule ni € : 1500.00"),
        ("lump_sum = 1 500,50 €", "lump_sum", "espace, virgule ni € : 1500.50"),
        ("lump_sum = 60,5  # a night", "lump_sum", "60.50"),
        ('lump_sum = "60"', "lump_sum", "sans guillemets"),
        ("lump_sum = 60.505", "lump_sum", "deux décimales"),
        ("lump_sum = -60", "lump_sum", "n’est pas un montant"),
        ("lump_sum = nan", "lump_sum", "n’est pas un montant"),
        ("lump_sum = true", "lump_sum", "n’est pas un montant"),
        (f"lump_sum = 0x{'f' * 5000}", "lump_sum", "nombre trop grand"),
        (f"basket = [[0x{'f' * 5000}]]", "basket", "entre guillemets"),
        ("lump_sum = 99999999999999999999", "lump_sum", "n’est pas un montant"),
        ("base_percent = 150 %", "base_percent", "150.00"),
        ("base_percent = 15000", "base_percent", "de 0 à 1000"),
        ("fee_percent = 120", "fee_percent", "de 0 à 100"),
        ("base_percent_without_optam = 120", "base_percent_without_optam", "ne va pas sans base_percent"),
        ('lump_sum_per = "day"', "lump_sum_per", "ne va pas sans lump_sum"),
        ('lump_sum = 60\nlump_sum_per = "nuit"', "lump_sum_per", "attendu : act, session, day, year"),
        ("full_cost = 1", "full_cost", "true ou false"),
        ("full_cost = true\nbase_percent = 100", "full_cost", "aucune autre formule"),
        ("base_percnt = 100", "base_percnt", "vouliez-vous dire « base_percent » ?"),
        ('basket = "no-rest"', "basket", "vouliez-vous dire « no_rest » ?"),
        ("glasses = { simple = 100 }", "frame", "clé absente"),
        ("glasses = { frame = 100, simpel = 100 }", "simpel", "vouliez-vous dire « simple » ?"),
        ("glasses = 100", "glasses", "est une table"),
        ('caps = [{ period = "civil_year" }]', "", "un montant (amount), un nombre (count)"),
        ('caps = [{ period = "year", count = 1 }]', "period", "attendu : session, day, civil_year"),
        ('caps = { period = "civil_year", count = 1 }', "caps", "suite de tables"),
    ],
)
def test_a_value_that_is_wrong_is_told_at_its_line_with_its_repair(written, field, said):
    text = HEAD + VERSION + LINE.replace("base_percent = 150\n", "") + written + "\n"
    [(line, told, reason)] = problems(text)
    assert told == field
    assert said in reason
    assert text.splitlines()[line - 1] == written.splitlines()[-1 if "\n" in written and "full" not in written else 0]


@pytest.mark.parametrize(
    ("replaced", "by", "field", "said"),
    [
        ("rank = 10", "rank = 0", "rank", "de 1 à 999"),
        ("rank = 10", 'rank = "10"', "rank", "sans guillemets"),
        ('"routine_care"', '"routine care"', "heading", "vouliez-vous dire « routine_care » ?"),
        ('"Médecin"', "12", "label", "entre guillemets"),
        ('"Médecin"', '" "', "label", "texte vide"),
        ('"Médecin"', f'"{"x" * 121}"', "label", "plus de 120 caractères"),
        ('acts = ["G"]', 'acts = ["GG"]', "acts", "vouliez-vous dire « G » ?"),
        ('acts = ["G"]', 'acts = ["ZZZZ"]', "acts", "reference/acts.csv"),
        ('acts = ["G"]', 'acts = ["PF"]', "acts", "aucune garantie ne les rembourse"),
        ('acts = ["G"]', 'acts = "G"', "acts", "entre crochets"),
        ('acts = ["G"]', "acts = [1]", "acts", "liste de textes"),
        ('acts = ["G"]', 'families = ["consultations"]', "families", "vouliez-vous dire « consultation » ?"),
        ('acts = ["G"]', 'acts = ["G"]\nfamilies = ["consultation"]', "families", "s’excluent"),
        ('acts = ["G"]\n', "", "", "n’est pour aucun soin"),
        ("starts_on = 2026-01-01", 'starts_on = "01/02/2026"', "starts_on", "sans guillemets : 2026-02-01"),
        ("starts_on = 2026-01-01", "starts_on = 2026-01-01T00:00:00", "starts_on", "une date s’écrit"),
        ("starts_on = 2026-01-01", "starts_on = 0001-01-01", "starts_on", "de 1945 à 2199"),
        (
            "starts_on = 2026-01-01",
            "starts_on = 2026-01-01\nends_on = 9999-12-31",
            "ends_on",
            "n’a pas de fin ne l’écrit",
        ),
        ("starts_on = 2026-01-01", "ends_on = 2026-12-31", "starts_on", "clé absente"),
        ("starts_on = 2026-01-01", "starts_on = 2026-01-01\nends_on = 2025-12-31", "ends_on", "avant de commencer"),
        ("starts_on = 2026-01-01", "starts_on = 2026-01-01\namends = true", "amends", "écrivez-la en entier"),
        ("starts_on = 2026-01-01", "starts_on = 2026-01-01\nwithout = [10]", "without", "amends = true"),
        ("responsible = false", "responsible = 0", "responsible", "true ou false"),
        ("responsible = false\n", "", "responsible", "clé absente"),
        ('code = "T1"', 'code = "T1"\ncoed = 1', "coed", "vouliez-vous dire « code » ?"),
    ],
)
def test_an_entry_that_is_wrong_is_told_with_its_repair(replaced, by, field, said):
    [(_, told, reason)] = problems((HEAD + VERSION + LINE).replace(replaced, by, 1))
    assert told == field
    assert said in reason


def test_everything_wrong_is_told_at_once():
    text = HEAD + VERSION + LINE.replace("150", "1 50,0").replace("rank = 10", "rnk = 10") + LINE + LINE
    assert sorted((line, field) for line, field, _ in problems(text)) == [
        (6, "rank"), (7, "rnk"), (11, "base_percent"), (19, "rank"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("starts_on = 2026-01-01\nends_on = 2026-06-30", "starts_on = 2026-06-30", "chevauche"),
        ("starts_on = 2026-01-01\nends_on = 2026-06-30", "starts_on = 2026-08-01", "trou du 01/07/2026 au 31/07/2026"),
        ("starts_on = 2026-01-01", "starts_on = 2026-01-01", "les versions vont par date"),
        ("starts_on = 2026-01-01", "starts_on = 2025-01-01", "les versions vont par date"),
    ],
)
def test_versions_that_overlap_or_leave_days_without_any_are_refused(first, second, said):
    [(line, field, reason)] = problems(f"{HEAD}[[version]]\n{first}\n{LINE}[[version]]\n{second}\n{LINE}")
    assert field == "starts_on"
    assert said in reason
    assert line > 10


def test_an_amendment_repeats_what_it_does_not_tell():
    second = LINE.replace("10", "20").replace('["G"]', '["CS"]')
    third = LINE.replace("10", "30").replace('["G"]', '["OST"]')
    text = f"{HEAD}{VERSION}{LINE}{second}[[version]]\nstarts_on = 2027-01-01\namends = true\nwithout = [20]\n{third}"
    file = read_guarantees(text.encode(), ACTS)
    assert file.problems.found == []
    assert [sorted(line.rank for line in version.lines) for version in file.versions] == [[10, 20], [10, 30]]
    assert "pas de rang 50" in problems(text.replace("without = [20]", "without = [50]"))[0][2]


@pytest.mark.parametrize(
    ("content", "line", "said"),
    [
        (b"", 1, "clé absente"),
        (b"code = \n", 1, "n’est pas du TOML"),
        ((HEAD + "code = 1\n").encode(), 4, "deux fois"),
        ((HEAD + "x = [1\n").encode(), 4, "ne se ferme pas"),
        ((HEAD + 'x = "a\n').encode(), 4, "TOML"),
        ((HEAD + "# \x00\n").encode(), 4, "caractère de contrôle"),
        ((HEAD + "# é\n").encode("cp1252"), 4, "UTF-8"),
        (("x = " + "[" * 5_000).encode(), 1, "TOML"),
        (("x = " + "9" * 5_000).encode(), 1, "TOML"),
        (b" " * (MAX_BYTES + 1), 1, "plus de 1 Mo"),
        ((HEAD + "version = 3\n").encode(), 4, "suite de tables"),
        ((HEAD + "[[version]]\nstarts_on = 2026-01-01\n").encode(), 4, "au moins une"),
    ],
    ids=[
        "empty",
        "no value",
        "twice",
        "bracket",
        "quote",
        "nul",
        "cp1252",
        "deep",
        "long",
        "big",
        "version",
        "no line",
    ],
)
def test_a_file_that_is_none_is_told_where_its_reading_stopped(content, line, said):
    found = problems(content)
    assert (found[0][0], said in " ".join(reason for _, _, reason in found)) == (line, True)


def test_a_file_of_another_system_is_told_at_the_same_lines():
    wrong = HEAD + VERSION + LINE.replace("150", "1 50,0").replace('"Médecin"', '"Mé\u2028decin"')
    windows = b"\xef\xbb\xbf" + wrong.replace("\n", "\r\n").encode()
    assert problems(windows) == problems(wrong)
    assert [(line, field) for line, field, _ in problems(windows)] == [(11, "base_percent")]


@pytest.mark.parametrize(
    ("replaced", "by"),
    [
        ('acts = ["G"]', r'acts = ["\u001b[2JG"]'),
        ('"routine_care"', r'"\u001b[2Jroutine"'),
        ('code = "T1"', 'code = "T1"\n"\\u001b[2Jx" = 1'),
        ('acts = ["G"]', f'acts = ["{"Z" * 5_000}"]'),
        ('"routine_care"', f'"{"z" * 5_000}"'),
        ('code = "T1"', f'code = "T1"\n{"z" * 5_000} = 1'),
    ],
)
def test_what_a_message_repeats_of_a_file_is_short_and_moves_no_terminal(replaced, by):
    [(_, field, reason)] = problems((HEAD + VERSION + LINE).replace(replaced, by, 1))
    assert "\x1b" not in field + reason
    assert len(field + reason) < 300


def test_a_crowd_of_acts_or_of_parts_of_a_key_is_told_at_once():
    """Looked for one by one, or read as they are, each of these would take minutes."""
    crowd = ", ".join(f'"Z{number}"' for number in range(60_000))
    [(line, field, reason)] = problems((HEAD + VERSION + LINE).replace('acts = ["G"]', f"acts = [{crowd}]"))
    assert (field, "plus de 500 actes" in reason) == ("acts", True)
    [(line, _, reason)] = problems(f"a = 1\n# {'.' * 2_000}\n{'a.' * 400_000}a = 1")
    assert (line, "points sur une ligne" in reason) == (3, True)


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_no_content_is_a_fault_of_ours(content):
    assert read_guarantees(content, ACTS).problems.found


@given(st.data())
def test_no_value_is_a_fault_of_ours(data):
    text = HEAD + VERSION + LINE
    at = data.draw(st.integers(0, len(text)))
    until = data.draw(st.integers(at, min(len(text), at + 12)))
    put = data.draw(st.text(alphabet='0159.,-_ []{}"=\n#abcTZé€%', max_size=12))
    read_guarantees((text[:at] + put + text[until:]).encode(), ACTS)


@pytest.mark.parametrize("text", [f"a = 1{' ' * 100_000}x", "\n" * 300_000 + "=", f"a = 1{' 1' * 100_000}x"])
def test_a_crowd_of_blanks_takes_no_longer_than_any_other_text(text):
    """Tried in every way to cut it, each of these would take hours."""
    [(line, _, reason)] = problems(text)
    assert line == text.count("\n") + 1
    assert "n’est pas du TOML" in reason
