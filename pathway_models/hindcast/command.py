"""``pathways hindcast``: coverage and skill of such forecasts, on the shipped panels or on your own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pathway_models.console import cli_language, common_options
from pathway_models.core.files import sheet_table
from pathway_models.language import say

if TYPE_CHECKING:
    import pandas as pd

    from pathway_models.core import Fault
    from pathway_models.intake.panels import Panel


#: Years ahead that are printed; the files hold all.
SHOWN = (1, 3, 5, 10, 15)
#: Columns that identify the case of a table.
FRONT = ("version", "law", "growth_law", "panel", "holdout", "record")
#: Columns that are printed where a record fell to zero.
CLOSURES = ("closures", "coverage_90_closures")


@click.command("hindcast", cls=cli_language.Variadic)
@click.option("--panel", "panels", multiple=True, metavar="NAME|FILE.csv ...",
              help="provinces, cities, countries, eu_sites, us_sites, eu_sites_small, us_sites_small, or a table of"
              " your own (entity, year, emissions_tco2 or value); all shipped ones by default.")  # fmt: skip
@click.option("--law", "growth_law", metavar="NAME",
              help="Another registered growth law; an unknown name lists them.  [default: that in force for parks, and"
              " the one before it]")  # fmt: skip
@click.option("--record", "records", multiple=True, type=int, metavar="YEARS ...",
              help="Lengths of record.  [default: 5 8 12]")  # fmt: skip
@click.option("--horizon", type=int, default=15, show_default=True, help="Furthest year ahead.")
@click.option("--seed", type=int, default=20240601, show_default=True, help="Deals the regions into folds.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder for the tables and a figure.")
@click.option("--quick", is_flag=True, help="Shortest records only, no pools with the rivals.")
@click.option("--league", is_flag=True, help="Print the stored league table of growth laws, events and sums.")
@click.option("--write", is_flag=True, help="Renew the report card that is shipped; takes a quarter of an hour.")
@click.option("--entity", default="entity", show_default=True, metavar="COL", help="Column of the name.")
@click.option("--year", default="year", show_default=True, metavar="COL", help="Column of the year.")
@click.option("--value", metavar="COL", help="Column of the emissions.  [default: emissions_tco2, else value]")
@click.option("--lang", type=click.Choice(["en", "zh"]), default="en", show_default=True, help="Of the figure.")
def hindcast_command(
    panels: tuple[str, ...],
    growth_law: str | None,
    records: tuple[int, ...],
    horizon: int,
    seed: int,
    out: Path | None,
    quick: bool,
    league: bool,
    write: bool,
    entity: str,
    year: str,
    value: str | None,
    lang: str,
) -> None:
    """Forecast the past from short records with the outcome hidden, and count how often the bands held it.

    Rows "own": a law taught by the panel alone.  "parks": the law in force for parks, on panels of sites and on a panel
    of your own.  "parks_0_2": the law before it.  Hidden are other regions of the panel, or the future.  What the
    columns mean: docs/baseline.md.

    What cannot be measured, such as ten-year records of a panel of ten years, is named and left out.  Emissions of zero
    are a closure: counted, not scored.
    """
    if write and (panels or records or quick or horizon != 15 or growth_law):
        raise click.UsageError("--write renews the whole report card: no --panel, --law, --record, --horizon, --quick")
    told = cli_language.of_terminal(lang)
    if league:
        show_levels(told)
        return
    columns = (entity, year, value)
    tables = _measure(panels, columns, growth_law, records, horizon, seed, quick, with_chain=write, lang=told)
    for name in ("peaks", "combination", "chain"):
        if name in tables:
            show(name, at_horizons(tables[name], keep=("law", "panel", "holdout", "record")), told)
    if out is not None:
        write_tables(out, tables)
        _draw(out, tables, lang)
        names = ", ".join(sorted(path.name for path in out.iterdir()))
        click.echo(say(told, en=f"\nwritten: {names}", zh=f"\n已写入：{names}"))
    if write:
        from pathway_models.hindcast.event_scores import measure_levels
        from pathway_models.intake.panels import hindcast_files

        tables |= measure_levels(seed, lambda title, table: show(title, table, told))
        write_tables(None, tables, hindcast_files())
        click.echo(say(told, en="\nthe shipped report card has been renewed", zh="\n自带成绩单已更新"))


def _measure(
    panels: tuple[str, ...],
    columns: tuple[str, str, str | None],
    growth_law: str | None,
    records: tuple[int, ...],
    horizon: int,
    seed: int,
    quick: bool,
    with_chain: bool,
    lang: str,
) -> dict[str, pd.DataFrame]:
    """Make the hindcasts case by case; print each when done, or the reason why it cannot be made."""
    # Deferred: pandas and SciPy take a second to load, which --help should not wait for.
    from pathway_models.baseline.laws.register import law_named
    from pathway_models.core import InputError
    from pathway_models.hindcast.report import RECORDS, chain_table, joined, measure, report_cases
    from pathway_models.intake.assumptions import read_assumptions

    assumed = read_assumptions()
    if growth_law is not None:
        law_named(growth_law, assumptions=assumed)  # an unknown name is refused before minutes are spent
    chosen = _read(panels, columns, lang)
    parts: list[dict[str, pd.DataFrame]] = []
    unmeasured: dict[str, tuple[Fault, ...]] = {}
    cases = report_cases(chosen, records or RECORDS, horizon, quick=quick, growth_law=growth_law)
    with common_options.progress_bar(len(cases), "case") as bar:
        for case in cases:
            bar.set_description(str(case))
            try:
                parts.append(measure(case, seed, quick=quick, assumptions=assumed))
            except InputError as error:
                unmeasured[str(case)] = error.faults
            else:
                with bar.external_write_mode():
                    show(str(case), at_horizons(parts[-1]["summary"]), lang)
            bar.update()
    if not parts:
        raise InputError(dict.fromkeys(fault for faults in unmeasured.values() for fault in faults))
    for case, faults in unmeasured.items():
        left = say(lang, en=f"left out: {case}", zh=f"未检验：{cli_language.in_table(case, lang)}")
        click.echo("\n".join([f"\n{left}", *(f"  * {cli_language.fault_line(fault, lang)}" for fault in faults)]))
    if with_chain:
        parts.append({"chain": chain_table(seed, assumed)})
    return joined(parts, assumed.baselines.version)


def show_levels(lang: str = "en") -> None:
    """Print the stored tables of the law in levels: bands of all laws, real sums, events and their reliability."""
    from pathway_models.hindcast.event_scores import LEVEL_TABLES, mean_sums
    from pathway_models.intake.panels import read_hindcasts

    for name in LEVEL_TABLES:
        table = read_hindcasts(name)
        show_scores(name, mean_sums(table) if name == "sums" else table.drop(columns="version"), lang)


#: Columns of the case, shown in the heading of the scores.
ASKED = ("panel", "holdout", "record", "lead", "window", "cases")


def show_scores(name: str, table: pd.DataFrame, lang: str = "en") -> None:
    """Print scores of laws, a table for each case, with the law in the first column."""
    shown = table.copy()
    if "law" in shown:
        shown.insert(0, "law", shown.pop("law"))
    same = [column for column in ASKED if column in shown]
    for values, rows in shown.groupby(same, sort=False):
        panel, *asked = (cli_language.in_table(str(value), lang) for value in values)
        told = [f"{cli_language.in_words(column, lang)} {value}" for column, value in zip(same[1:], asked, strict=True)]
        show("; ".join([f"{name}: {panel}", *told]), rows.drop(columns=same), lang)


def _read(names: tuple[str, ...], columns: tuple[str, str, str | None], lang: str) -> list[str | Panel]:
    """Read panels; raise the faults of all of them together, and print ignored content on the error stream."""
    from pathway_models.core import InputError
    from pathway_models.hindcast.report import read_any_panel
    from pathway_models.intake.panels import PANELS

    chosen, faults = [], []
    for name in names or PANELS:
        try:
            chosen.append(read_any_panel(name, *columns))
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(faults)
    for told in dict.fromkeys(told for panel in chosen for told in getattr(panel, "told", ())):
        click.echo(cli_language.in_table(f"note: {told}", lang), err=True)
    return chosen


def at_horizons(table: pd.DataFrame, keep: tuple[str, ...] = ()) -> pd.DataFrame:
    """Select the rows of a few horizons, and drop constant columns."""
    rows = table[table["horizon"].isin(SHOWN)] if "horizon" in table else table
    told = [name for name in FRONT if name in rows and name not in keep]
    if "closures" in rows and not rows["closures"].any():
        told += CLOSURES
    return rows.drop(columns=told)


def show(title: str, table: pd.DataFrame, lang: str = "en") -> None:
    """Print a table under a heading."""
    click.echo(cli_language.titled_table(title, table, lang))


def write_tables(folder: Path | None, tables: dict[str, pd.DataFrame], files: dict[str, Path] | None = None) -> None:
    """Write every table as CSV, into a folder or to the files named; four decimals, so that runs can be compared.

    Parameters
    ----------
    folder : Path or None
        Made if it is not there; not used where ``files`` are given.
    tables : dict of DataFrame
    files : dict of Path, optional
        File of each table.
    """
    for name, table in tables.items():
        path = files[name] if files is not None else folder / f"hindcast_{name}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".partial")
        sheet_table(table).to_csv(partial, index=False, float_format="%.4f", lineterminator="\n", encoding="utf-8")
        partial.replace(path)


def _draw(folder: Path, tables: dict[str, pd.DataFrame], lang: str) -> None:
    from pathway_models.figures.canvas import write_files
    from pathway_models.hindcast.figures import calibration, coverage

    record = int(tables["summary"]["record"].min())
    write_files(coverage(tables["summary"], record=record, lang=lang), folder / "hindcast_coverage", ("png",))
    write_files(calibration(tables["deciles"], record=record, lang=lang), folder / "hindcast_calibration", ("png",))
