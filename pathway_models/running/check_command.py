"""``pathways check``: every fault of a park's table at once, and the inventory if there is none."""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pathway_models.foundations.errors import Fault, InputError, writing
from pathway_models.presenting.words import say
from pathway_models.running.cli_language import language, mistake_text
from pathway_models.running.fault_table import counts, fault_lines, padded
from pathway_models.running.own_parks import PARK, data_option

if TYPE_CHECKING:
    from pathway_models.records.park import Park


@click.command("check")
@click.argument("tables", nargs=-1, required=True, type=PARK, metavar="FILE|PARK...")
@data_option
@click.option("--annotate", type=click.Path(path_type=Path, dir_okay=False), metavar="OUT.xlsx", help="Marked copy.")
@click.option(
    "--ledger", type=click.Path(path_type=Path, dir_okay=False), metavar="OUT.csv", help="Every tonne's cell."
)
@click.option(
    "--layout",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    metavar="LAYOUT.yml",
    help="Layout file of a workbook arranged in a way of its own.",
)
@click.option("--quiet", is_flag=True, help="Faults only, no inventory.")
def check_command(
    tables: tuple[str, ...], annotate: Path | None, ledger: Path | None, layout: Path | None, quiet: bool
) -> None:
    """Check parks' tables: workbooks, CSV files, or ids of the register; exit code 1 where any has an error.

    Errors must be mended, warnings looked at; notes say how a cell was read.
    """
    if (annotate or ledger) and len(tables) > 1:
        raise click.UsageError("--annotate and --ledger take one table at a time")
    if annotate and not tables[0].lower().endswith(".xlsx"):
        raise click.UsageError("--annotate marks a workbook; give an .xlsx")
    sound = [_check(table, annotate, ledger, layout, quiet) for table in tables]
    sys.exit(0 if all(sound) else 1)


def _check(table: str, annotate: Path | None, ledger: Path | None, layout: Path | None, quiet: bool) -> bool:
    park, faults = _examined(table, layout)
    click.echo(f"{table}: {counts(faults, language())}")
    for line in fault_lines(faults, lang=language(), table=Path(table).name):
        click.echo(line)
    try:
        if annotate:
            from pathway_models.intake.annotate import write_annotated

            marked = say(language(), en="marked copy", zh="标注副本")
            click.echo(f"{marked}: {write_annotated(Path(table), faults, annotate)}")
        if park is not None and ledger:
            click.echo(f"{say(language(), en='ledger', zh='台账')}: {_write_ledger(park, ledger)}")
    except InputError as error:
        click.echo(mistake_text(error), err=True)
        return False
    if park is not None and not quiet:
        for line in _inventory_lines(park):
            click.echo(line)
    return park is not None


def _examined(table: str, layout: Path | None) -> tuple[Park | None, tuple[Fault, ...]]:
    """The park, or what is wrong with its table."""
    from pathway_models.intake.parks import examine_park

    try:
        examination = examine_park(table, layout=layout)
    except InputError as error:
        return None, error.faults
    return examination.park, examination.faults


def _inventory_lines(park: Park) -> list[str]:
    """The inventory in short: totals by year, and the choices behind them."""
    from pathway_models.accounting.inventory import take_inventory

    inventory, lang = take_inventory(park), language()
    made_up = say(lang, en=" (INVENTED data)", zh="（虚构数据）") if park.invented else ""
    choices = say(lang, en="factor set {}, grid factor {}", zh="因子组{}，电网因子{}")
    lines = [f"{park.park_id}{made_up}: {choices.format(park.factor_set, park.grid_factor)}"]
    unit = say(lang, en="tCO2/yr", zh="tCO2/年")
    lines.append(f"  {padded(unit, 15)}" + "".join(f"{year:>14}" for year in inventory.years))
    for name, values in {
        say(lang, en="scope 1", zh="范围一"): inventory.scope(1),
        say(lang, en="scope 2 (market)", zh="范围二（市场法）"): inventory.scope(2),
        say(lang, en="total", zh="合计"): inventory.total(),
        say(lang, en="power, by place", zh="电力（位置法）"): inventory.location_based,
        say(lang, en="sinks (beside)", zh="碳汇（另列）"): inventory.sinks,
    }.items():
        lines.append(f"  {padded(name, 16)}" + "".join(f"{value:>14,.1f}" for value in values))
    return lines


def _write_ledger(park: Park, path: Path) -> Path:
    """Write every tonne with its cell and its factor."""
    from pathway_models.accounting.ledger import LEDGER_COLUMNS, ledger_rows

    with writing(path):
        there = path.exists()
    if path.suffix.lower() != ".csv" or not path.parent.is_dir() or there:
        fault = Fault(
            path.name, "file", "", "a new .csv in an existing folder", "choose another name", code="ledger_name"
        )
        raise InputError([fault])
    with writing(path), path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, LEDGER_COLUMNS)
        writer.writeheader()
        writer.writerows(ledger_rows(park))
    return path
