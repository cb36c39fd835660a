"""``pathways decide``: the cheapest package that brings a park's peak before a year, and what it leaves open."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pathway_models.foundations.errors import InputError, PathwayError
from pathway_models.running.cli_language import localized, mistake_text, of_terminal
from pathway_models.running.own_parks import PARK, data_option

if TYPE_CHECKING:
    from pathway_models.findings.assets import AssetPlan
    from pathway_models.findings.choices import Decision
    from pathway_models.findings.package_costs import CarbonExposure
    from pathway_models.records.park import Park

#: Alternatives shown one by one.
SHOWN = 8


def checkpoints_of(context: click.Context, parameter: click.Parameter, texts: tuple[str, ...]) -> dict[int, float]:
    """Read ``2025=1200000`` as a cap on the total of a year."""
    found = [re.fullmatch(r"(\d{4})=([\d.]+(?:e\d+)?)", text) for text in texts]
    try:
        caps = {int(one[1]): float(one[2]) for one in found if one}
    except ValueError:
        caps = {}
    if len(caps) < len(texts):
        wrong = ", ".join(repr(text) for text in texts)
        raise click.BadParameter(f"{wrong}: expected a year and tonnes such as 2025=1200000, each year once")
    return caps


@click.command("decide")
@click.argument("park", type=PARK)
@data_option
@click.option("--before", type=int, default=2030, show_default=True, help="Peak year before this one.")
@click.option("--probability", type=float, default=0.9, show_default=True, help="Over all members of the ensemble.")
@click.option(
    "--by",
    type=click.Choice(["measure", "family", "lever"]),
    default="measure",
    show_default=True,
    help="What is chosen: each substitution and the other families; whole families; every lever.",
)
@click.option(
    "--later",
    type=click.IntRange(1, 40),
    multiple=True,
    metavar="YEARS",
    help="Also offer strong settings so much later.",
)
@click.option(
    "--assets",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Energy assets, a .csv or the park's .xlsx: substitutions wait until units are due.",
)
@click.option("--costs", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE.yml", help="Your own costs.")
@click.option("--rate", type=float, help="Real discount rate; that of the costs by default.")
@click.option("--margin", type=float, default=0.1, show_default=True, help="Alternatives may cost so much more.")
@click.option("--budget", type=float, metavar="MILLION", help="Largest known present value, million CNY.")
@click.option("--cap", type=float, metavar="TONNES", help="Cap on the peak level, tCO2 a year.")
@click.option(
    "--checkpoint",
    multiple=True,
    callback=checkpoints_of,
    metavar="YEAR=TONNES",
    help="Cap on the total of a year, such as the end of a five-year plan.",
)
@click.option("--neutral", type=int, metavar="YEAR", help="Year in which emissions less sinks must be zero.")
@click.option("--covered", type=float, metavar="SHARE", help="Share of direct emissions under the trading system.")
@click.option("--free", type=float, metavar="SHARE", help="Share of the covered emissions that is allocated free.")
@click.option("--independent", is_flag=True, help="Do without the rank correlations of data/correlations.yml.")
@click.option("--members", type=int, default=500, show_default=True)
@click.option(
    "--fresh", type=click.IntRange(0), default=2000, show_default=True, help="Members of the out-of-sample check."
)
@click.option("--seed", type=int, default=20240401, show_default=True)
@click.option("--until", type=int, default=2060, show_default=True)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--lang", type=click.Choice(["en", "zh"]), default="en", show_default=True)
def decide_command(park: str, form: str, lang: str, **asked: Any) -> None:
    """Find the cheapest package of levers for PARK, an id of the register or the path of a table.

    Exit code 0 where a package reaches the target, 1 where none does (the closest is shown), 2 for a wrong call.
    """
    if (asked["covered"] is None) != (asked["free"] is None):
        raise click.UsageError("--covered and --free go together: only the park knows both shares")
    try:
        decision, plan, exposure = _decided(park, **asked)
    except InputError as error:
        click.echo(mistake_text(error), err=True)
        sys.exit(1)
    except PathwayError as error:
        raise localized(click.UsageError(str(error))) from None
    if form == "json":
        from pathway_models.running.decide_record import decision_record

        click.echo(json.dumps(decision_record(decision, plan, exposure), ensure_ascii=False, indent=1))
    else:
        for line in _lines(decision, plan, exposure, of_terminal(lang)):
            click.echo(line)
    sys.exit(0 if decision.reached else 1)


def _decided(park: str, **asked: Any) -> tuple[Decision, AssetPlan | None, CarbonExposure | None]:
    # Deferred: SciPy and pandas take a second to load, which --help should not wait for.
    from pathway_models.findings.assets import plan_assets
    from pathway_models.findings.packages import cheapest_package, measure_blocks
    from pathway_models.intake.assets import read_assets
    from pathway_models.intake.costs import read_costs
    from pathway_models.intake.library import read_levers
    from pathway_models.intake.parks import read_park
    from pathway_models.projection.package_statistics import Limits
    from pathway_models.records.grids import lever_grid

    levers, by, the_park = read_levers(), asked["by"], read_park(park)
    blocks = measure_blocks(levers) if by == "measure" else None
    grid = lever_grid(levers, blocks, by="family" if by == "family" else "lever", delays=(0, *asked["later"]))
    plan = None
    if asked["assets"]:
        plan = plan_assets(the_park, grid, read_assets(asked["assets"]), asked["until"])
    options = {name: asked[name] for name in ("budget", "rate", "margin", "members", "fresh", "seed", "until")}
    decision = cheapest_package(
        the_park,
        asked["before"],
        asked["probability"],
        grid=plan.grid if plan else grid,
        costs=read_costs(asked["costs"]),
        limits=Limits(peak=asked["cap"], totals=asked["checkpoint"], neutral=asked["neutral"]),
        correlations=not asked["independent"],
        **options,
    )
    return decision, plan, _exposure(the_park, decision, **asked)


def _exposure(park: Park, decision: Decision, **asked: Any) -> CarbonExposure | None:
    """What allowances cost with the package, where the park said its shares."""
    from pathway_models.findings.package_costs import carbon_exposure
    from pathway_models.projection.sampling import sample

    if asked["covered"] is None:
        return None
    package, until = decision.scenario(), asked["until"]
    drawn = {"until": until, "correlations": not asked["independent"]}
    draws = sample(park, [package], members=asked["members"], seed=asked["seed"], **drawn)
    shares = {"covered_share": asked["covered"], "free_share": asked["free"]}
    return carbon_exposure(park, package, draws, decision.costs, until=until, **shares)


def _lines(decision: Decision, plan: AssetPlan | None, exposure: CarbonExposure | None, lang: str) -> list[str]:
    from pathway_models.presenting.asset_sentences import describe_assets
    from pathway_models.presenting.contribution_sentences import describe_front
    from pathway_models.presenting.decision_sentences import describe, describe_alternatives, describe_exposure
    from pathway_models.presenting.decision_words import cost_text, package_name
    from pathway_models.presenting.names import headline
    from pathway_models.presenting.rounding import share_text

    before = decision.target.before
    lines = [headline(decision.identity, lang)]
    lines += [*describe(decision, lang=lang), describe_front(decision, lang=lang)]
    if exposure is not None:
        lines.append(describe_exposure(exposure, min(before + 5, int(exposure.years[-1])), lang=lang))
    if plan is not None:
        lines += describe_assets(plan, before, lang=lang)
    lines.append(describe_alternatives(decision, SHOWN, lang=lang))
    for at, one in enumerate(decision.alternatives[:SHOWN], start=2):
        name = package_name(decision.grid, one.code, lang)
        lines.append(f"  {at}. {name}: {share_text(one.p_before, lang)}; {cost_text(one, lang)}")
    return [line for line in lines if line]
