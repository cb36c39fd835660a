"""``pathways judge``: has an emissions series peaked, by every published rule?

``pathways economy``: growth, decoupling and drivers of a user's table.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pathway_models.console import common_options, screen
from pathway_models.console.cli_language import in_table, in_words, language, mistake_text
from pathway_models.core import InputError, files
from pathway_models.language import say, word

if TYPE_CHECKING:
    import pandas as pd


#: Columns with texts of the program, and their translation; the others hold names given by the user, and of rules.
TOLD = {"verdict": in_words, "detail": in_table, "state": in_words}


#: Most series of which a terminal shows the verdict of every rule.
MOST_SHOWN = 300


@click.command("judge")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--rule", "rules", multiple=True, metavar="NAME", help="A rule; may be repeated. All by default.")
@click.option("--as-of", type=int, metavar="YEAR", help="Judge with what was known up to this year.")
@click.option("--format", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True)
@click.option("--entity", default="entity", show_default=True, metavar="COL", help="Column of the name.")
@click.option("--year", default="year", show_default=True, metavar="COL", help="Column of the year.")
@click.option("--value", metavar="COL", help="Column of the emissions.  [default: value, else emissions_tco2]")
@click.option("--wide", is_flag=True, help="A column for each year, a row for each name.")
def judge_command(
    file: Path,
    rules: tuple[str, ...],
    as_of: int | None,
    form: str,
    entity: str,
    year: str,
    value: str | None,
    wide: bool,
) -> None:
    """Judge the emissions series of FILE (CSV or .xlsx) by published peak rules.

    FILE has one line an entity and year, in any one unit, and may be a table for pathways hindcast.  Verdicts: peaked,
    plateau, rising, not_peaked, unknown.  The rules, their equations and sources: docs/peak_rules.md.
    """
    # Deferred: pandas and SciPy take a second to load, which --help should not wait for.
    from pathway_models.peaks import judging

    with common_options.uncollected():  # thousands of series make hundreds of thousands of records
        try:
            names = {"entity": entity, "year": year, "value": value}
            table = judging.judge_file(
                file, rules or None, as_of, **names, wide=wide, announce=lambda text: _note([text])
            )
        except InputError as error:
            click.echo(mistake_text(error), err=True)
            sys.exit(1)
        if form != "table":
            show(table, form)
            return
        from pathway_models.peaks import sentences

        _note(table.attrs["told"])
        rows = table.to_dict(orient="records")
        starts = [at for at, row in enumerate(rows) if not at or row["entity"] != rows[at - 1]["entity"]]
        series = list(pairwise([*starts, len(rows)]))
        heads = [name for name in table if name != "entity"]
        is_read = len(series) <= MOST_SHOWN
        if not is_read:
            _note([f"{len(series)} series: their verdicts alone are shown; --format csv has the answer of every rule"])
        for first, end in series if is_read else ():
            click.echo(f"\n## {rows[first]['entity']}\n\n{_screen_of(heads, rows[first:end])}")
        click.echo(f"\n## {in_table('verdict')}\n")
        colon = word("colon", language())
        for first, end in series:
            columns = {name: [row[name] for row in rows[first:end]] for name in ("verdict", "peak_year")}
            verdict = sentences.describe_verdicts(columns, lang=language())
            click.echo(screen.on_screen(f"{rows[first]['entity']}{colon}{verdict}"))


def _note(told: Sequence[str]) -> None:
    """Write parts of the input that were ignored to the error stream."""
    for text in dict.fromkeys(told):
        click.echo(in_table(f"note: {text}"), err=True)


def show(table: pd.DataFrame, form: str) -> None:
    """Print a table of findings in a form; ignored parts of the input go to the error stream."""
    _note(table.attrs["told"])
    if form == "csv":
        click.echo(files.sheet_table(table).to_csv(index=False, lineterminator="\n"), nl=False)
    elif form == "json":
        click.echo(table.to_json(orient="records", force_ascii=False, indent=1))
    else:
        click.echo(_screen_of(list(table), table.to_dict(orient="records")))


def _screen_of(heads: Sequence[str], rows: Sequence[Mapping[str, object]]) -> str:
    """Format some columns of rows for the terminal."""
    import pandas as pd

    cells = [["-" if pd.isna(row[name]) else TOLD.get(name, _shown)(row[name]) for name in heads] for row in rows]
    return "\n".join(screen.screen_lines([[in_words(name) for name in heads], *cells]))


def _shown(cell: object) -> str:
    if isinstance(cell, bool):
        return in_table("yes" if cell else "no")
    return f"{cell:.4g}" if isinstance(cell, float) else str(cell)


@click.command("economy")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--growth", "quantities", multiple=True, metavar="COL", help="Growth of a column; may be repeated.")
@click.option("--factor", "factors", multiple=True, metavar="COL[/COL]",
              help="Effect of a factor of a product, such as value/gdp; to be repeated.")  # fmt: skip
@click.option("--years", nargs=2, type=int, metavar="FIRST LAST", help="Two years; the whole record by default.")
@click.option("--total", default="", metavar="COL", help="With --factor: column that the product must be.")
@click.option("--part", default="", metavar="COL", help="With --factor: column of parts, such as sectors.")
@click.option("--format", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True)
@click.option("--entity", default="entity", show_default=True, metavar="COL", help="Column of the name.")
@click.option("--year", default="year", show_default=True, metavar="COL", help="Column of the year.")
@click.option("--value", default="value", show_default=True, metavar="COL", help="Column of the emissions.")
@click.option("--gdp", default="gdp", show_default=True, metavar="COL", help="Column of the economy, constant prices.")
def economy_command(
    file: Path, quantities: tuple[str, ...], factors: tuple[str, ...], years: tuple[int, int] | None, total: str,
    part: str, form: str, entity: str, year: str, value: str, gdp: str,
) -> None:  # fmt: skip
    """Set emissions against the economy in a table of FILE (CSV), one line an entity and year.

    Without options: emissions and GDP of two years, with the state of decoupling.  With --growth: changes from year
    to year.  With --factor: the exact effect of each factor of a product (LMDI).  What the table lacks is said to be
    not given.
    """
    if quantities and factors:
        raise click.UsageError("--growth or --factor, not both")
    if (total or part) and not factors:
        raise click.UsageError("--total and --part go with --factor")
    # Deferred: pandas takes a second to load, which --help should not wait for.
    from pathway_models.peaks.judging import decompose, decouple, growth

    names = {"entity": entity, "year": year}
    said = say(language(), en=f"reading and computing {file.name}", zh=f"读取并计算{file.name}")
    with common_options.uncollected(), common_options.working(1, said):
        try:
            if quantities:
                table = growth(file, quantities, [years] if years else [], **names)
            elif factors:
                table = decompose(file, factors, total=total, part=part, years=years or (), **names)
            else:
                table = decouple(file, *(years or ()), value=value, gdp=gdp, **names)
        except InputError as error:
            click.echo(mistake_text(error), err=True)
            sys.exit(1)
    show(table, form)
