"""``pathways hindcast``: how often were such forecasts right, on the shipped panels or on one's own?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pathway_models.console.cli_language import Variadic, in_table, of_terminal, table_text
from pathway_models.language.words import say

if TYPE_CHECKING:
    import pandas as pd


#: Growth law that is tested by default (`baseline.laws.damped_trend.FITTED_PRIOR`).
LAW = "damped_trend_fitted_prior"
#: Years ahead that are printed; the files hold all.
SHOWN = (1, 3, 5, 10, 15)
#: Columns that say which case a table is of.
FRONT = ("version", "law", "growth_law", "panel", "holdout", "record")


@click.command("hindcast", cls=Variadic)
@click.option("--panel", "panels", multiple=True, metavar="NAME|FILE.csv ...",
              help="provinces, cities, countries, or a table of your own (entity, year, emissions_tco2); all three by"
              " default.")  # fmt: skip
@click.option("--law", "growth_law", metavar="NAME", default=LAW, show_default=True,
              help="Registered growth law; an unknown name lists them.")  # fmt: skip
@click.option("--record", "records", multiple=True, type=int, metavar="YEARS ...",
              help="Lengths of record.  [default: 5 8 12]")  # fmt: skip
@click.option("--horizon", type=int, default=15, show_default=True, help="Furthest year ahead.")
@click.option("--seed", type=int, default=20240601, show_default=True, help="Deals the regions into folds.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder for the tables and a figure.")
@click.option("--quick", is_flag=True, help="Shortest records only, no pools with the rivals.")
@click.option("--league", is_flag=True, help="Print the stored league table of growth laws, events and sums.")
@click.option("--write", is_flag=True, help="Renew the report card that is shipped; takes a quarter of an hour.")
@click.option("--lang", type=click.Choice(["en", "zh"]), default="en", show_default=True, help="Of the figure.")
def hindcast_command(
    panels: tuple[str, ...],
    growth_law: str,
    records: tuple[int, ...],
    horizon: int,
    seed: int,
    out: Path | None,
    quick: bool,
    league: bool,
    write: bool,
    lang: str,
) -> None:
    """Forecast the past from short records with the outcome hidden, and count how often the bands held it.

    A growth law is tested twice: taught by the panel alone, and by all panels as the law for parks.  Hidden are other
    regions of the panel, or the future.  What the columns mean: docs/baseline.md.
    """
    if write and (panels or records or quick or horizon != 15 or growth_law != LAW):
        raise click.UsageError("--write renews the whole report card: no --panel, --law, --record, --horizon, --quick")
    told = of_terminal(lang)
    if league:
        show_levels(told)
        return
    tables = _measure(panels, growth_law, records, horizon, seed, quick, with_chain=write, lang=told)
    for name in ("peaks", "combination", "chain"):
        if name in tables:
            show(name, at_horizons(tables[name], keep=("law", "panel", "holdout", "record")), told)
    if out is not None:
        write_tables(out, tables)
        _draw(out, tables, lang)
        names = ", ".join(sorted(path.name for path in out.iterdir()))
        click.echo(say(told, en=f"\nwritten: {names}", zh=f"\n已写入：{names}"))
    if write:
        from pathway_models.hindcast.level_tables import measure_levels
        from pathway_models.intake.panels import hindcast_files

        tables |= measure_levels(seed, lambda title, table: show(title, table, told))
        write_tables(None, tables, hindcast_files())
        click.echo(say(told, en="\nthe shipped report card has been renewed", zh="\n自带成绩单已更新"))


def _measure(
    panels: tuple[str, ...],
    growth_law: str,
    records: tuple[int, ...],
    horizon: int,
    seed: int,
    quick: bool,
    with_chain: bool,
    lang: str,
) -> dict[str, pd.DataFrame]:
    """Make the hindcasts case by case, printing each as it is done."""
    # Deferred: pandas and SciPy take a second to load, which --help should not wait for.
    from pathway_models.baseline.laws.register import law_named
    from pathway_models.hindcast.report import RECORDS, chain_table, joined, measure, read_any_panel, report_cases
    from pathway_models.intake.assumptions import read_assumptions
    from pathway_models.intake.panels import PANELS

    assumed = read_assumptions()
    law_named(growth_law, assumptions=assumed)
    chosen = [read_any_panel(name) for name in panels or PANELS]
    parts = []
    for case in report_cases(chosen, records or RECORDS, horizon, quick=quick, growth_law=growth_law):
        parts.append(measure(case, seed, quick=quick, assumptions=assumed))
        show(str(case), at_horizons(parts[-1]["summary"]), lang)
    if with_chain:
        parts.append({"chain": chain_table(seed, assumed)})
    return joined(parts, assumed.baselines.version)


def show_levels(lang: str = "en") -> None:
    """Print the stored tables of the law in levels: bands of all laws, real sums, events and their reliability."""
    from pathway_models.hindcast.level_tables import LEVEL_TABLES, mean_sums
    from pathway_models.intake.panels import read_hindcasts

    for name in LEVEL_TABLES:
        table = read_hindcasts(name)
        shown = mean_sums(table) if name == "sums" else table.drop(columns="version")
        for panel, rows in shown.groupby("panel", sort=False):
            show(f"{name}: {panel}", rows.drop(columns="panel"), lang)


def at_horizons(table: pd.DataFrame, keep: tuple[str, ...] = ()) -> pd.DataFrame:
    """Select the rows of a few horizons, and drop columns that are the same everywhere."""
    rows = table[table["horizon"].isin(SHOWN)] if "horizon" in table else table
    return rows.drop(columns=[name for name in FRONT if name in rows and name not in keep])


def show(title: str, table: pd.DataFrame, lang: str = "en") -> None:
    """Print a table under a heading."""
    import pandas as pd

    told = table.rename(columns=lambda name: in_table(name, lang))
    for at, kind in enumerate(table.dtypes):
        if not pd.api.types.is_numeric_dtype(kind):
            told.isetitem(at, [in_table(str(cell), lang) for cell in table.iloc[:, at]])
    text = table_text(told, index=False, float_format=lambda value: f"{value:.3f}", na_rep="-")
    click.echo(f"\n## {in_table(title, lang)}\n\n{text}")


def write_tables(folder: Path | None, tables: dict[str, pd.DataFrame], files: dict[str, Path] | None = None) -> None:
    """Write every table as CSV, into a folder or to the files named; four decimals, so that runs compare.

    Parameters
    ----------
    folder : Path or None
        Made if it is not there; not used where ``files`` are given.
    tables : dict of DataFrame
    files : dict of Path, optional
        Where each table goes.
    """
    for name, table in tables.items():
        path = files[name] if files is not None else folder / f"hindcast_{name}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".partial")
        table.to_csv(partial, index=False, float_format="%.4f", lineterminator="\n", encoding="utf-8")
        partial.replace(path)


def _draw(folder: Path, tables: dict[str, pd.DataFrame], lang: str) -> None:
    from pathway_models.figures.canvas import write_files
    from pathway_models.hindcast.figures import calibration, coverage

    record = int(tables["summary"]["record"].min())
    write_files(coverage(tables["summary"], record=record, lang=lang), folder / "hindcast_coverage", ("png",))
    write_files(calibration(tables["deciles"], record=record, lang=lang), folder / "hindcast_calibration", ("png",))
