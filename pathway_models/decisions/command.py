"""``pathways decide``, the cheapest package that peaks before a year; ``pathways projects``; ``pathways levers``."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np

from pathway_models.console import cli_language, common_options, screen
from pathway_models.core import InputError, PathwayError
from pathway_models.language import say

if TYPE_CHECKING:
    from pathway_models.decisions.decision import Decision
    from pathway_models.decisions.records import AssetPlan, CarbonExposure
    from pathway_models.records import Grid, Investment, Park, Scenario

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


#: Options of the search for a peak that do not apply to an indicator.
OF_PEAKS = ("before", "margin", "budget", "cap", "checkpoint", "neutral", "covered", "free", "assets",
            "scenario", "scenario_file")  # fmt: skip


def indicator_of(context: click.Context, parameter: click.Parameter, text: str | None) -> tuple[str, int] | None:
    """Read ``zero_carbon_910=2035`` as a profile, or the path of its file, and a year."""
    if text is None:
        return None
    profile, equals, year = text.rpartition("=")
    if not (profile and equals and re.fullmatch(r"\d{4}", year)):
        raise click.BadParameter(f"{text!r}: expected a profile and a year such as zero_carbon_910=2035")
    return profile, int(year)


@click.command("decide")
@click.argument("park", type=common_options.PARK)
@common_options.data_option
@common_options.as_of_option
@click.option("--before", type=int, default=2030, show_default=True, help="Peak year before this one.")
@click.option(
    "--indicator",
    callback=indicator_of,
    metavar="PROFILE=YEAR",
    help="Meet the core indicator of this profile in this year instead.",
)
@click.option("--probability", type=float, default=0.9, show_default=True, help="Over all members of the ensemble.")
@click.option(
    "--by",
    type=click.Choice(["measure", "family", "lever"]),
    default="measure",
    show_default=True,
    help="What is chosen: each block of measures; whole families; every lever.",
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
@common_options.lever_file_option
@click.option(
    "--scenario-file",
    type=common_options.SCENARIOS,
    metavar="FILE|drivers",
    help="Scenarios of your own, for --scenario.",
)
@click.option("--scenario", metavar="NAME", help="Start from its drivers and its grid; levers are searched for.")
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
    if asked["indicator"] is not None:
        sys.exit(_of_indicator(park, form, cli_language.of_terminal(lang), **asked))
    if (asked["covered"] is None) != (asked["free"] is None):
        raise click.UsageError("--covered and --free go together: only the park knows both shares")
    told = cli_language.of_terminal(lang)
    try:
        with common_options.working(3, say(told, en="reading the park", zh="读取园区数据")) as stage:
            decision, plan, exposure = _decided(park, stage, told, **asked)
    except InputError as error:
        click.echo(cli_language.mistake_text(error), err=True)
        sys.exit(1)
    except PathwayError as error:
        raise cli_language.localized(click.UsageError(str(error))) from None
    if form == "json":
        from pathway_models.decisions.decision import decision_record

        click.echo(json.dumps(decision_record(decision, plan, exposure), ensure_ascii=False, indent=1))
    else:
        for line in _lines(decision, plan, exposure, told):
            click.echo(line)
    sys.exit(0 if decision.reached else 1)


def _of_indicator(park: str, form: str, lang: str, **asked: Any) -> int:
    """Search for a package that meets the core indicator of a profile; return the exit code."""
    # Deferred: SciPy and pandas take a second to load, which --help should not wait for.
    from pathway_models.decisions import indicator_packages, sentences
    from pathway_models.decisions.decision import indicator_record
    from pathway_models.intake import costs, library, naming, parks

    context = click.get_current_context()
    idle = [name for name in OF_PEAKS if context.get_parameter_source(name) is not click.core.ParameterSource.DEFAULT]
    if idle:
        raise click.UsageError(f"--indicator does without {', '.join(f'--{name}' for name in idle)}")
    profile, year = asked["indicator"]
    options = {name: asked[name] for name in ("rate", "members", "fresh", "seed", "until")}
    try:
        found = indicator_packages.cheapest_for_indicator(
            parks.read_park(park), profile, year, asked["probability"], grid=_grid(**asked),
            costs=costs.read_costs(asked["costs"], levers=library.read_levers(asked["lever_file"])),
            correlations=not asked["independent"], **options,
        )  # fmt: skip
    except InputError as error:
        click.echo(cli_language.mistake_text(error), err=True)
        return 1
    except PathwayError as error:
        raise cli_language.localized(click.UsageError(str(error))) from None
    if form == "json":
        click.echo(json.dumps(indicator_record(found), ensure_ascii=False, indent=1))
    else:
        for line in (naming.headline(found.identity, lang), *sentences.describe_indicator(found, lang=lang)):
            click.echo(line)
    return 0 if found.reached else 1


def _grid(**asked: Any) -> Grid:
    """Lay out the packages to choose from."""
    from pathway_models.decisions.priced_grid import measure_blocks
    from pathway_models.intake.library import read_levers
    from pathway_models.records.levers import lever_grid

    levers, by = read_levers(asked["lever_file"]), asked["by"]
    blocks = measure_blocks(levers) if by == "measure" else None
    return lever_grid(levers, blocks, by="family" if by == "family" else "lever", delays=(0, *asked["later"]))


def _decided(
    park: str, stage: Callable[[str], None], lang: str, **asked: Any
) -> tuple[Decision, AssetPlan | None, CarbonExposure | None]:
    # Deferred: SciPy and pandas take a second to load, which --help should not wait for.
    from pathway_models.baseline.scenario_drivers import driven
    from pathway_models.decisions.cheapest_package import cheapest_package
    from pathway_models.decisions.investments import plan_assets
    from pathway_models.intake import assumptions, costs, library, parks
    from pathway_models.records.levers import Limits

    the_park, grid, plan = parks.read_park(park), _grid(**asked), None
    if asked["scenario"] or asked["scenario_file"]:
        scenarios = library.read_scenarios(asked["scenario_file"], asked["lever_file"])
        chosen = scenarios[asked["scenario"] or next(iter(scenarios))]
        the_park = driven(the_park, chosen, assumptions.read_assumptions().issue_year)
    if asked["assets"]:
        plan = plan_assets(the_park, grid, parks.read_assets(asked["assets"]), asked["until"])
    options = {name: asked[name] for name in ("budget", "rate", "margin", "members", "fresh", "seed", "until")}
    stage(say(lang, en=f"working out {grid.size:,} packages", zh=f"计算{grid.size:,}个措施组合"))
    decision = cheapest_package(
        the_park,
        asked["before"],
        asked["probability"],
        grid=plan.grid if plan else grid,
        costs=costs.read_costs(asked["costs"], levers=library.read_levers(asked["lever_file"])),
        limits=Limits(peak=asked["cap"], totals=asked["checkpoint"], neutral=asked["neutral"]),
        correlations=not asked["independent"],
        **options,
    )
    stage(say(lang, en="pricing the package", zh="核算组合成本"))
    return decision, plan, _exposure(the_park, decision, **asked)


def _exposure(park: Park, decision: Decision, **asked: Any) -> CarbonExposure | None:
    """Compute the cost of the allowances the park must buy, where both shares are given."""
    from pathway_models.decisions.package_cost import carbon_exposure
    from pathway_models.engine.sampling import sample

    if asked["covered"] is None:
        return None
    package, until = decision.scenario(), asked["until"]
    drawn = {"until": until, "correlations": not asked["independent"]}
    draws = sample(park, [package], members=asked["members"], seed=asked["seed"], **drawn)
    shares = {"covered_share": asked["covered"], "free_share": asked["free"]}
    return carbon_exposure(park, package, draws, decision.costs, until=until, **shares)


def _lines(decision: Decision, plan: AssetPlan | None, exposure: CarbonExposure | None, lang: str) -> list[str]:
    from pathway_models.decisions import sentences, tables
    from pathway_models.intake.naming import headline

    before = decision.target.before
    told = sentences.describe_open_points(decision, lang=lang)
    if exposure is not None:
        told.append(sentences.describe_exposure(exposure, min(before + 5, int(exposure.years[-1])), lang=lang))
    if plan is not None:
        told += sentences.describe_assets(plan, before, lang=lang)
    lines = [headline(decision.identity, lang), screen.on_screen(sentences.describe_answer(decision, lang=lang)), ""]
    figures = tables.figures(decision, sentences.describe_prices(decision, lang=lang), lang=lang)
    lines += [cli_language.table_text(tables.measures(decision, lang=lang)), "", cli_language.table_text(figures), ""]
    lines += map(screen.on_screen, told)
    if unpriced := sentences.describe_unpriced(decision, lang=lang):
        lines += ["", screen.on_screen(unpriced)]
    if decision.cheaper_if:
        lines += ["", cli_language.table_text(tables.cheaper_if(decision, SHOWN, lang=lang))]
    if decision.economics is not None:
        lines += ["", screen.on_screen(tables.describe_economics(decision, lang=lang)), ""]
        lines.append(cli_language.table_text(tables.package_economics(decision.economics, lang=lang)))
    if len(decision.near):
        lines += ["", screen.on_screen(sentences.describe_alternatives(decision, SHOWN, lang=lang)), ""]
        lines.append(cli_language.table_text(tables.alternatives(decision, SHOWN, lang=lang)))
    return lines


def _own_projects(park: str) -> tuple[Investment, ...]:
    """Read the list of projects of a park; refuse a park without one."""
    from pathway_models.intake.plans.investments import SUFFIX, investments_of

    found = investments_of(park)
    if not found:
        raise click.UsageError(
            f"{park} has no list of projects: fill the sheet of projects of its workbook, put {park}{SUFFIX} beside its"
            " table, or give --investments FILE"
        )
    return found


@click.command("projects")
@click.argument("park", type=common_options.PARK)
@common_options.data_option
@common_options.as_of_option
@click.option(
    "--investments",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    metavar="FILE",
    help="List of projects, a .csv or a workbook; by default the one beside the park's table.",
)
@click.option(
    "--account", default="zero_carbon_910", show_default=True, metavar="ID|FILE.yml", help="For the structure of loads."
)
@click.option("--rate", type=click.FloatRange(0, 0.5), default=0.06, show_default=True, help="Real discount rate.")
@click.option("--year", type=int, metavar="YEAR", help="Of the effects; the first in which all run by default.")
@click.option("--members", type=click.IntRange(1), default=200, show_default=True)
@click.option("--seed", type=int, default=20240401, show_default=True)
@click.option("--format", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True)
def projects_command(
    park: str, investments: Path | None, account: str, rate: float, year: int | None, members: int, seed: int, form: str
) -> None:
    """Evaluate the projects of PARK: value, rates of return, payback, and effect on emissions beside one another.

    csv and json are the carbon evaluation: total, structure and emissions a unit of product of every committed load.
    """
    # Deferred: SciPy and pandas take a second to load, which --help should not wait for.
    from pathway_models.console.screen import screen_lines
    from pathway_models.core.files import sheet_table
    from pathway_models.decisions import tables
    from pathway_models.decisions.investments import value_investments
    from pathway_models.decisions.project_effects import project_effects
    from pathway_models.intake import naming, parks, rules
    from pathway_models.intake.plans.investments import read_investments

    given, lang = parks.read_park(park), cli_language.language()
    listed = read_investments(investments) if investments else _own_projects(park)
    found = project_effects(given, listed, rules.read_account(account), year=year, members=members, seed=seed)
    valued = value_investments(listed, rate)
    if form == "table":
        click.echo(naming.headline(found.identity, lang))
        for table in (tables.economics(valued, lang=lang), tables.project_effects(found, lang=lang)):
            shown = table.reset_index()
            for line in ("", *screen_lines([list(shown.columns), *shown.to_numpy().tolist()])):
                click.echo(line)
        return
    rows = tables.project_rows(found, valued)
    if form == "csv":
        click.echo(sheet_table(rows).to_csv(index=False, lineterminator="\n", float_format="%.9g"), nl=False)
    else:
        click.echo(rows.to_json(orient="records", force_ascii=False, indent=1))


@click.command("levers")
@click.option("--scenario", help="Whose abatement is weighed; by default that of every scenario that states drivers.")
@click.option(
    "--park",
    type=common_options.PARK,
    help="Weigh levers by what they avoid there, and check how fast intensity falls.",
)
@click.option("--year", type=int, default=2035, show_default=True, help="Year of the weights.")
@click.option("--members", type=click.IntRange(1), default=100, show_default=True)
@click.option("--seed", type=int, default=20240401, show_default=True)
@click.option("--format", "form", type=click.Choice(["text", "csv"]), default="text", show_default=True)
@click.option("--lang", type=click.Choice(["en", "zh"]), default="en", show_default=True)
@common_options.as_of_option
def levers_command(scenario: str, park: str | None, year: int, members: int, seed: int, form: str, lang: str) -> None:
    """Print every number of the levers with unit, grade and source, and how much rests on assumptions."""
    from pathway_models.decisions.attribution import assumed_numbers, lever_numbers
    from pathway_models.intake.library import read_levers

    rows = lever_numbers(read_levers().values())
    if form == "csv":
        click.echo(",".join(rows[0]))
        for row in rows:
            cells = [str(value) for value in row.values()]
            click.echo(",".join(f'"{cell}"' if "," in cell else cell for cell in cells))
        return
    lang = cli_language.of_terminal(lang)
    for row in rows:
        setting = f" {row['setting']}" if row["setting"] else ""
        ends = f" ({row['grade_of_ends']})" if row["grade_of_ends"] != row["grade"] else ""
        numbers = f"{row['low']:g} / {row['mode']:g} / {row['high']:g}"
        click.echo(f"{row['lever']}.{row['parameter']}{setting}: {numbers}  [{row['unit']}]  {row['grade']}{ends}")
        click.echo(f"    {row['source']}")
    assumed, whole = assumed_numbers(rows)
    said = say(lang, en="{} of {} numbers of levers are assumed ({:.0%})", zh="措施的{1}个数值中{0}个为假设（{2:.0%}）")
    click.echo(said.format(assumed, whole, assumed / whole))
    try:
        for line in _resting(scenario, park, year, members, seed, lang):
            click.echo(line)
    except InputError as error:
        click.echo(cli_language.mistake_text(error), err=True)
        sys.exit(1)
    except PathwayError as error:
        raise cli_language.localized(click.UsageError(str(error))) from None


#: Persons of the smallest nation that declines are compared with.
LARGE = 10e6
#: Largest share of the abatement that may rest on assumptions.
MOST_ASSUMED = 1 / 3


def _resting(scenario: str | None, park: str | None, year: int, members: int, seed: int, lang: str) -> list[str]:
    """Say how much of a scenario's abatement rests on assumptions, and what is missing where that is too much."""
    from pathway_models.intake import library, parks

    shipped, driven = library.read_scenarios(), library.read_scenarios("drivers")
    the_park = None if park is None else parks.read_park(park)
    if scenario is None:
        chosen = [one for one in driven.values() if one.drivers]
    else:
        chosen = [driven[scenario] if scenario in driven and driven[scenario].drivers else shipped[scenario]]
    lines = [line for one in chosen for line in _weighed(one, the_park, year, members, seed, lang)]
    if the_park is None:
        return lines
    slower = [one for one in shipped.values() if not one.measures or _saves_energy(one)]
    return [*lines, _uses_line(the_park, lang), *_declines(the_park, slower, members, seed, lang)]


def _uses_line(park: Park, lang: str) -> str:
    """State for how many carriers the table gives the use; the uses of the others are assumed."""
    from pathway_models.records.park import FUELS

    burnt = np.isin(park.groups, FUELS)
    used = {(s, c) for s, c in zip(*np.nonzero(park.energy[..., -1] > 0), strict=True) if burnt[c]}
    stated = sum((park.sectors[s], park.carriers[c]) in park.uses for s, c in used)
    return say(
        lang,
        en=f"What fuel is used for: stated in the table for {stated} of {len(used)} carriers by sector; for the others"
        " the shares assumed in data/sectors.yml apply",
        zh=f"燃料用途：{len(used)}个分行业品种中表中填写{stated}个，其余采用data/sectors.yml的假设占比",
    )


def _saves_energy(scenario: Scenario) -> bool:
    return any(measure.lever.acts.part == "intensity" for measure in scenario.measures)


def _weighed(scenario: Scenario, park: Park | None, year: int, members: int, seed: int, lang: str) -> list[str]:
    """Say how much of one scenario's abatement rests on assumptions, and what is missing where that is too much."""
    from pathway_models.decisions.attribution import ASSUMED, weighed_drivers, weighed_levers
    from pathway_models.intake.assumptions import read_assumptions

    parts = [(name, change, float(mark == ASSUMED)) for name, change, mark in weighed_drivers(scenario.drivers, year)]
    what = say(lang, en="log change of its drivers", zh="驱动因素的对数变化")
    if not parts and park is not None and scenario.measures:
        parts = weighed_levers(park, scenario, year, members, seed, read_assumptions())
        what = say(lang, en=f"tonnes avoided in {park.park_id}", zh=f"{park.park_id}的减排量")
    if not parts:
        if not scenario.measures:
            return []
        said = say(lang, en="{}: give --park to weigh its levers", zh="{}：给出--park以计算各措施的权重")
        return [said.format(scenario.scenario_id)]
    whole = sum(size for _, size, _ in parts)
    resting = sum(size * share for _, size, share in parts) / whole
    said = say(
        lang,
        en="{}, {}: {:.0%} of the abatement ({}) rests on assumptions",
        zh="{}，{}年：{:.0%}的减排（按{}）依据假设",
    )
    found = [said.format(scenario.scenario_id, year, resting, what)]
    if resting > MOST_ASSUMED:
        found.append(say(lang, en="What rests on assumptions, by weight:", zh="缺少依据的部分（按权重）："))
        missing = sorted(((size * share / whole, name) for name, size, share in parts if share), reverse=True)
        found += [f"  {weight:.0%}  {name}" for weight, name in missing]
    return found


def _declines(park: Park, scenarios: list[Scenario], members: int, seed: int, lang: str) -> list[str]:
    """Compare the decline of energy per activity under some scenarios with those ever reached by real regions."""
    from pathway_models.decisions.attribution import best_tenth, intensity_declines
    from pathway_models.intake import assumptions, panels

    provinces, countries = panels.read_panel("provinces"), panels.read_panel("countries")
    # Nations of the size of a province: small ones depend on a single plant.
    large = np.nanmax(countries.values["population"], axis=1, initial=0.0) >= LARGE
    real = [*np.exp(provinces.logs(per="gdp_million_cny_2015"))]
    real += [*np.exp(countries.logs(per="gdp_million_usd_2015")[large])]
    best, held = best_tenth(real), intensity_declines(park, scenarios, members, seed, assumptions.read_assumptions())
    said = say(
        lang,
        en="Fastest decline sustained for ten years: best tenth of {} real regions (CO2 per GDP) {:.1%} a year; energy"
        " per activity of {}: {}",
        zh="连续十年的最快年均降幅：{}个真实区域中最快的十分之一（单位GDP CO2）为每年{:.1%}；{}单位活动水平能耗：{}",
    )
    paths = ", ".join(f"{name} {value:.1%}" for name, value in held.items())
    lines = [said.format(len(real), best, park.park_id, paths)]
    beyond = [name for name, value in held.items() if value > best]
    if beyond:
        warning = say(
            lang, en="BEYOND what the best tenth ever sustained: {}", zh="超出最快十分之一区域曾达到的降幅：{}"
        )
        lines.append(warning.format(", ".join(beyond)))
    return lines
