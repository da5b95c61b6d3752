"""`make races` runs tests by name: each of these names is still one of a test."""

import re

import pytest

from benchmarks.races import RACES
from tests.conftest import ROOT


@pytest.mark.parametrize(("file", "name"), [(file, one) for _, file, names in RACES for one in names.split(" or ")])
def test_each_race_is_a_test(file, name):
    tests = re.findall(r"^def (test_\w+)", (ROOT / "tests/transactions" / file).read_text(), re.MULTILINE)
    assert [test for test in tests if name in test]
