"""The rows of rows_class_type.py."""

from conformance import rows_class_type
from conformance.row import parametrized


@parametrized(rows_class_type.ROWS)
def test_row(target, row, over):
    assert not (why := row.run(target(row.setting), over)), why
