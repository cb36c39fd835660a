"""``pathways track``: a new year of data against the forecast made without it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pathway_models.running.cli_language import of_terminal, table_text
from pathway_models.running.own_parks import PARK, data_option

if TYPE_CHECKING:
    from pathway_models.findings.tracking import Account
    from pathway_models.records.park import Park

FORMATS = ("docx", "html", "pdf")


@click.command("track")
@click.argument("park", type=PARK)
@click.argument("table", type=PARK, required=False)
@data_option
@click.option("--year", type=int, metavar="YEAR", help="The new last year; the last one of TABLE by default.")
@click.option(
    "--plan", default="moderate", show_default=True, metavar="SCENARIO", help="The scenario that is the plan."
)
@click.option("--scenario-file", type=click.Path(path_type=Path, dir_okay=False, exists=True), metavar="FILE.yml",
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
    from pathway_models.findings.tracking import track
    from pathway_models.intake.library import read_scenarios
    from pathway_models.presenting import account as views
    from pathway_models.running.forecast_book import add_forecasts

    earlier, later = _records(park, table, year)
    scenarios = read_scenarios(scenario_file)
    first, *_, last = [*scenarios, *scenarios]
    chosen = scenarios.pick([first, plan or last])
    found = track(earlier, later, chosen.values(), **wishes)
    manifest = _manifest(found, later, {"plan": found.plan, **wishes})
    folder = out / later.park_id
    book = add_forecasts(folder / "forecasts.csv", found, manifest)
    document = folder / f"account_{found.known}_{lang}.{form}"
    _write(document, _set(views.build_account(found, later, manifest, lang=lang), form))
    told = of_terminal(lang)
    for line in views.answer(found, lang=told):
        click.echo(line)
    click.echo(table_text(views.targets(found, lang=told), index=False))
    for path in (document, book):
        click.echo(str(path))


def _records(park: str, table: str | None, year: int | None) -> tuple[Park, Park]:
    """The record as it was, and with the new year."""
    from pathway_models.intake.parks import read_park
    from pathway_models.records.joining import joined, up_to

    known = read_park(park)
    if table is None:
        last = known.last_observed_year if year is None else year
        later = up_to(known, last)
        return up_to(later, last - 1), later
    new = read_park(table)
    later = joined(known, up_to(new, new.last_observed_year if year is None else year))
    return up_to(known, min(known.last_observed_year, later.last_observed_year)), later


def _manifest(found: Account, later: Park, wishes: dict[str, object]) -> dict[str, str]:
    """What the account rests on; its id is the hash of the rest."""
    from pathway_models.running.provenance import versions

    content = {"park": later.park_id, "known": str(found.known), **{key: str(value) for key, value in wishes.items()}}
    content |= {f"sha256 {name}": digest[:16] for name, digest in later.files}
    content |= {"pathway_models": str(versions()["pathway_models"])}
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return {"account": hashlib.sha256(text.encode()).hexdigest()[:12], **content}


def _set(report: object, form: str) -> bytes:
    from pathway_models.presenting.report import to_docx, to_html, to_pdf

    if form == "docx":
        return to_docx(report)
    return to_pdf(report) if form == "pdf" else to_html(report).encode("utf-8")


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    partial.write_bytes(content)
    partial.replace(path)
