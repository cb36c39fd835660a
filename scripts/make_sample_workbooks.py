"""Make the sample workbooks ``data/samples/sample-<years>_<language>.xlsx``: the template, filled by an INVENTED park.

    python scripts/make_sample_workbooks.py [FOLDER]

FOLDER is written to instead of ``data/``.  One park of 2016-2020 and one of 2021-2025, each with Chinese and with
English labels.  No number describes a real park: the values of one year (``_workbooks.LINES``) grow by the factors
below.
"""

from __future__ import annotations

import datetime
import io
from pathlib import Path

import openpyxl
from _tables import output_folder
from _workbooks import CONSTANT, LINES, PARK, cell_of, park_cell, repacked

from pathway_models.intake.workbook.template import write_template

# ASSUME: growth of the invented park against the year its lines are of; any smooth path would do.
GROWTH = {
    2016: 0.92, 2017: 0.96, 2018: 1.0, 2019: 1.05, 2020: 1.08,
    2021: 1.1, 2022: 1.13, 2023: 1.14, 2024: 1.13, 2025: 1.11,
}  # fmt: skip
SPANS = (range(2016, 2021), range(2021, 2026))
SHEET = {"zh": "园区", "en": "Park"}
#: Fixed, so that every run gives the same bytes.
MADE = datetime.datetime(2026, 1, 1)


def identity(years: range) -> dict[str, object]:
    """Return the fields of the park sheet."""
    span = f"{years[0]}-{years[-1]}"
    return PARK | {
        "park_id": f"sample-{span}",
        "name_zh": f"示范园区（虚构）样表{span}",
        "name_en": f"Sample park (invented), {span}",
        "first_year": years[0],
        "last_year": years[-1],
    }


def lines(year: int) -> dict[str, dict[str, object]]:
    """Return the lines of a year, with growth from their base year."""
    times = {key: 1.0 if key in CONSTANT else GROWTH[year] for key in LINES}
    return {
        key: {
            column: round(value * times[key], 1) if column in ("value", "feedstock") and times[key] != 1.0 else value
            for column, value in columns.items()
        }
        for key, columns in LINES.items()
    }


def make(path: Path, years: range, lang: str) -> None:
    """Write one workbook: the template of these years, with its yellow cells filled."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_template(path, years, lang, overwrite=True)
    book = openpyxl.load_workbook(path)
    for key, value in identity(years).items():
        book[SHEET[lang]][park_cell(key)] = value
    for year in years:
        for key, columns in lines(year).items():
            for column, value in columns.items():
                book[str(year)][cell_of(key, column)] = value
    book.properties.created = book.properties.modified = MADE
    stream = io.BytesIO()
    book.save(stream)
    stamp = f"{MADE:%Y-%m-%dT%H:%M:%SZ}".encode()

    def dated(parts: dict[str, bytes]) -> dict[str, bytes]:
        # The library overwrites the time set with the time of saving.
        core = parts["docProps/core.xml"]
        begin = core.index(b'W3CDTF">', core.index(b"<dcterms:modified")) + len(b'W3CDTF">')
        return parts | {"docProps/core.xml": core[:begin] + stamp + core[core.index(b"<", begin) :]}

    path.write_bytes(repacked(stream.getvalue(), dated))


def main(folder: Path) -> None:
    """Write all workbooks below ``folder``."""
    for years in SPANS:
        for lang in SHEET:
            make(folder / "samples" / f"sample-{years[0]}-{years[-1]}_{lang}.xlsx", years, lang)


if __name__ == "__main__":
    main(output_folder(__doc__))
