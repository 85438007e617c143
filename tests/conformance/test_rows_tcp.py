"""The rows of rows_tcp.py."""

from conformance import rows_tcp
from conformance.row import parametrized


@parametrized(rows_tcp.ROWS)
def test_row(target, row, over):
    assert not (why := row.run(target(row.setting), over)), why
