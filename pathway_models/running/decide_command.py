"""``pathways decide``: the cheapest package that brings a park's peak before a year, and what it leaves open."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pathway_models.foundations.errors import InputError, PathwayError

if TYPE_CHECKING:
    from pathway_models.findings.choices import Candidate, Decision


@click.command("decide")
@click.argument("park")
@click.option("--before", type=int, default=2030, show_default=True, help="Peak year before this one.")
@click.option("--probability", type=float, default=0.9, show_default=True, help="Over all members of the ensemble.")
@click.option(
    "--by",
    type=click.Choice(["measure", "family", "lever"]),
    default="measure",
    show_default=True,
    help="What is chosen: each substitution and the other families; whole families; every lever.",
)
@click.option("--later", type=int, multiple=True, metavar="YEARS", help="Also offer strong settings so much later.")
@click.option("--costs", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE.yml", help="Your own costs.")
@click.option("--rate", type=float, help="Real discount rate; that of the costs by default.")
@click.option("--budget", type=float, metavar="MILLION", help="Largest known present value, million CNY.")
@click.option("--cap", type=float, metavar="TONNES", help="Cap on the peak level, tCO2 a year.")
@click.option("--neutral", type=int, metavar="YEAR", help="Year in which emissions less sinks must be zero.")
@click.option("--correlated", is_flag=True, help="Tie inputs by the rank correlations of data/correlations.yml.")
@click.option("--members", type=int, default=500, show_default=True)
@click.option("--fresh", type=int, default=2000, show_default=True, help="Members of the out-of-sample check.")
@click.option("--seed", type=int, default=20240401, show_default=True)
@click.option("--until", type=int, default=2060, show_default=True)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--lang", type=click.Choice(["en", "zh"]), default="en", show_default=True)
def decide_command(park: str, form: str, lang: str, **asked: Any) -> None:
    """Find the cheapest package of levers for PARK, an id of the register or the path of a table.

    Exit code 0 where a package reaches the target, 1 where none does (the closest is shown), 2 for a wrong call.
    """
    try:
        decision = _decision(park, **asked)
    except InputError as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    except PathwayError as error:
        raise click.UsageError(str(error)) from None
    if form == "json":
        click.echo(json.dumps(_record(decision), ensure_ascii=False, indent=1))
    else:
        for line in _lines(decision, lang):
            click.echo(line)
    sys.exit(0 if decision.reached else 1)


def _decision(park: str, **asked: Any) -> Decision:
    # Deferred: SciPy and pandas take a second to load, which --help should not wait for.
    from pathway_models.findings.packages import cheapest_package, measure_blocks
    from pathway_models.intake.correlations import read_correlations
    from pathway_models.intake.costs import read_costs
    from pathway_models.intake.library import read_levers
    from pathway_models.intake.parks import read_park
    from pathway_models.projection.surveys import Limits
    from pathway_models.records.grids import lever_grid

    levers, by = read_levers(), asked["by"]
    blocks = measure_blocks(levers) if by == "measure" else None
    grid = lever_grid(levers, blocks, by="family" if by == "family" else "lever", delays=(0, *asked["later"]))
    options = {name: asked[name] for name in ("budget", "rate", "members", "fresh", "seed", "until")}
    return cheapest_package(
        read_park(park),
        asked["before"],
        asked["probability"],
        grid=grid,
        costs=read_costs(asked["costs"]),
        limits=Limits(peak=asked["cap"], neutral=asked["neutral"]),
        correlations=read_correlations() if asked["correlated"] else (),
        **options,
    )


def _lines(decision: Decision, lang: str) -> list[str]:
    from pathway_models.presenting.decision_sentences import describe
    from pathway_models.presenting.decision_words import cost_text, package_name
    from pathway_models.presenting.names import find_entry, headline
    from pathway_models.presenting.rounding import share_text

    head = headline(decision.park_id, lang) if find_entry(decision.park_id) else decision.park_id
    lines = [head, *describe(decision, lang=lang)]
    for at, one in enumerate(decision.alternatives[:8], start=2):
        name = package_name(decision.grid, one.code, lang)
        lines.append(f"  {at}. {name}: {share_text(one.p_before, lang)}; {cost_text(one, lang)}")
    return lines


def _record(decision: Decision) -> dict[str, Any]:
    """The decision for scripts; costs in million CNY of the price year."""

    def candidate(one: Candidate) -> dict[str, Any]:
        return {
            "package": one.label,
            "p_before": one.p_before,
            "p_by": one.p_by,
            "p_before_on_fresh_draws": one.p_fresh,
            "known_cost_million_cny_per_year": one.annualised,
            "known_present_value_million_cny": one.cost,
            "levers_of_unknown_cost": list(one.unknown),
            "steps_of_unknown_cost": one.steps,
            "conditions": dict(one.held),
        }

    return {
        "park_id": decision.park_id,
        "before": decision.target.before,
        "probability": decision.target.probability,
        "reached": decision.reached,
        "price_year": decision.costs.price_year,
        "best" if decision.reached else "closest": candidate(decision.closest),
        "alternatives": [candidate(one) for one in decision.alternatives],
        "front": [candidate(one) for one in decision.front],
        "cost_not_known": dict(decision.unknown),
        "savings_not_counted": list(decision.uncounted),
        "left_out": dict(decision.dropped),
        "every_package_looked_at": decision.complete,
        "best_is_proven": decision.reached and decision.gap is None,
        "packages": decision.packages,
        "evaluated": decision.evaluated,
        "members": decision.members,
        "seed": decision.seed,
    }
