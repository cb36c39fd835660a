"""The cell of a workbook, or the line of a CSV table, that an input belongs in."""

from __future__ import annotations

from pathway_models.compliance.records import Missing
from pathway_models.intake.workbook.layout import Entry, FormBlock, template_layout
from pathway_models.records.park import Park


def place_of(park: Park, quantity: str, item: str, year: int) -> Missing:
    """Name where a park's table should state a quantity of a year.

    Workbooks of the template have it in a cell; CSV tables need a line.
    """
    layout = template_layout()
    entry = next((one for one in layout.entries().values() if (one.quantity, one.item) == (quantity, item)), None)
    words = entry.words() if entry else None
    en, zh = (words.en, words.zh) if words else (f"{quantity} {item}".strip(), f"{quantity} {item}".strip())
    if park.files and park.files[0][0].lower().endswith(".xlsx") and entry is not None:
        file, cell = park.files[0][0], _cell(entry)
        place = f"{file}, sheet {year}, {cell} (row {entry.key})"
        return Missing(place, f"{file}，工作表{year}，单元格{cell}（代码{entry.key}）", en, zh)
    unit = entry.unit if entry else ""
    name = park.files[0][0] if park.files else park.park_id
    line = f"{year},park,{quantity},{item}"
    return Missing(f"{name}, a line {line},<value>,{unit}", f"{name}，增加一行 {line},<数值>,{unit}", en, zh)


def _cell(entry: Entry) -> str:
    """Find the value cell of an entry as the template is written."""
    layout = template_layout()
    block = next(one for one in layout.blocks if isinstance(one, FormBlock))
    row = block.first_row
    for section in layout.sections:
        row += 1
        for one in section.entries:
            if one.key == entry.key:
                return f"{block.columns['value']}{row}"
            row += 1
    raise KeyError(entry.key)
