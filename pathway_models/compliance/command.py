"""``pathways comply`` and ``pathways account``: indicator systems and accounts of a park's observed years."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

import click

from pathway_models.console import cli_language, common_options, screen
from pathway_models.core import InputError, files
from pathway_models.language import say

if TYPE_CHECKING:
    import pandas as pd

    from pathway_models.compliance.records import Compliance
    from pathway_models.records import Account, Draws, Park, Pathways, Profile

#: More digits than any input has, fewer than rounding errors, which depend on the processor.
FLOATS = "%.9g"
FORMS = click.Choice(["table", "csv", "json"])


@click.command("comply")
@click.argument("park", type=common_options.PARK)
@common_options.data_option
@common_options.as_of_option
@click.option(
    "--profile", default="zero_carbon_910", show_default=True, metavar="ID|FILE.yml", help="Indicator system."
)
@click.option("--year", type=int, metavar="YEAR", help="An observed year; the last one by default.")
@click.option("--allow-background", is_flag=True, help="Judge by thresholds that are background knowledge too.")
@click.option("--ahead", is_flag=True, help="Probability of the core indicator by scenario and year instead.")
@click.option("--members", type=click.IntRange(1), default=500, show_default=True, help="With --ahead: ensemble.")
@click.option("--seed", type=int, default=20240401, show_default=True)
@click.option("--format", "form", type=FORMS, default="table", show_default=True)
def comply_command(
    park: str, profile: str, year: int | None, allow_background: bool, ahead: bool, members: int, seed: int, form: str
) -> None:
    """Hold PARK against an indicator system: met, not met, or cannot say, with what is missing.

    Exit code 0 where every indicator is judged, 1 where something cannot be said, 2 for a wrong call.
    """
    # Deferred: pandas takes a second to load, which --help should not wait for.
    from pathway_models.compliance import sentences, tables
    from pathway_models.compliance.judging import comply
    from pathway_models.intake.parks import read_park
    from pathway_models.intake.rules import read_profile

    try:
        rules = read_profile(profile)
    except InputError as error:
        click.echo(cli_language.mistake_text(error), err=True)
        sys.exit(2)
    given = read_park(park)
    if given.country != rules.country and (form == "table" or ahead):
        _end(sentences.elsewhere(given, rules.name, rules.country, lang=cli_language.language()))
    if ahead:
        _ahead(given, rules, members, seed, form)
        return
    found = comply(given, rules, year=year, accept=("background",) if allow_background else ())
    if form == "table":
        for line in _lines(found, cli_language.language()):
            click.echo(screen.on_screen(line))
    else:
        click.echo(_written(tables.compliance_frame(found, lang=cli_language.language()), form), nl=form == "json")
    sys.exit(0 if found.is_judged else 1)


def _end(line: str) -> None:
    """Give the reason in one line, and end with exit code 1."""
    click.echo(line, err=True)
    sys.exit(1)


def _ahead(park: Park, profile: Profile, members: int, seed: int, form: str) -> None:
    """Print the probability of meeting the core indicator under every shipped scenario."""
    from pathway_models.compliance.judging import core_ahead
    from pathway_models.compliance.tables import ahead, core_ahead_rows

    pathways, draws = _projected(park, members, seed)
    found = core_ahead(park, pathways, draws, profile)
    _tell(ahead(found, lang=cli_language.language()) if form == "table" else core_ahead_rows(found), form)


def _projected(park: Park, members: int, seed: int) -> tuple[Pathways, Draws]:
    """Project a park under every shipped scenario."""
    from pathway_models.engine import projecting, sampling
    from pathway_models.intake.library import read_scenarios

    scenarios = read_scenarios()
    with common_options.working(1, say(cli_language.language(), en="projecting the park", zh="推演园区排放路径")):
        draws = sampling.sample(park, scenarios, members=members, seed=seed)
        return projecting.project(park, scenarios, draws), draws


def _tell(table: pd.DataFrame, form: str) -> None:
    shown = table if table.index.name is None else table.reset_index()
    if form != "table":
        click.echo(_written(shown, form), nl=form == "json")
        return
    for line in screen.screen_lines([list(shown.columns), *shown.to_numpy().tolist()]):
        click.echo(line)


def _written(table: pd.DataFrame, form: str) -> str:
    if form == "csv":
        return files.sheet_table(table).to_csv(index=False, lineterminator="\n", float_format=FLOATS)
    return table.to_json(orient="records", force_ascii=False, indent=1)


def _lines(found: Compliance, lang: str) -> list[str]:
    from pathway_models.compliance import sentences, tables

    table = tables.compliance(found, lang=lang).reset_index()
    lines = [
        sentences.verdict_sentence(found, lang=lang),
        "",
        *screen.screen_lines([list(table.columns), *table.to_numpy().tolist()]),
    ]
    missing = {one.place: one for judgement in found.judgements for one in judgement.missing}
    if missing:
        lines += ["", say(lang, en="Missing:", zh="缺少的输入：")]
        lines += [f"  {one.told(lang)}" for one in missing.values()]
    if readings := [one.name.told(lang) for one in found.profile.readings if len(found.profile.readings) > 1]:
        told = " / ".join(readings)
        lines += [
            "",
            say(lang, en=f"Two values: electricity converted at {told}.", zh=f"两个数值对应电力折标系数：{told}。"),
        ]
    return lines


@click.command("account")
@click.argument("park", type=common_options.PARK)
@common_options.data_option
@common_options.as_of_option
@click.option("--account", "names", multiple=True, metavar="ID|FILE.yml", help="May be repeated; all by default.")
@click.option("--bridge", "ends", nargs=2, metavar="FROM TO", help="The way between two accounts, row by row.")
@click.option("--ahead", is_flag=True, help="Projected totals by scenario and year, account by account.")
@click.option("--members", type=click.IntRange(1), default=500, show_default=True, help="With --ahead: ensemble.")
@click.option("--seed", type=int, default=20240401, show_default=True)
@click.option("--format", "form", type=FORMS, default="table", show_default=True)
def account_command(
    park: str, names: tuple[str, ...], ends: tuple[str, str] | None, ahead: bool, members: int, seed: int, form: str
) -> None:
    """Read PARK's ledger by several accounts, or show the bridge between two of them.

    Accounts say which rows count at which factor; see docs/accounts.md.

    Exit code 1 where an account asked for cannot be said of the park, 2 for a wrong call.
    """
    # Deferred: pandas takes a second to load, which --help should not wait for.
    from pathway_models.compliance import sentences, tables
    from pathway_models.intake.parks import read_park
    from pathway_models.intake.rules import account_ids, read_account
    from pathway_models.inventory.accounts import bridge_accounts, take_account

    if ends and ahead:
        raise click.UsageError("--bridge is for observed years: leave --ahead out")
    given, lang = read_park(park), cli_language.language()
    try:
        asked = [read_account(name) for name in (ends or names or account_ids())]
    except InputError as error:
        click.echo(cli_language.mistake_text(error), err=True)
        sys.exit(2)
    foreign = [
        sentences.elsewhere(given, one.name, one.country, lang=lang) for one in asked if not one.holds_in(given.country)
    ]
    if foreign and (ends or names):
        _end("\n".join(foreign))
    rules = [one for one in asked if one.holds_in(given.country)]
    if ahead:
        notes = _accounts_ahead(given, rules, members, seed, form)
        ways = [sentences.power_ways_sentence(given, one, lang=lang) for one in rules if one.residual]
        _notes([*notes, *foreign, *ways], form)
        sys.exit(1 if names and notes else 0)
    found = [take_account(given, one) for one in rules]
    if ends:
        bridge = bridge_accounts(given, *rules)
        _tell(tables.bridge(bridge, lang=lang) if form == "table" else tables.bridge_rows(bridge), form)
    else:
        counted = [one for one in found if one.applies] or found
        _tell(tables.accounts(counted, lang=lang) if form == "table" else tables.account_rows(counted), form)
        if form == "table" and given.own_plant is not None:
            click.echo()
            _tell(tables.own_plant(given, lang=lang), form)
    products = [] if ends else sentences.product_lines(given, found, lang=lang)
    _notes([*products, *sentences.account_notes(found, lang=lang), *foreign], form)
    sys.exit(1 if names and not all(one.applies for one in found) else 0)


def _accounts_ahead(park: Park, rules: list[Account], members: int, seed: int, form: str) -> list[str]:
    """Print projected totals account by account; return the reasons of missing ones."""
    from pathway_models.compliance import judging, tables

    pathways, draws = _projected(park, members, seed)
    found, names = judging.accounts_ahead(park, pathways, draws, rules), {one.account_id: one.name for one in rules}
    if found.totals:
        told = {account: name.told(cli_language.language()) for account, name in names.items()}
        shown = tables.accounts_ahead(found, told, lang=cli_language.language())
        _tell(shown if form == "table" else tables.accounts_ahead_rows(found), form)
    return [reason.told(cli_language.language()) for reason in found.not_said.values()]


def _notes(lines: list[str], form: str) -> None:
    """Write notes under a table; beside a machine's table they go to the error stream."""
    for line in lines:
        click.echo(screen.on_screen(line), err=form != "table")


@click.command("budget")
@click.argument("park", type=common_options.PARK)
@common_options.data_option
@common_options.as_of_option
@click.option("--rule", type=click.Choice(["intensity", "hold", "neutral"]), default="intensity", show_default=True,
              help="What the budget follows from.")  # fmt: skip
@click.option("--period", default="2026-2030", show_default=True, metavar="FIRST-LAST", help="Plan period.")
@click.option("--cut", type=click.FloatRange(0, 1, max_open=True), metavar="SHARE",
              help="Cut of CO2 per value added over the period; 0.17 (15th five-year plan) by default.")  # fmt: skip
@click.option("--members", type=click.IntRange(1), default=500, show_default=True)
@click.option("--seed", type=int, default=20240401, show_default=True)
@click.option("--format", "form", type=FORMS, default="table", show_default=True)
def budget_command(park: str, rule: str, period: str, cut: float | None, members: int, seed: int, form: str) -> None:
    """Set a carbon budget for PARK over a plan period, and give the probability of overrunning it by year.

    A new year of data in the table counts as emitted.
    """
    # Deferred: pandas takes a second to load, which --help should not wait for.
    from pathway_models.compliance import sentences, tables
    from pathway_models.compliance.carbon_costs import CUT, NATIONAL, carbon_budget, holds_in
    from pathway_models.core.units import HOME
    from pathway_models.intake.parks import read_park

    first, dash, last = period.partition("-")
    if not (dash and first.isdecimal() and last.isdecimal()):
        raise click.BadParameter(f"{period!r}: expected years such as 2026-2030", param_hint="--period")
    given = read_park(park)
    if cut is None and not holds_in(given.country, rule):
        _end(sentences.elsewhere(given, NATIONAL[rule], HOME, lang=cli_language.language()))
    pathways, _ = _projected(given, members, seed)
    found = carbon_budget(pathways, rule, first=int(first), last=int(last), cut=CUT if cut is None else cut)
    if form == "table":
        click.echo(screen.on_screen(sentences.budget_sentence(found, lang=cli_language.language())))
    _tell(tables.budget(found, lang=cli_language.language()) if form == "table" else tables.budget_rows(found), form)


def _benchmarks(context: click.Context, parameter: click.Parameter, texts: tuple[str, ...]) -> dict[int, float]:
    """Read ``2025=0.85`` as a benchmark from a year on."""
    found = [re.fullmatch(r"(\d{4})=(\d+(?:\.\d+)?)", text) for text in texts]
    if not all(found):
        wrong = ", ".join(map(repr, texts))
        raise click.BadParameter(f"{wrong}: expected a year and tCO2 a tonne such as 2025=0.85")
    return {int(one[1]): float(one[2]) for one in found if one}


@click.command("carboncost")
@click.argument("park", type=common_options.PARK)
@common_options.data_option
@common_options.as_of_option
@click.option("--benchmark", multiple=True, callback=_benchmarks, metavar="YEAR=TONNES",
              help="tCO2 a tonne of product allocated free from this year on; may be repeated.")  # fmt: skip
@click.option("--exported", type=click.FloatRange(0), default=0.0, metavar="TONNES", help="Sold to the EU a year.")
@click.option("--free", type=click.FloatRange(0), default=0.0, metavar="TONNES",
              help="tCO2 a tonne that European makers still get free.")  # fmt: skip
@click.option("--default-values", is_flag=True, help="Default values are declared, with their mark-up.")
@click.option("--members", type=click.IntRange(1), default=500, show_default=True)
@click.option("--seed", type=int, default=20240401, show_default=True)
@click.option("--format", "form", type=FORMS, default="table", show_default=True)
def carboncost_command(
    park: str, benchmark: dict[int, float], exported: float, free: float, default_values: bool, members: int, seed: int,
    form: str,
) -> None:  # fmt: skip
    """Price the allowances PARK must buy, and the EU border adjustment of what it exports, year by year.

    Exit code 1 where a cost cannot be said, 2 for a wrong call.
    """
    # Deferred: pandas takes a second to load, which --help should not wait for.
    from pathway_models.compliance import tables
    from pathway_models.compliance.carbon_costs import carbon_costs
    from pathway_models.engine.sampling import sample
    from pathway_models.intake import library, parks

    given, scenarios, lang = parks.read_park(park), library.read_scenarios(), cli_language.language()
    draws = sample(given, scenarios, members=members, seed=seed)
    priced, reasons = carbon_costs(
        given, scenarios.values(), draws, benchmark=benchmark, exported=exported, free_benchmark=free,
        default_values=default_values,
    )  # fmt: skip
    if priced:
        rows = tables.carbon_cost_rows(given.park_id, priced, list(scenarios))
        _tell(tables.carbon_costs(rows, lang=lang) if form == "table" else rows, form)
    for kind, why in reasons.items():
        name = tables.COST_WORDS[kind][lang == "zh"]
        click.echo(say(lang, en=f"{name}: {why.en}", zh=f"{name}：{why.zh}"), err=True)
    sys.exit(1 if reasons else 0)
