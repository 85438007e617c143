"""The rows of rows_header.py."""

from conformance import rows_header
from conformance.row import parametrized


@parametrized(rows_header.ROWS)
def test_row(target, row, over):
    assert not (why := row.run(target(row.setting), over)), why
