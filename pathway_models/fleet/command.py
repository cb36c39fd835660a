"""``pathways fleet``: add parks up, benchmark them, try packages, share a budget; print it, write CSV and figures."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pathway_models.console import cli_language, common_options, screen
from pathway_models.core import InputError, PathwayError
from pathway_models.kernels.event_split import WINDOW
from pathway_models.language import say

if TYPE_CHECKING:
    import pandas as pd

    from pathway_models.figures.canvas import Figure
    from pathway_models.fleet.fleet_results import FleetPackages, FleetResults, Shares
    from pathway_models.records import Park


FORMATS = ("png", "svg")


@dataclass(frozen=True, eq=False)
class Findings:
    """Results of one call; None where not requested."""

    parks: list[Park]
    results: FleetResults
    benchmark: pd.DataFrame
    groups: pd.Series | None
    shares: Shares | None
    packages: FleetPackages | None
    before: int


def _lines(found: Findings, lang: str) -> Iterator[str]:
    """Yield the summary that is printed, coverage first."""
    from pathway_models.fleet import benchmarking, sentences, tables

    results, names = found.results, found.results.fleet.scenarios
    yield sentences.describe_coverage(results, lang=lang)
    for name in names:
        yield sentences.describe_total(results, name, before=found.before, lang=lang)
    yield sentences.describe_largest(results, names[-1], lang=lang)
    yield cli_language.table_text(tables.totals(results, lang=lang))
    yield sentences.describe_benchmark(found.benchmark, lang=lang)
    if found.groups is not None:
        yield sentences.describe_groups(found.benchmark, found.groups, lang=lang)
    if results.kind != "region":
        yield sentences.describe_standards(benchmarking.compare_with_standards(found.parks), lang=lang)
    if found.packages is not None:
        yield from sentences.describe_packages(found.packages, lang=lang)
        yield cli_language.table_text(tables.packages(found.packages, lang=lang))
    if found.shares is not None:
        yield sentences.describe_shares(found.shares, lang=lang)
        yield cli_language.table_text(tables.shares(found.shares, lang=lang))


def _write_findings(folder: Path, found: Findings, lang: str) -> list[Path]:
    """Write every table as CSV and every figure as PNG and SVG.

    Returns
    -------
    list of Path
        ``fleet.csv`` (quantiles of the total by scenario and year, with the coverage), ``peaks.csv`` (peaks of the
        parks), ``standing.csv``, ``outliers.csv``; for parks ``norms.csv``; if requested ``shares.csv`` and
        ``packages.csv``; then the figures.
    """
    from pathway_models.figures.canvas import write_files
    from pathway_models.runs.tables import write_table

    folder.mkdir(parents=True, exist_ok=True)
    written = [write_table(folder / f"{name}.csv", table) for name, table in _tables(found).items()]
    drawn = _figures(found, lang)
    return written + [path for name, figure in drawn for path in write_files(figure, folder / f"fleet_{name}", FORMATS)]


def _tables(found: Findings) -> dict[str, pd.DataFrame]:
    """Return every table by name, in canonical units."""
    from pathway_models.fleet.benchmarking import compare_with_standards, outliers

    benchmark = found.benchmark.copy()
    for name in found.results.fleet.scenarios:
        chances = found.results.chances(name, found.before)
        benchmark[f"{chances.name}_{name}"] = chances.loc[benchmark["park_id"]].to_numpy()
    if found.groups is not None:
        benchmark["group"] = found.groups
    named = {
        "fleet": found.results.table(),
        "peaks": found.results.summary(found.before),
        "standing": benchmark,
        "outliers": outliers(found.benchmark),
    }
    if found.results.kind != "region":
        named["norms"] = compare_with_standards(found.parks)
    if found.shares is not None:
        named["shares"] = found.shares.table()
    if found.packages is not None:
        named["packages"] = found.packages.table()
    return named


def _figures(found: Findings, lang: str) -> Iterator[tuple[str, Figure]]:
    from pathway_models.fleet import figures

    results, names = found.results, found.results.fleet.scenarios
    for name in names:
        yield f"total_{name}", figures.total(results, name, before=found.before, lang=lang)
    yield "peak_years", figures.peak_years(results, before=found.before, lang=lang)
    pair = (names[0], names[-1])
    yield "parks", figures.all_parks(results.summary(found.before), scenarios=pair, before=found.before, lang=lang)
    yield "standing", figures.distances(found.benchmark, lang=lang)
    if found.shares is not None:
        yield "shares", figures.shares(found.shares, found.benchmark, lang=lang)
    if found.packages is not None:
        yield "packages", figures.with_packages(found.packages, lang=lang)


#: The ensemble where no run is named.
ENSEMBLE = {"members": 200, "seed": 20240401, "until": 2060}


@click.command("fleet")
@click.argument("parks", nargs=-1, type=common_options.PARK)
@common_options.data_option
@click.option("--kind", help="park or region: all of the register or the run that have data; parks by default.")
@click.option("--run", type=click.Path(path_type=Path), metavar="FOLDER", help="Take the members that a run kept.")
@click.option("--scenarios", help="Separated by commas; the first and the last by default, or all of the run.")
@common_options.as_of_option
@click.option("--before", type=int, default=2030, show_default=True, help="Peak year before this one.")
@click.option("--budget", type=float, metavar="TONNES", help="tCO2 of one year, shared out by every rule.")
@click.option("--year", type=int, help="Year of the budget; the one of --before by default.")
@click.option("--groups", type=int, metavar="K", help="Part the parks into so many groups of like ones.")
@click.option("--packages", is_flag=True, help="What if every park took its cheapest package?")
@click.option("--probability", type=float, default=0.8, show_default=True, help="That packages shall reach.")
@click.option("--costs", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE.yml", help="Your own costs.")
@click.option("--members", type=int, help=f"{ENSEMBLE['members']} by default; a run has its own.")
@click.option("--seed", type=int, help=f"{ENSEMBLE['seed']} by default; a run has its own.")
@click.option("--until", type=int, help=f"{ENSEMBLE['until']} by default; a run has its own.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), metavar="FOLDER", help="Tables and figures.")
@click.option("--lang", type=click.Choice(["en", "zh"]), default="en", show_default=True)
def fleet_command(out: Path | None, lang: str, **asked: Any) -> None:
    """Add PARKS up, ids of the register or paths of tables; all of one kind where none is named.

    Parks and regions are never added together. Exit code 0 when told, 1 for a faulty file, 2 for a wrong call.
    """
    try:
        told = cli_language.of_terminal(lang)
        with common_options.working(1, say(told, en="adding up the parks", zh="汇总各园区")):
            found = _findings(**asked)
        for line in _lines(found, told):
            click.echo(screen.on_screen(line))
        if out is not None:
            with common_options.working(1, say(told, en="writing tables and figures", zh="写出图表")):
                written = _write_findings(out, found, lang)
            for path in written:
                click.echo(f"{out.name}/{path.name}")
    except InputError as error:
        click.echo(cli_language.mistake_text(error), err=True)
        sys.exit(1)
    except PathwayError as error:
        raise click.UsageError(str(error)) from None


def _findings(parks: tuple[str, ...], run: Path | None, scenarios: str | None, before: int, **asked: Any) -> Findings:
    """Compute all results requested."""
    from pathway_models.fleet.benchmarking import benchmark, groups
    from pathway_models.fleet.packages import package_fleet, share_budget
    from pathway_models.fleet.totals import project_fleet, read_fleet, stored_fleet
    from pathway_models.intake.costs import read_costs
    from pathway_models.intake.library import read_scenarios
    from pathway_models.runs.store import parks_of

    names = _names(scenarios, run)
    drawn = _ensemble(run, asked)
    _check(run, names, before, drawn, asked)
    if run is None:
        records = read_fleet(parks or common_options.own_parks(), asked["kind"] or "")
        results = project_fleet(records, read_scenarios().pick(names), **drawn)
    else:
        results, given = stored_fleet(run, parks, asked["kind"] or "", names), parks_of(run)
        records = read_fleet([given[park_id] for park_id in results.fleet.parks])
    _check_years(records, before, asked)
    table, costs = benchmark(records), read_costs(asked["costs"])
    year = asked["year"] or before
    shares = packages = None
    if asked["budget"] is not None:
        few = {"members": drawn["members"], "seed": drawn["seed"]}
        shares = share_budget(records, round(asked["budget"]), year, costs=costs, **few)
    if asked["packages"]:
        packages = package_fleet(records, before, asked["probability"], costs=costs, **drawn)
    found = groups(table, asked["groups"]) if asked["groups"] else None
    return Findings(records, results, table, found, shares, packages, before)


def _names(scenarios: str | None, run: Path | None) -> list[str]:
    """List the scenarios requested; empty for all of a run."""
    from pathway_models.intake.library import read_scenarios

    if scenarios is None:
        known = list(read_scenarios())
        return [] if run is not None else list(dict.fromkeys((known[0], known[-1])))
    return [name.strip() for name in scenarios.split(",") if name.strip()]


def _ensemble(run: Path | None, asked: dict[str, Any]) -> dict[str, int]:
    """Return members, seed and last year as asked, or as the run had them."""
    if run is None:
        return {name: default if asked[name] is None else asked[name] for name, default in ENSEMBLE.items()}
    from pathway_models.runs.store import read_record

    parameters = read_record(run).get("parameters", {})
    return {name: int(parameters.get(name, default)) for name, default in ENSEMBLE.items()}


def _check(run: Path | None, names: list[str], before: int, drawn: dict[str, int], asked: dict[str, Any]) -> None:
    """Refuse a faulty call, and name all its faults at once."""
    wrong = []
    if run is not None:
        given = [f"--{name}" for name in ENSEMBLE if asked[name] is not None]
        given += ["--data"] if common_options.own_parks() else []
        wrong += [f"{', '.join(given)}: a run has its own"] if given else []
    else:
        from pathway_models.intake.library import read_scenarios

        known = list(read_scenarios())
        unknown = [repr(name) for name in names if name not in known]
        wrong += [f"--scenarios: no {', '.join(unknown)}; there are {', '.join(known)}"] if unknown else []
    wrong += [] if names or run is not None else ["--scenarios: name at least one"]
    wrong += [f"--scenarios: {name} stands there twice" for name in dict.fromkeys(names) if names.count(name) > 1]
    tests = (
        (asked["kind"] in (None, "park", "region"), f"--kind {asked['kind']!r}: expected park or region"),
        (drawn["members"] >= 2, f"--members {drawn['members']}: expected 2 or more"),
        (drawn["seed"] >= 0, f"--seed {drawn['seed']}: expected 0 or more"),
        (asked["groups"] is None or asked["groups"] > 0, f"--groups {asked['groups']}: expected 1 or more"),
        (0 < asked["probability"] <= 1, f"--probability {asked['probability']}: expected above 0 and at most 1"),
        (asked["budget"] is None or 0 <= asked["budget"] < 1e15, f"--budget {asked['budget']}: expected 0 or more"),
        (asked["year"] is None or asked["budget"] is not None, f"--year {asked['year']}: needs a --budget"),
        (before + WINDOW <= drawn["until"], f"--before {before}: expected {drawn['until'] - WINDOW} or earlier"),
    )
    wrong += [text for fine, text in tests if not fine]
    if wrong:
        raise PathwayError("; ".join(wrong))


def _check_years(records: list[Park], before: int, asked: dict[str, Any]) -> None:
    """Refuse groups and years that do not fit the parks, before anything is computed."""
    last = max(park.last_observed_year for park in records)
    year, wrong = asked["year"] or before, []
    if before < last + 2:
        wrong.append(f"--before {before}: expected {last + 2} or later, records end in {last}")
    if asked["budget"] is not None and year <= last:
        wrong.append(f"--year {year}: expected {last + 1} or later, records end in {last}")
    if asked["groups"] and asked["groups"] > len(records):
        wrong.append(f"--groups {asked['groups']}: there are {len(records)} parks")
    if wrong:
        raise PathwayError("; ".join(wrong))
