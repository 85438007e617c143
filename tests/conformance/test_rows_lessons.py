"""The rows of rows_lessons.py."""

from conformance import rows_lessons
from conformance.row import parametrized


@parametrized(rows_lessons.ROWS)
def test_row(target, row, over):
    assert not (why := row.run(target(row.setting), over)), why
