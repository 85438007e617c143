"""The rows of rows_names.py."""

from conformance import rows_names
from conformance.row import parametrized


@parametrized(rows_names.ROWS)
def test_row(target, row, over):
    assert not (why := row.run(target(row.setting), over)), why
