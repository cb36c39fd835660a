"""Read ``<park_id>.investments.csv`` or a workbook's sheet of projects; unknown values are blank."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from pathway_models.core import Fault, files, yaml_files
from pathway_models.intake.plans.rows import Line, lines_of, read_lines, settle
from pathway_models.intake.plans.scenario_tables import plan_sheet, rows_of
from pathway_models.intake.register import table_of
from pathway_models.intake.workbook.layouts import ListBlock
from pathway_models.records import costs, plans

if TYPE_CHECKING:
    from pathway_models.intake.workbook.book import Sheet

COLUMNS = (
    "project", "owner", "content", "start", "years", "lifetime", "capital_low", "capital", "capital_high", "saving_low",
    "saving", "saving_high", "subsidy", "energy_tce", "carbon_t", "lever", "load", "source", "confidence",
)  # fmt: skip
EARLIEST, LONGEST = 1990, 100
#: Suffix of the file beside a park's table, and role of a workbook's sheet.
SUFFIX, ROLE = ".investments.csv", "investment"


def read_investments(path: str | Path) -> tuple[costs.Investment, ...]:
    """Read a list of investments from a CSV table or a workbook's sheet; money in million CNY at constant prices.

    Capital and saving may be blank (not known), a single value, or low, likely and high.

    Raises
    ------
    InputError
        Every fault of the file, by line and column or cell.
    """
    faults: list[Fault] = []
    path = Path(path)
    if path.suffix.lower() == ".xlsx":
        sheet, block = plan_sheet(path, ROLE, faults)
        lines = [] if sheet is None else _of_sheet(sheet, block, path.name, faults)
        if not lines and not faults:
            remedy = "fill it, or leave the option out"
            faults.append(Fault(path.name, sheet.name, "", "at least one line", remedy, code="empty"))
    else:
        lines = read_lines(path, COLUMNS, faults)
    found = _checked(lines)
    settle(faults)
    return found


def investments_of(park: str | Path) -> tuple[costs.Investment, ...]:
    """Read the list of investments of a park: its workbook's sheet, or the table beside its own.

    Returns
    -------
    tuple of Investment
        Empty where the park has no list.

    Raises
    ------
    InputError
        There is no such park, or its list has faults.
    """
    table = table_of(park)
    beside = table.with_name(f"{table.stem}{SUFFIX}")
    if beside.is_file():
        return read_investments(beside)
    if table.suffix.lower() != ".xlsx":
        return ()
    sheet, block = plan_sheet(table, ROLE, [])
    return read_investments(table) if sheet is not None and rows_of(sheet, block, table.name, []) else ()


def faults_of_investments(sheet: "Sheet", block: ListBlock, file: str) -> list[Fault]:
    """Check the sheet as part of the workbook: every fault, by cell."""
    faults: list[Fault] = []
    _checked(_of_sheet(sheet, block, file, faults))
    return faults


def _of_sheet(sheet: "Sheet", block: ListBlock, file: str, faults: list[Fault]) -> list[Line]:
    # A park's own workbook has the same confidence throughout.
    rows = [(place, {"confidence": "seen", **cells}) for place, cells in rows_of(sheet, block, file, faults)]
    return lines_of(file, rows, COLUMNS, faults)


def _checked(lines: list[Line]) -> tuple[costs.Investment, ...]:
    """Check lines one by one and together; return the investments of sound lines."""
    levers = lever_ids() if lines else ()
    names: dict[str, str] = {}
    found = []
    for line in lines:
        if line["project"] in names:
            line.fault("project", "a name of its own", f"it stands in {names[line['project']]} already", "doubled_id")
        names.setdefault(line["project"], line.place)
        if (one := _investment(line, levers)) is not None:
            found.append(one)
    return tuple(found)


@cache
def lever_ids() -> tuple[str, ...]:
    """List the ids of the shipped levers, in the order of their file."""
    return tuple(yaml_files.read_yaml(files.data_folder() / "levers.yml")[0]["levers"])


def _investment(line: Line, levers: tuple[str, ...]) -> costs.Investment | None:
    for column in ("project", "owner", "content"):
        line.plain(column)
    line.says_where_from()
    start = line.year("start", EARLIEST, plans.LATEST)
    years, lifetime = (_count(line, column) for column in ("years", "lifetime"))
    capital, saving = _range(line, "capital", least=0.0), _range(line, "saving")
    subsidy = line.number("subsidy", 0.0)
    energy, carbon = (line.number(column) if line[column] else None for column in ("energy_tce", "carbon_t"))
    if subsidy is not None and (subsidy < 0 or (capital is not None and subsidy > capital[0])):
        line.fault("subsidy", "between 0 and the investment", "state it in million CNY", "range")
    if line["lever"] and line["lever"] not in levers:
        line.fault(
            "lever", f"a lever: {', '.join(sorted(levers))}", "name the lever it carries out, or leave blank", "lever"
        )
    if line.is_faulty:
        return None
    return costs.Investment(
        name=line["project"], owner=line["owner"], content=line["content"], source=line["source"], start=start,
        years=years, lifetime=lifetime, capital=capital, saving=saving, subsidy=subsidy, energy=energy, carbon=carbon,
        lever=line["lever"], load=line["load"],
    )  # fmt: skip


def _count(line: Line, column: str) -> int:
    number = line.number(column)
    if number is not None and (number != int(number) or not 1 <= number <= LONGEST):
        line.fault(column, f"a whole number of years from 1 to {LONGEST}", "count the years", "range")
        return 1
    return int(number or 1)


def _range(line: Line, column: str, least: float | None = None) -> costs.Range | None:
    """Read low, likely and high; blank for not known, a single value for all three."""
    given = {name: line[name] for name in (f"{column}_low", column, f"{column}_high")}
    if not any(given.values()):
        return None
    if not given[column]:
        line.fault(column, "the likely value", "state it, or leave all three blank", "range")
        return None
    likely = line.number(column)
    low, high = line.number(f"{column}_low", likely), line.number(f"{column}_high", likely)
    if likely is None or low is None or high is None:
        return None
    if not low <= likely <= high or (least is not None and low < least):
        remedy = "put low, likely and high in rising order" + ("" if least is None else f", from {least:g} on")
        line.fault(column, "low <= likely <= high", remedy, "range")
        return None
    return low, likely, high
