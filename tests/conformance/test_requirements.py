"""Every requirement has a row, and every row a requirement."""

import collections
import pathlib

import yaml

from conformance.rows import ROWS

REQUIREMENTS = {f"{section}/{id}": text for section, ids in yaml.safe_load(
    pathlib.Path(__file__).with_name("requirements.yaml").read_text()).items() for id, text in ids.items()}


def test_every_requirement_has_a_row():
    assert REQUIREMENTS.keys() - {row.requirement for row in ROWS} == set()


def test_every_row_has_a_requirement():
    assert {row.requirement for row in ROWS} - REQUIREMENTS.keys() == set()


def test_a_requirement_says_what_and_where_from():
    assert [id for id, text in REQUIREMENTS.items() if text.keys() != {"says", "rfc"} or not all(text.values())] == []


def test_no_two_rows_are_alike():
    assert [id for id, count in collections.Counter((row.id, row.setting) for row in ROWS).items() if count > 1] == []
