"""``pathways track``: feed a new year of data into the forecast made without it, write the annual report.

``forecasts.csv`` keeps every forecast of a park ever made: rows are added and never changed.

``pathways score``: score the sealed forecasts of a run against the years that have come since.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click
import numpy as np

from pathway_models.console import cli_language, common_options, screen
from pathway_models.core import Fault, InputError, PathwayError, files

if TYPE_CHECKING:
    from pathway_models.records import Park
    from pathway_models.tracking.records import ScenarioForecast, TrackingResult
    from pathway_models.tracking.updating import Scores


FORMATS = ("docx", "html", "pdf")


@click.command("track")
@click.argument("park", type=common_options.PARK)
@click.argument("table", type=common_options.PARK, required=False)
@common_options.data_option
@common_options.as_of_option
@click.option("--year", type=int, metavar="YEAR", help="The new last year; the last one of TABLE by default.")
@click.option(
    "--plan", default="moderate", show_default=True, metavar="SCENARIO", help="The scenario that is the plan."
)
@click.option("--scenario-file", type=common_options.SCENARIOS, metavar="FILE|drivers",
              help="Scenarios of your own; the first one is compared with.")  # fmt: skip
@click.option("--before", type=int, default=2030, show_default=True, help="Year before which emissions shall peak.")
@click.option("--probability", type=click.FloatRange(0, 1), default=0.7, show_default=True, help="Asked for.")
@click.option("--error", type=click.FloatRange(0, 1, min_open=True), default=0.02, show_default=True,
              help="Error of a reported yearly change.")  # fmt: skip
@click.option("--members", type=click.IntRange(min=1), default=1000, show_default=True)
@click.option("--seed", type=click.IntRange(min=0), default=20240401, show_default=True)
@click.option("--until", type=int, default=2060, show_default=True)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default="tracking", show_default=True,
              help="Folder of the accounts and of the book of forecasts.")  # fmt: skip
@click.option("--format", "form", type=click.Choice(FORMATS), default="docx", show_default=True)
@click.option("--lang", type=click.Choice(["en", "zh"]), default="en", show_default=True)
def track_command(
    park: str,
    table: str | None,
    year: int | None,
    plan: str | None,
    scenario_file: Path | None,
    out: Path,
    form: str,
    lang: str,
    **wishes: object,
) -> None:
    """Update the forecast of PARK by a new year: what moved emissions off the plan, what to aim at next.

    PARK is an id of the register or a table with the record the forecast was made from.  TABLE (workbook or CSV) holds
    the new year, alone or after the others; without it the last year of PARK is taken as the new one.
    """
    from pathway_models.intake.library import read_scenarios
    from pathway_models.tracking import annual_report, updating

    earlier, later = _records(park, table, year)
    scenarios = read_scenarios(scenario_file)
    first, *_, last = [*scenarios, *scenarios]
    chosen = scenarios.pick([first, plan or last])
    told = cli_language.of_terminal(lang)
    with common_options.working(1, {"en": "updating the forecast", "zh": "更新预测"}[told]):
        found = updating.track(earlier, later, chosen.values(), **wishes)
    manifest = _manifest(found, later, {"plan": found.plan, **wishes})
    folder = out / later.park_id
    book = add_forecasts(folder / "forecasts.csv", found, manifest)
    document = folder / f"account_{found.known}_{lang}.{form}"
    _write(document, _typeset(annual_report.build_annual_report(found, later, manifest, lang=lang), form))
    for line in annual_report.answer(found, lang=told):
        click.echo(screen.on_screen(line))
    click.echo(cli_language.table_text(annual_report.targets(found, lang=told), index=False))
    for path in (document, book):
        click.echo(str(path))


def _records(park: str, table: str | None, year: int | None) -> tuple[Park, Park]:
    """Return the record without and with the new year."""
    from pathway_models.intake.parks import read_park
    from pathway_models.tracking.records import joined, up_to

    known = read_park(park)
    if table is None:
        last = known.last_observed_year if year is None else year
        later = up_to(known, last)
        return up_to(later, last - 1), later
    new = read_park(table)
    later = joined(known, up_to(new, new.last_observed_year if year is None else year))
    return up_to(known, min(known.last_observed_year, later.last_observed_year)), later


def _manifest(found: TrackingResult, later: Park, wishes: dict[str, object]) -> dict[str, str]:
    """List the provenance of the report; its id is the hash of the rest."""
    from pathway_models.runs.provenance import versions

    content = {"park": later.park_id, "known": str(found.known), **{key: str(value) for key, value in wishes.items()}}
    content |= {f"sha256 {name}": digest[:16] for name, digest in later.files}
    content |= {"pathway_models": str(versions()["pathway_models"])}
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return {"account": hashlib.sha256(text.encode()).hexdigest()[:12], **content}


def _typeset(report: object, form: str) -> bytes:
    from pathway_models.documents import docx, html, typst

    if form == "html":
        return html.to_html(report).encode("utf-8")
    return docx.to_docx(report) if form == "docx" else typst.to_pdf(report)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    files.write_whole(path, content)


COLUMNS = (
    "account",
    "park_id",
    "scenario",
    "state",
    "known",
    "before",
    "p_before",
    "p_by",
    "peak_year_p05",
    "peak_year_p50",
    "peak_year_p95",
    "effective_members",
    "members",
    "seed",
    "reported_tco2",
    "table_sha256",
    "version",
)


def add_forecasts(path: Path, found: TrackingResult, manifest: Mapping[str, str]) -> Path:
    """Append forecasts to the file of all forecasts of a park, except those already in it.

    The file is created where missing; the manifest has ``account`` and the hashes of the tables.

    Raises
    ------
    InputError
        The file has other columns; it is not changed.
    """
    old = path.read_text(encoding="utf-8-sig") if path.exists() else ""
    if old and tuple(next(csv.reader(io.StringIO(old)))) != COLUMNS:
        expected, remedy = ", ".join(COLUMNS), "name another folder, or move the file away"
        raise InputError([Fault(path.name, "line 1", old.splitlines()[0][:80], expected, remedy, code="forecast_book")])
    digest = next((value for key, value in manifest.items() if key.startswith("sha256")), "")
    rows = [] if old else [list(COLUMNS)]
    for forecasts, total in ((found.made, ""), (found.updated, f"{found.reported[found.known]:.6g}")):
        rows += [_row(one, found, manifest, digest, total) for one in forecasts.values()]
    text = io.StringIO()
    files.SheetWriter(text).rows(rows)
    known = set(old.splitlines())
    added = [line for line in text.getvalue().splitlines(keepends=True) if line.rstrip("\n") not in known]
    _write(path, (old + "".join(added)).encode("utf-8-sig"))
    return path


def _row(
    one: ScenarioForecast, found: TrackingResult, manifest: Mapping[str, str], digest: str, total: str
) -> list[str]:
    from pathway_models.kernels.turning_points import PeakRule

    years = [f">{found.until - PeakRule().follow}" if np.isinf(year) else f"{year:.0f}" for year in one.quantiles]
    shares = [f"{one.p_before:.6f}", f"{one.p_by:.6f}"]
    made = [manifest["account"], found.park_id, one.scenario, one.state, str(one.known), str(found.before)]
    size = [f"{one.effective:.1f}", str(found.members), str(found.seed)]
    return [*made, *shares, *years, *size, total, digest, manifest.get("pathway_models", "")]


@click.command("score")
@click.argument("run", type=click.Path(path_type=Path, file_okay=False))
@click.argument("tables", nargs=-1, required=True, type=common_options.PARK)
@click.option("--entity", default="entity", show_default=True, metavar="COL", help="Column of the name.")
@click.option("--year", default="year", show_default=True, metavar="COL", help="Column of the year.")
@click.option("--value", metavar="COL", help="Column of the emissions.  [default: value, else emissions_tco2]")
def score_command(run: Path, tables: tuple[str, ...], entity: str, year: str, value: str | None) -> None:
    """Score the sealed forecasts of RUN, the folder of a run, against new TABLES.

    TABLES are tables of parks that the run knows, with their new years, or tables of one line a park and year (columns
    entity, year, value; ids of parks, tCO2). Printed are the coverage of the bands, the CRPS and, once the years that
    confirm a peak are there, the Brier score of having peaked in time.

    Exit code 1 where a seal is broken: such a forecast is not scored. What the columns mean: docs/tracking.md.
    """
    from pathway_models.runs.provenance import read_forecasts
    from pathway_models.tracking.updating import score

    try:
        forecasts = read_forecasts(run)
        scores = score(forecasts, _new_totals(tables, forecasts, (entity, year, value)))
    except InputError:
        raise
    except PathwayError as error:  # one line, and no lesson on how to call the command
        click.echo(cli_language.mistake_text(error), err=True)
        raise SystemExit(1) from None
    _show_scores(scores, forecasts)


def _new_totals(
    tables: tuple[str, ...], forecasts: Mapping[str, Mapping[str, object]], columns: tuple[str, str, str | None]
) -> dict[str, dict[int, float]]:
    """Read the totals of all tables: park to year to tCO2/yr.

    Raises
    ------
    InputError
        A table cannot be read, has no park of the run, has another account or contradicts an earlier one.
    """
    found: dict[str, dict[int, float]] = {}
    faults: list[Fault] = []
    for table in tables:
        try:
            totals = _totals_of(table, forecasts, columns)
        except InputError as error:
            faults += error.faults
            continue
        if not set(totals) & set(forecasts):
            remedy = f"name its parks as the run does: {', '.join(forecasts)}"
            faults.append(Fault(table, "park", ", ".join(totals), "a park of the run", remedy, code="score_park"))
        for park, series in totals.items():
            known = found.setdefault(park, {})
            twice = sorted(y for y, total in series.items() if abs(known.get(y, total) - total) > 1e-6 * abs(total))
            if twice:
                expected, remedy = "one value a park and year in all tables", "leave one of them out"
                where = f"{park} {', '.join(map(str, twice))}"
                faults.append(Fault(table, "table", where, expected, remedy, code="score_twice"))
            known |= series
    if faults:
        raise InputError(faults)
    return found


def _totals_of(
    table: str, forecasts: Mapping[str, Mapping[str, object]], columns: tuple[str, str, str | None]
) -> dict[str, dict[int, float]]:
    """Read the totals of one table: of a park, or of many parks by entity and year."""
    from pathway_models.engine.projecting import account_of
    from pathway_models.intake import panels, parks
    from pathway_models.intake.table.rows import header_of
    from pathway_models.inventory.accounts import take_inventory

    entity, year, value = columns
    if table.endswith((".csv", ".csv.gz")) and {entity, year} <= set(header_of(Path(table))):
        series = panels.read_series(table, entity, year, value)
        rows = series.groupby("entity", sort=False)
        return {str(name): dict(zip(of["year"].tolist(), of["value"].tolist(), strict=True)) for name, of in rows}
    park = parks.read_park(table)
    sealed = forecasts.get(park.park_id, {}).get("account", "")
    if sealed and sealed != account_of(park):
        remedy = "complete the table, or leave it out: the two cannot be compared"
        raise InputError([Fault(table, "account", account_of(park), str(sealed), remedy, code="score_account")])
    inventory = take_inventory(park)
    return {park.park_id: dict(zip(inventory.years.tolist(), inventory.total().tolist(), strict=True))}


def _show_scores(scores: Scores, forecasts: Mapping[str, Mapping[str, object]]) -> None:
    """Print the parks scored, the restatements, and the tables."""
    from pathway_models.intake.naming import scenario_name

    lang = cli_language.language()
    for park, (first, last) in scores.scored.items():
        sealed = forecasts[park]
        law, issued, day = sealed["law"] or "?", sealed["issue_year"], sealed["sealed_on"]
        click.echo(cli_language.say(f"{park}: {first}-{last} scored; law {law}, issued in {issued}, sealed on {day}"))
    for park, (was, now) in scores.restated.items():
        said = f"{park}: its last year is restated from {was:.6g} to {now:.6g} tCO2, the forecast scaled by both"
        click.echo(cli_language.say(said))
    for title, table in (
        ("bands and CRPS by scenario", scores.bands),
        ("bands and CRPS by year", scores.by_year),
        ("having peaked before a year", scores.events),
    ):
        named = [scenario_name(scenario, lang) for scenario in table["scenario"]]
        click.echo(cli_language.titled_table(title, table.assign(scenario=named), lang))
    if len(scores.events) and scores.events["undecided"].any():
        click.echo("\n" + cli_language.say("undecided: some of the years that confirm a peak are not known yet"))
