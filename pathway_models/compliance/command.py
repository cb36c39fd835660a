"""``pathways comply`` and ``pathways account``: indicator systems and accounts of a park's observed years."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from pathway_models.console.cli_language import language, mistake_text
from pathway_models.console.own_parks import PARK, data_option
from pathway_models.console.progress import working
from pathway_models.console.tables import on_screen, screen_lines
from pathway_models.core.errors import InputError
from pathway_models.language.words import say

if TYPE_CHECKING:
    import pandas as pd

    from pathway_models.compliance.records import Compliance
    from pathway_models.records.accounts import Profile

FORMS = click.Choice(["table", "csv", "json"])


@click.command("comply")
@click.argument("park", type=PARK)
@data_option
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
    from pathway_models.compliance.judging import comply
    from pathway_models.compliance.tables import compliance_frame
    from pathway_models.intake.parks import read_park
    from pathway_models.intake.rules.profiles import read_profile

    try:
        rules = read_profile(profile)
    except InputError as error:
        click.echo(mistake_text(error), err=True)
        sys.exit(2)
    if ahead:
        with working(1, say(language(), en="projecting the park", zh="推演园区排放路径")):
            found = _ahead(park, rules, members, seed)
        _tell(found, form)
        return
    found = comply(read_park(park), rules, year=year, accept=("background",) if allow_background else ())
    if form == "table":
        for line in _lines(found, language()):
            click.echo(on_screen(line))
    else:
        click.echo(_written(compliance_frame(found, lang=language()), form), nl=form == "json")
    sys.exit(0 if found.is_judged else 1)


def _ahead(park_id: str, profile: Profile, members: int, seed: int) -> pd.DataFrame:
    """Compute the probability of the core indicator under every shipped scenario."""
    from pathway_models.compliance.projected import core_ahead
    from pathway_models.compliance.tables import ahead
    from pathway_models.engine.projecting import project
    from pathway_models.engine.sampling import sample
    from pathway_models.intake.library import read_scenarios
    from pathway_models.intake.parks import read_park

    park, scenarios = read_park(park_id), read_scenarios()
    draws = sample(park, scenarios, members=members, seed=seed)
    return ahead(core_ahead(park, project(park, scenarios, draws), draws, profile), lang=language())


def _tell(table: pd.DataFrame, form: str) -> None:
    shown = table.reset_index()
    if form != "table":
        click.echo(_written(shown, form), nl=form == "json")
        return
    for line in screen_lines([list(shown.columns), *shown.to_numpy().tolist()]):
        click.echo(line)


def _written(table: pd.DataFrame, form: str) -> str:
    from pathway_models.core.sheet_text import sheet_table

    if form == "csv":
        return sheet_table(table).to_csv(index=False, lineterminator="\n")
    return table.to_json(orient="records", force_ascii=False, indent=1)


def _lines(found: Compliance, lang: str) -> list[str]:
    from pathway_models.compliance.sentences import verdict_sentence
    from pathway_models.compliance.tables import compliance

    table = compliance(found, lang=lang).reset_index()
    lines = [verdict_sentence(found, lang=lang), "", *screen_lines([list(table.columns), *table.to_numpy().tolist()])]
    missing = {one.place: one for judgement in found.judgements for one in judgement.missing}
    if missing:
        lines += ["", say(lang, en="Missing:", zh="缺少的输入：")]
        lines += [f"  {one.zh if lang == 'zh' else one.en}: {one.place}" for one in missing.values()]
    if readings := [one.name.told(lang) for one in found.profile.readings if len(found.profile.readings) > 1]:
        told = " / ".join(readings)
        lines += ["", say(lang, en=f"Two values: electricity at {told}.", zh=f"两个数值对应电力折标系数：{told}。")]
    return lines


@click.command("account")
@click.argument("park", type=PARK)
@data_option
@click.option("--account", "names", multiple=True, metavar="ID|FILE.yml", help="May be repeated; all by default.")
@click.option("--bridge", "ends", nargs=2, metavar="FROM TO", help="The way between two accounts, row by row.")
@click.option("--format", "form", type=FORMS, default="table", show_default=True)
def account_command(park: str, names: tuple[str, ...], ends: tuple[str, str] | None, form: str) -> None:
    """Read PARK's ledger by several accounts, or show the bridge between two of them.

    Accounts say which rows count at which factor; see docs/accounts.md.
    """
    # Deferred: pandas takes a second to load, which --help should not wait for.
    from pathway_models.compliance import tables
    from pathway_models.compliance.sentences import account_notes
    from pathway_models.intake.parks import read_park
    from pathway_models.intake.rules.profiles import account_ids, read_account
    from pathway_models.inventory.accounts import bridge_accounts, take_account

    given, lang = read_park(park), language()
    try:
        rules = [read_account(name) for name in (ends or names or account_ids())]
    except InputError as error:
        click.echo(mistake_text(error), err=True)
        sys.exit(2)
    found = [take_account(given, one) for one in rules]
    if ends:
        table = tables.bridge(bridge_accounts(given, *rules), lang=lang)
    else:
        table = tables.accounts([one for one in found if one.applies] or found, lang=lang)
    _tell(table, form)
    if form == "table":
        for line in account_notes(found, lang=lang):
            click.echo(on_screen(line))


@click.command("budget")
@click.argument("park", type=PARK)
@data_option
@click.option("--rule", type=click.Choice(["intensity", "hold", "neutral"]), default="intensity", show_default=True,
              help="What the budget follows from.")  # fmt: skip
@click.option("--period", default="2026-2030", show_default=True, metavar="FIRST-LAST", help="Plan period.")
@click.option("--cut", type=click.FloatRange(0, 1, max_open=True), default=0.17, show_default=True,
              help="Cut of CO2 per value added over the period.")  # fmt: skip
@click.option("--members", type=click.IntRange(1), default=500, show_default=True)
@click.option("--seed", type=int, default=20240401, show_default=True)
@click.option("--format", "form", type=FORMS, default="table", show_default=True)
def budget_command(park: str, rule: str, period: str, cut: float, members: int, seed: int, form: str) -> None:
    """Set a carbon budget for PARK over a plan period, and give the probability of overrunning it by year.

    A new year of data in the table counts as emitted.
    """
    # Deferred: pandas takes a second to load, which --help should not wait for.
    from pathway_models.compliance.budgets import carbon_budget
    from pathway_models.compliance.sentences import budget_sentence
    from pathway_models.compliance.tables import budget
    from pathway_models.engine.projecting import project
    from pathway_models.engine.sampling import sample
    from pathway_models.intake.library import read_scenarios
    from pathway_models.intake.parks import read_park

    first, dash, last = period.partition("-")
    if not (dash and first.isdecimal() and last.isdecimal()):
        raise click.BadParameter(f"{period!r}: expected years such as 2026-2030", param_hint="--period")
    given, scenarios = read_park(park), read_scenarios()
    with working(1, say(language(), en="projecting the park", zh="推演园区排放路径")):
        pathways = project(given, scenarios, sample(given, scenarios, members=members, seed=seed))
        found = carbon_budget(pathways, rule, first=int(first), last=int(last), cut=cut)
    if form == "table":
        click.echo(on_screen(budget_sentence(found, lang=language())))
    _tell(budget(found, lang=language()), form)
