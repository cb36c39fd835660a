"""``pathways nowcast``: CO2 of China's provinces after the last inventory, and scores of such estimates."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pathway_models.console import cli_language, common_options, screen
from pathway_models.core.files import sheet_table
from pathway_models.intake.fitted import read_activity
from pathway_models.language import say
from pathway_models.nowcast.site_changes import nowcast

if TYPE_CHECKING:
    import pandas as pd


@click.command("nowcast")
@click.argument("regions", nargs=-1, metavar="[PROVINCE]...")
@click.option("--year", type=int, help="Year of the table; the last one by default.")
@click.option("--members", type=click.IntRange(min=1), default=1000, show_default=True)
@click.option("--seed", type=click.IntRange(min=0), default=20240401, show_default=True)
@click.option("--score/--no-score", default=True, show_default=True, help="Measure the error on 2009-2019 again.")
@click.option("--parks", is_flag=True, help="Score the bridge of parks to today on the panels of sites instead.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder for the tables and a figure.")
@click.option("--format", "form", type=click.Choice(["text", "csv"]), default="text", show_default=True)
@click.option("--lang", type=click.Choice(["en", "zh"]), default="en", show_default=True)
def nowcast_command(
    regions: tuple[str, ...], year: int | None, members: int, seed: int, score: bool, parks: bool, out: Path | None,
    form: str, lang: str,
) -> None:  # fmt: skip
    """Estimate the CO2 of China's provinces after their last inventory, and score such estimates.

    PROVINCE as in the inventory (Hebei) or in Chinese; all by default.  Nowcast years are marked and never mixed with
    observed ones.  Rule and measured error: docs/nowcast.md.
    """
    # Deferred: pandas and SciPy take a second to load, which --help should not wait for.
    from pathway_models.nowcast import scoring, tables

    told = cli_language.of_terminal(lang)
    if parks:
        _score_parks(told, form, out)
        return
    with common_options.working(1, say(told, en="estimating the provinces", zh="推算各省排放")):
        found = nowcast(regions, members=members, seed=seed)
    if year is not None and year not in found.years:
        raise click.UsageError(f"--year {year}: the nowcast has {found.years[0]} to {found.years[-1]}")
    if form == "csv":
        click.echo(
            sheet_table(tables.yearly(found)).to_csv(index=False, lineterminator="\n", float_format="%.0f"), nl=False
        )
        return
    click.echo(screen.on_screen(tables.describe(found, told)))
    _show(say(told, en="Provinces, Mt CO2", zh="各省，百万tCO2"), tables.regions(found, year, lang=told))
    if len(found.regions) == len(nowcast(members=1).regions):
        _show(
            say(told, en="Sum and national account, Mt CO2", zh="合计与国家账户，百万tCO2"),
            tables.nation(found, lang=told),
        )
        click.echo("\n" + screen.on_screen(tables.describe_nation(found, told)))
    with common_options.working(1, say(told, en="scoring earlier estimates", zh="检验历史推算")):
        scored = scoring.score(read_activity()) if score else None
    if scored is not None:
        for holdout in scoring.HOLDOUTS:
            head = say(told, en="Had inventories ended earlier: ", zh="若清单更早中断：")
            _show(head + tables.holdout_name(holdout, told), tables.scores(scored, holdout, lang=told))
        click.echo("\n" + screen.on_screen(tables.describe_scores(scored, told)))
    if out is not None:
        from pathway_models.figures.canvas import write_files
        from pathway_models.nowcast.figures import nowcast as draw

        out.mkdir(parents=True, exist_ok=True)
        for name, table in tables.written(found, scored).items():
            sheet_table(table).to_csv(
                out / name, index=False, lineterminator="\n", float_format="%.6g", encoding="utf-8"
            )
        write_files(draw(found, lang=lang), out / "nowcast", ("png",))
        names = ", ".join(sorted(path.name for path in out.iterdir()))
        click.echo(say(told, en=f"\nwritten: {names}", zh=f"\n已写入：{names}"))


def _score_parks(lang: str, form: str, out: Path | None) -> None:
    """Print and write the scores of the bridge of parks."""
    from pathway_models.intake.panels import CONTINENTS, read_sites
    from pathway_models.nowcast import scoring, tables

    with common_options.working(1, say(lang, en="scoring the bridge of parks", zh="检验园区补至今年的推算")):
        scored = scoring.score_parks({name: read_sites(name) for name in CONTINENTS})
    if form == "csv":
        click.echo(sheet_table(scored).to_csv(index=False, lineterminator="\n", float_format="%.6g"), nl=False)
    else:
        for quantity in scoring.QUANTITIES:
            _show(tables.quantity_name(quantity, lang), tables.park_scores(scored, quantity, lang=lang))
        click.echo("\n" + screen.on_screen(tables.describe_park_scores(scored, lang)))
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        sheet_table(scored).to_csv(
            out / "park_scores.csv", index=False, lineterminator="\n", float_format="%.6g", encoding="utf-8"
        )
        click.echo(say(lang, en="\nwritten: park_scores.csv", zh="\n已写入：park_scores.csv"), err=form == "csv")


def _show(title: str, table: pd.DataFrame) -> None:
    """Print a table under a heading."""
    click.echo(f"\n## {title}\n\n{cli_language.table_text(table, index=False)}")
