"""``pathways fleet``: many parks as one, where each stands, and what packages or a shared budget would mean."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pathway_models.foundations.errors import InputError, PathwayError
from pathway_models.running.cli_language import mistake_text, of_terminal
from pathway_models.running.fleet_files import Findings, lines, write_findings
from pathway_models.running.own_parks import PARK, data_option, own_parks

if TYPE_CHECKING:
    from pathway_models.records.park import Park

#: The ensemble where no run is named.
ENSEMBLE = {"members": 200, "seed": 20240401, "until": 2060}


@click.command("fleet")
@click.argument("parks", nargs=-1, type=PARK)
@data_option
@click.option("--kind", help="park or region: all of the register or the run that have data; parks by default.")
@click.option("--run", type=click.Path(path_type=Path), metavar="FOLDER", help="Take the members that a run kept.")
@click.option("--scenarios", help="Separated by commas; the first and the last by default, or all of the run.")
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
        found = _found(**asked)
        for line in lines(found, of_terminal(lang)):
            click.echo(line)
        if out is not None:
            for path in write_findings(out, found, lang):
                click.echo(f"{out.name}/{path.name}")
    except InputError as error:
        click.echo(mistake_text(error), err=True)
        sys.exit(1)
    except PathwayError as error:
        raise click.UsageError(str(error)) from None


def _found(parks: tuple[str, ...], run: Path | None, scenarios: str | None, before: int, **asked: Any) -> Findings:
    """Everything that was asked for; all that is wrong with the call at once."""
    from pathway_models.findings.budgets import share_budget
    from pathway_models.findings.fleet_members import read_fleet
    from pathway_models.findings.fleet_packages import package_fleet
    from pathway_models.findings.standing import groups, standing
    from pathway_models.findings.together import project_fleet
    from pathway_models.intake.costs import read_costs
    from pathway_models.running.fleet_store import stored_fleet

    names = _names(scenarios, run)
    drawn = _ensemble(run, asked)
    _check(run, names, before, drawn, asked)
    if run is None:
        records = read_fleet(parks or own_parks(), asked["kind"] or "")
        together = project_fleet(records, _chosen(names), **drawn)
    else:
        together = stored_fleet(run, parks, asked["kind"] or "", names)
        records = _records(run, together.fleet.parks)
    _check_years(records, before, asked)
    table, costs = standing(records), read_costs(asked["costs"])
    year = asked["year"] or before
    shares = packages = None
    if asked["budget"] is not None:
        few = {"members": drawn["members"], "seed": drawn["seed"]}
        shares = share_budget(records, round(asked["budget"]), year, costs=costs, **few)
    if asked["packages"]:
        packages = package_fleet(records, before, asked["probability"], costs=costs, **drawn)
    found = groups(table, asked["groups"]) if asked["groups"] else None
    return Findings(records, together, table, found, shares, packages, before)


def _names(scenarios: str | None, run: Path | None) -> list[str]:
    """Scenarios asked for; none stands for all of a run."""
    from pathway_models.intake.library import read_scenarios

    if scenarios is None:
        known = list(read_scenarios())
        return [] if run is not None else list(dict.fromkeys((known[0], known[-1])))
    return [name.strip() for name in scenarios.split(",") if name.strip()]


def _ensemble(run: Path | None, asked: dict[str, Any]) -> dict[str, int]:
    """Members, seed and last year: as asked, or as the run had them."""
    if run is None:
        return {name: default if asked[name] is None else asked[name] for name, default in ENSEMBLE.items()}
    from pathway_models.running.rerun import read_record

    parameters = read_record(run).get("parameters", {})
    return {name: int(parameters.get(name, default)) for name, default in ENSEMBLE.items()}


def _check(run: Path | None, names: list[str], before: int, drawn: dict[str, int], asked: dict[str, Any]) -> None:
    """Refuse a call with all that is wrong with it."""
    wrong = []
    if run is not None:
        given = [f"--{name}" for name in ENSEMBLE if asked[name] is not None]
        given += ["--data"] if own_parks() else []
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
        (before <= drawn["until"], f"--before {before}: expected {drawn['until']} or earlier"),
    )
    wrong += [text for fine, text in tests if not fine]
    if wrong:
        raise PathwayError("; ".join(wrong))


def _check_years(records: list[Park], before: int, asked: dict[str, Any]) -> None:
    """Refuse groups and years that do not fit the parks, before anything is worked out."""
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


def _chosen(names: list[str]) -> Any:
    from pathway_models.intake.library import read_scenarios

    return read_scenarios().pick(names)


def _records(run: Path, parks: tuple[str, ...]) -> list[Park]:
    """The tables of a run's parks, read again."""
    from pathway_models.findings.fleet_members import read_fleet
    from pathway_models.running.rerun import parks_of

    given = parks_of(run)
    return read_fleet([given[park_id] for park_id in parks])
