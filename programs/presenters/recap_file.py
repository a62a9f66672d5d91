"""The counts of a month as a spreadsheet."""

from collections.abc import Mapping, Sequence
from io import BytesIO

import xlsxwriter
from django.utils.translation import gettext as _

from programs.selectors.recap import RecapLine


def recap_file(title: str, lines: Sequence[RecapLine], units: Mapping[int, str]) -> bytes:
    """The bytes of an XLSX: a row for each line, after the totals a column for each of `units`."""
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        heads = [_("Activity"), _("Count"), _("People met"), *units.values()]
        sheet.write_string(0, 0, title, bold)
        for column, head in enumerate(heads):
            sheet.write_string(2, column, head, bold)
        for number, line in enumerate(lines, start=3):
            # As text: a name that begins with "=" is no formula.
            sheet.write_string(number, 0, line.name)
            counts = [line.count, line.people, *(line.by_unit.get(key, 0) for key in units)]
            for column, count in enumerate(counts, start=1):
                sheet.write_number(number, column, count)
        sheet.set_column(0, 0, 40)
        sheet.freeze_panes(3, 1)
    return buffer.getvalue()
