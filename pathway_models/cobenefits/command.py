"""``pathways cobenefits``: the effect of cutting a park's CO2 on its air pollutants."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pathway_models.console import cli_language, common_options, screen
from pathway_models.core import InputError, PathwayError
from pathway_models.language import say

if TYPE_CHECKING:
    from pathway_models.cobenefits.records import Cobenefits, LeverCobenefits


@click.command("cobenefits")
@click.argument("park", type=common_options.PARK)
@common_options.data_option
@common_options.as_of_option
@click.option("--year", type=int, default=2035, show_default=True, help="Year of the tables.")
@click.option("--scenario", help="Scenario whose levers are shared out; the last one by default.")
@click.option("--by", type=click.Choice(["lever", "family"]), default="lever", show_default=True)
@click.option("--allow-background", is_flag=True, help="Consent to factors that are background knowledge.")
@click.option(
    "--factors", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE.yml", help="Your own factors."
)
@click.option("--costs", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE.yml", help="Your own costs.")
@click.option("--tax-rate", type=float, metavar="CNY", help="Tax per pollution equivalent in your province (1.2-12).")
@click.option("--members", type=int, default=300, show_default=True)
@click.option("--seed", type=int, default=20240401, show_default=True)
@click.option("--until", type=int, default=2060, show_default=True)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--lang", type=click.Choice(["en", "zh"]), default="en", show_default=True)
def cobenefits_command(park: str, form: str, lang: str, **asked: Any) -> None:
    """Air pollutants beside CO2 for PARK, an id of the register or the path of a table.

    Exit code 0 when told, 1 for a faulty file, 2 for a wrong call or missing consent.
    """
    try:
        year, told = asked["year"], cli_language.of_terminal(lang)
        if form == "text":
            for line in _measured(park, told):
                click.echo(screen.on_screen(line))
        with common_options.working(1, say(told, en="working out the pollutants", zh="计算污染物协同减排")):
            whole, parts, costs = _found(park, **asked)
        if form == "json":
            click.echo(json.dumps(_record(whole, parts, year, lang), ensure_ascii=False, indent=1))
            return
        for line in _lines(whole, parts, costs, year, told):
            click.echo(screen.on_screen(line))
    except InputError as error:
        click.echo(cli_language.mistake_text(error), err=True)
        sys.exit(1)
    except PathwayError as error:
        raise click.UsageError(str(error)) from None


def _measured(park: str, lang: str) -> list[str]:
    """Show the pollutants stated in the park's own table, which need no consent; nothing without any."""
    from pathway_models.cobenefits.tables import measured
    from pathway_models.intake.parks import read_park

    own = measured(read_park(park), lang=lang)
    return (
        []
        if own is None
        else [say(lang, en="As stated in the park's own table:", zh="数据表自报："), cli_language.table_text(own)]
    )


def _found(park: str, **asked: Any) -> tuple[Cobenefits, LeverCobenefits, tuple[list, int]]:
    # Deferred: SciPy and pandas take a second to load, which --help should not wait for.
    from pathway_models.cobenefits.scenarios import cobenefits, lever_cobenefits, single_levers, unit_costs
    from pathway_models.engine.sampling import sample
    from pathway_models.intake import library, parks, pollutants
    from pathway_models.intake.costs import read_costs

    the_park, scenarios, costs = parks.read_park(park), library.read_scenarios(), read_costs(asked["costs"])
    factors = pollutants.read_pollutants(asked["factors"])
    chosen = scenarios[asked["scenario"] or list(scenarios)[-1]]
    draws = sample(the_park, scenarios, members=asked["members"], seed=asked["seed"], until=asked["until"])
    shared = {"factors": factors, "allow_background": asked["allow_background"]}
    whole = cobenefits(the_park, scenarios, draws, **shared)
    whole.at(asked["year"])
    parts = lever_cobenefits(the_park, chosen, draws, by=asked["by"], periods=[asked["year"]], **shared)
    each = cobenefits(the_park, single_levers(chosen), draws, **shared)
    return whole, parts, (unit_costs(the_park, each, draws, costs, tax_rate=asked["tax_rate"]), costs.price_year)


def _lines(whole: Cobenefits, parts: LeverCobenefits, costs: tuple[list, int], year: int, lang: str) -> list[str]:
    from pathway_models.cobenefits import tables
    from pathway_models.intake.naming import headline

    blocks = [
        headline(whole.identity, lang),
        tables.describe(whole, parts.scenario, year, lang=lang),
        cli_language.table_text(tables.scenarios(whole, year, lang=lang)),
        tables.describe_levers(parts, year, lang=lang),
        cli_language.table_text(tables.coordinates(parts, year, lang=lang)),
        tables.describe_costs(costs[0], lang=lang),
        cli_language.table_text(tables.unit_costs(*costs, lang=lang)),
        *tables.describe_basis(whole.basis, lang=lang),
        cli_language.table_text(tables.equipment(whole.basis, lang=lang)),
    ]
    if whole.basis.background:
        blocks.append(cli_language.table_text(tables.basis(whole.basis, lang=lang)))
    return blocks


def _record(whole: Cobenefits, parts: LeverCobenefits, year: int, lang: str) -> dict[str, Any]:
    """Record co-benefits for ``--format json``, in canonical units."""
    return {
        "park_id": whole.park_id,
        "year": year,
        "scenarios": whole.table(year, lang=lang),
        "scenario_of_levers": parts.scenario,
        "levers": parts.table(year, lang=lang),
        "not_known": {key: [one.name for one in needs] for key, needs in whole.basis.unknown.items()},
        "background": {one.name: one.stated for one in whole.basis.background},
        "calibrated": {key: vars(one) for key, one in whole.basis.calibrated.items()},
        "members": int(whole.weights.size),
        "seed": whole.seed,
    }
