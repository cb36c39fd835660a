"""``pathways export``: write a run's results for other programs, as IAMC tables, a tidy table or a Data Package.

Write a Data Package: the tidy table with its descriptor of units, sources and licences.

Specification: Data Package v1 and Table Schema v1 of Frictionless Data.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pandas as pd

from pathway_models.console.cli_language import language
from pathway_models.console.common_options import working
from pathway_models.core.files import sheet_table
from pathway_models.exports.iamc import INDICATOR_COLUMNS, ParkResults, refuse_same_ids, region_of
from pathway_models.exports.tidy import COLUMNS, MEMBER_COLUMNS, read_variables
from pathway_models.language.words import say

#: Types of the columns; all others are text.
NUMBERS = {
    "year": "integer",
    "member": "integer",
    "n_members": "integer",
    "price_year": "integer",
    "invented": "boolean",
    **dict.fromkeys(("value", "p05", "p25", "p50", "p75", "p95", "share_censored"), "number"),
}
#: Descriptions of the columns.
MEANINGS = {
    "park_id": "id of the park",
    "scenario": "id of the scenario",
    "statistic": "mean or quantile over the members of the ensemble",
    "member": "number of the member, from 1",
    "variable": "what is measured; variables.csv describes it",
    "unit": "unit of the value; empty for shares",
    "year": "calendar year",
    "share_censored": "share of members without a peak by the horizon",
    "invented": "true for demonstration parks, whose numbers are made up",
}
#: Licences that have an identifier of their own.
LICENCES = {"apache-2.0": "Apache-2.0", "cc by 4.0": "CC-BY-4.0", "cc0": "CC0-1.0", "mit": "MIT"}
PARK_COLUMNS = (
    "park_id",
    "name_zh",
    "name_en",
    "region",
    "kind",
    "invented",
    "price_year",
    "factor_set",
    "grid_factor",
    "source",
    "licence",
)


def write_datapackage(
    folder: Path, found: Sequence[ParkResults], tables: Mapping[str, pd.DataFrame], about: Mapping[str, object]
) -> list[Path]:
    """Write the tables and ``datapackage.json`` into a folder.

    Parameters
    ----------
    folder : Path
    found : sequence of ParkResults
    tables : mapping of DataFrame
        Name to table: ``results`` (`COLUMNS`), ``members`` (`MEMBER_COLUMNS`) and ``indicators`` as they are asked
        for; tables of parks and variables are added.
    about : mapping
        Run, seed and version, for the descriptor.
    """
    refuse_same_ids(found)
    tables = {**tables, "variables": variables_table(), "parks": parks_table(found)}
    paths = {name: write_table(folder / f"{name}.csv", table) for name, table in tables.items()}
    descriptor = {
        "profile": "tabular-data-package",
        "name": "pathway-models-results",
        "title": "CO2 pathways and peaks of industrial parks / 园区碳排放路径与达峰",
        "version": str(about["version"]),
        "keywords": ["CO2", "industrial park", "emission peak", "碳达峰"],
        "sources": [{"title": f"{each.park.park_id}: {each.park.source or 'table of the user'}"} for each in found],
        "licenses": licences_of(found),
        "run": dict(about),
        "resources": [_resource(name, paths[name], table) for name, table in tables.items()],
    }
    path = folder / "datapackage.json"
    path.write_text(json.dumps(descriptor, ensure_ascii=False, indent=2) + "\n", encoding="utf-8", newline="\n")
    return [*paths.values(), path]


def write_table(path: Path, table: pd.DataFrame) -> Path:
    """Write a table as UTF-8 without a byte order mark, which readers of a Data Package take for text."""
    texts = table
    if "invented" in table:
        texts = table.assign(invented=table["invented"].map({True: "true", False: "false"}))
    sheet_table(texts).to_csv(path, index=False, encoding="utf-8", lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
    return path


def variables_table() -> pd.DataFrame:
    """Tabulate every variable once, with unit and description."""
    rows = {
        variable.measured: {
            "variable": variable.measured,
            "unit": variable.unit,
            "description": variable.description,
        }
        for variable in reversed(read_variables())
    }
    return pd.DataFrame(list(reversed(rows.values())))


def parks_table(found: Sequence[ParkResults]) -> pd.DataFrame:
    """Tabulate the parks of an export with their choices, sources and licences."""
    rows = [
        {name: region_of(each.park) if name == "region" else getattr(each.park, name) for name in PARK_COLUMNS}
        for each in found
    ]
    return pd.DataFrame(rows, columns=list(PARK_COLUMNS)).astype({"price_year": "Int64"})


def licences_of(found: Sequence[ParkResults]) -> list[dict[str, str]]:
    """List the licences of the parks' tables, each once; the results are no freer than those."""
    texts = dict.fromkeys(each.park.licence.strip() or "not stated" for each in found)
    return [
        {
            "name": next((name for sign, name in LICENCES.items() if text.lower().startswith(sign)), "notspecified"),
            "title": text,
        }
        for text in texts
    ]


def _resource(name: str, path: Path, table: pd.DataFrame) -> dict[str, object]:
    """Describe one table."""
    keys = {"results": COLUMNS, "members": MEMBER_COLUMNS, "indicators": INDICATOR_COLUMNS}
    fields = []
    for column in keys.get(name, table):
        fields.append({"name": column, "type": NUMBERS.get(column, "string")})
        if column in MEANINGS:
            fields[-1]["description"] = MEANINGS[column]
    content = path.read_bytes()
    return {
        "profile": "tabular-data-resource",
        "name": name,
        "path": path.name,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "schema": {"fields": fields, "missingValues": [""]},
    }


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
    folder = out or run / "export"
    chosen, found = parks_of(run, parks), []
    with working(len(chosen) + 1) as stage:
        for park in chosen:
            stage(say(language(), en=f"computing {park}", zh=f"计算{park}"))
            found.append(compute_again(run, park))
        stage(say(language(), en="writing", zh="写出文件"))
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

    tables = _tables(found, members)
    names = {"results": f"{_name(run)}_tidy.csv", "members": f"{_name(run)}_tidy_members.csv"}
    return [write_table(folder / names[name], table) for name, table in tables.items()]


def _package(run: Path, folder: Path, found: Sequence[ParkResults], members: bool) -> list[Path]:
    import pandas as pd

    from pathway_models.core import __version__
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
            click.echo(reason.told(language()), err=True)
    return [write_table(folder / f"{_name(run)}_accounts.csv", accounts_ahead_rows(*read))]


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
