"""``pathways export``: write a run's results for other programs, as IAMC tables, a tidy table or a Data Package."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pathway_models.console import cli_language, common_options
from pathway_models.core import __version__
from pathway_models.language.words import say

if TYPE_CHECKING:
    import pandas as pd

    from pathway_models.exports.iamc import ParkResults


FORMATS = ("iamc", "tidy", "datapackage", "accounts")


@click.command("export")
@click.argument("run", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.argument("parks", nargs=-1, metavar="[PARK ...]")
@click.option("--format", "form", type=click.Choice(FORMATS), default="iamc", show_default=True, help="What to write.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder; RUN/export by default.")
@click.option("--members", is_flag=True, help="Every member of the ensemble too, for the total and the net path.")
@click.option("--account", "accounts", multiple=True, metavar="ID|FILE.yml",
              help="With --format accounts: may be repeated, all by default.")  # fmt: skip
def export_command(
    run: Path, parks: tuple[str, ...], form: str, out: Path | None, members: bool, accounts: tuple[str, ...]
) -> None:
    """Write a run's results for other programs: all parks, or the ones named.

    iamc: RUN.csv and RUN.xlsx for pyam, with the nomenclature project (definitions, mappings) beside them.

    tidy: RUN_tidy.csv with park, scenario, statistic, variable, unit, year, value.

    datapackage: the tidy table with datapackage.json, which says units, sources and licences.

    accounts: RUN_accounts.csv, projected totals by account, scenario and year: 5 %, 50 % and 95 % of the members.

    The parks are computed again from the run's seed and held against what the run stored.
    """
    # Deferred: pandas takes a second to load, which --help should not wait for.
    from pathway_models.batch.results import compute_again
    from pathway_models.exports.iamc import refuse_same_ids
    from pathway_models.runs.store import parks_of

    if accounts and form != "accounts":
        raise click.UsageError("--account is for --format accounts")
    if members and form == "accounts":
        raise click.UsageError("--members goes without --format accounts")
    folder = out or run / "export"
    chosen, found = parks_of(run, parks), []
    with common_options.working(len(chosen) + 1) as stage:
        for park in chosen:
            stage(say(cli_language.language(), en=f"computing {park}", zh=f"计算{park}"))
            found.append(compute_again(run, park))
        stage(say(cli_language.language(), en="writing", zh="写出文件"))
        refuse_same_ids(found)
        folder.mkdir(parents=True, exist_ok=True)
        writers = {"iamc": _iamc, "tidy": _tidy, "datapackage": _package, "accounts": partial(_accounts, accounts)}
        written = writers[form](run, folder, found, members)
    for path in written:
        click.echo(str(path))


def _iamc(run: Path, folder: Path, found: Sequence[ParkResults], members: bool) -> list[Path]:
    from pathway_models.exports.iamc import gathered, write_iamc, write_project
    from pathway_models.runs.store import scenarios_of

    written = write_iamc(*gathered(found, _name(run)), folder / _name(run))
    if members:
        written += write_iamc(*gathered(found, _name(run), members=True), folder / f"{_name(run)}_members")
    return [*written, write_project(folder, [each.park for each in found], scenarios_of(run).values())]


def _tidy(run: Path, folder: Path, found: Sequence[ParkResults], members: bool) -> list[Path]:
    from pathway_models.exports.datapackage import write_table

    tables = _tables(found, members)
    names = {"results": f"{_name(run)}_tidy.csv", "members": f"{_name(run)}_tidy_members.csv"}
    return [write_table(folder / names[name], table) for name, table in tables.items()]


def _package(run: Path, folder: Path, found: Sequence[ParkResults], members: bool) -> list[Path]:
    import pandas as pd

    from pathway_models.exports.datapackage import write_datapackage
    from pathway_models.exports.iamc import indicators_of, run_meta

    indicators = pd.concat([indicators_of(each) for each in found], ignore_index=True)
    about = run_meta(found[0].pathways, __version__, _name(run))
    return write_datapackage(folder, found, {**_tables(found, members), "indicators": indicators}, about)


def _accounts(
    accounts: tuple[str, ...], run: Path, folder: Path, found: Sequence[ParkResults], members: bool
) -> list[Path]:
    import pathway_models as pw
    from pathway_models.compliance.judging import accounts_ahead
    from pathway_models.compliance.tables import accounts_ahead_rows
    from pathway_models.exports.datapackage import write_table
    from pathway_models.exports.tidy import rounded
    from pathway_models.intake.rules import account_ids, read_account
    from pathway_models.runs.store import parameters_of, scenarios_of

    given, rules = parameters_of(run), [read_account(name) for name in accounts or account_ids()]
    assumed = pw.read_assumptions(as_of=given.get("as_of"))
    drawn = {name: given[name] for name in ("members", "seed", "until")}
    read, scenarios = [], scenarios_of(run)
    for each in found:
        draws = pw.sample(each.park, scenarios, **drawn, assumptions=assumed)
        ahead = accounts_ahead(each.park, each.pathways, draws, rules, scenarios=scenarios)
        read.append(ahead)
        for reason in ahead.not_said.values():
            click.echo(reason.told(cli_language.language()), err=True)
    rows = accounts_ahead_rows(*read)
    amounts = [name for name in rows if name.endswith("_tco2")]
    rows[amounts] = rounded(rows[amounts].to_numpy(float))
    return [write_table(folder / f"{_name(run)}_accounts.csv", rows)]


def _tables(found: Sequence[ParkResults], members: bool) -> dict[str, pd.DataFrame]:
    import pandas as pd

    from pathway_models.exports.tidy import member_table, to_tidy

    tables = {"results": [to_tidy(each.pathways, each.park, each.peaks) for each in found]}
    if members:
        tables["members"] = [member_table(each.pathways, each.park) for each in found]
    return {name: pd.concat(parts, ignore_index=True) for name, parts in tables.items()}


def _name(run: Path) -> str:
    """Return the name of a run, which is that of its folder."""
    return run.resolve().name
