"""Reading ``<park_id>.investments.csv``: a line a project, with what is not known left blank."""

from __future__ import annotations

from pathlib import Path

from pathway_models.core.errors import Fault, InputError
from pathway_models.intake.library import read_levers
from pathway_models.intake.plans.rows import Line, read_lines
from pathway_models.records.investments import Investment, Range
from pathway_models.records.plans import LATEST

COLUMNS = (
    "project", "owner", "content", "start", "years", "lifetime", "capital_low", "capital", "capital_high", "saving_low",
    "saving", "saving_high", "subsidy", "energy_tce", "carbon_t", "lever", "load", "source", "confidence",
)  # fmt: skip
EARLIEST, LONGEST = 1990, 100
#: How the file beside a park's table is called.
SUFFIX = ".investments.csv"


def read_investments(path: str | Path) -> tuple[Investment, ...]:
    """Read a list of investments; money in million CNY at constant prices.

    Capital and saving may be blank (not known), a single value, or low, likely and high.

    Raises
    ------
    InputError
        Every fault of the file, by line and column.
    """
    faults: list[Fault] = []
    levers = set(read_levers())
    names: dict[str, str] = {}
    found = []
    for line in read_lines(Path(path), COLUMNS, faults):
        if line["project"] in names:
            line.fault("project", "a name of its own", f"it stands in {names[line['project']]} already", "doubled_id")
        names.setdefault(line["project"], line.place)
        if (one := _investment(line, levers)) is not None:
            found.append(one)
    if faults:
        raise InputError(faults)
    return tuple(found)


def _investment(line: Line, levers: set[str]) -> Investment | None:
    for column in ("project", "owner", "content"):
        line.plain(column)
    line.says_where_from()
    start = line.year("start", EARLIEST, LATEST)
    years, lifetime = (_count(line, column) for column in ("years", "lifetime"))
    capital, saving = _range(line, "capital", least=0.0), _range(line, "saving")
    subsidy, energy, carbon = (line.number(column, 0.0) for column in ("subsidy", "energy_tce", "carbon_t"))
    if subsidy is not None and (subsidy < 0 or (capital is not None and subsidy > capital[0])):
        line.fault("subsidy", "between 0 and the investment", "state it in million CNY", "range")
    if line["lever"] and line["lever"] not in levers:
        line.fault(
            "lever", f"a lever: {', '.join(sorted(levers))}", "name the lever it carries out, or leave blank", "lever"
        )
    if line.is_faulty:
        return None
    return Investment(
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


def _range(line: Line, column: str, least: float | None = None) -> Range | None:
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
