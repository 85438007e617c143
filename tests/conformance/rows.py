"""Every row."""

from conformance import rows_class_type, rows_edns, rows_header, rows_lessons, rows_names, rows_tcp

ROWS = [row for module in (rows_header, rows_class_type, rows_names, rows_edns, rows_tcp, rows_lessons) for row in module.ROWS]
