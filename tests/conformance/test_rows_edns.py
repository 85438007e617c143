"""The rows of rows_edns.py."""

from conformance import rows_edns
from conformance.row import parametrized


@parametrized(rows_edns.ROWS)
def test_row(target, row, over):
    assert not (why := row.run(target(row.setting), over)), why
