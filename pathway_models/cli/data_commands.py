"""``pathways check``, ``list`` and ``template``: faults of a table at once, the register, the empty workbook."""

import io
import re
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pathway_models.console import cli_language, common_options, screen
from pathway_models.core import errors, files
from pathway_models.language import INVENTED, say, word

if TYPE_CHECKING:
    from pathway_models.records import Park


@click.command("check")
@click.argument("tables", nargs=-1, required=True, type=common_options.PARK, metavar="FILE|PARK...")
@common_options.data_option
@click.option("--annotate", type=click.Path(path_type=Path, dir_okay=False), metavar="OUT.xlsx", help="Marked copy.")
@click.option(
    "--ledger", type=click.Path(path_type=Path, dir_okay=False), metavar="OUT.csv", help="Every tonne's cell."
)
@click.option(
    "--layout",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    metavar="LAYOUT.yml",
    help="Layout file of a workbook arranged in a way of its own.",
)
@click.option("--quiet", is_flag=True, help="Faults only, no inventory.")
def check_command(
    tables: tuple[str, ...], annotate: Path | None, ledger: Path | None, layout: Path | None, quiet: bool
) -> None:
    """Check parks' tables: workbooks, CSV files, or ids of the register; exit code 1 where any has an error.

    Errors must be mended, warnings looked at; notes say how a cell was read.
    """
    if (annotate or ledger) and len(tables) > 1:
        raise click.UsageError("--annotate and --ledger take one table at a time")
    if annotate and not tables[0].lower().endswith(".xlsx"):
        raise click.UsageError("--annotate marks a workbook; give an .xlsx")
    sound = [_check(table, annotate, ledger, layout, quiet) for table in tables]
    if not quiet:
        fit = [table for table, is_sound in zip(tables, sound, strict=True) if is_sound]
        if fit:
            click.echo(say(cli_language.language(), en="now run: ", zh="下一步：") + f"pathways run {shlex.join(fit)}")
        if len(fit) < len(tables):
            click.echo(
                say(
                    cli_language.language(),
                    en="mend the errors, then check again; --annotate OUT.xlsx marks them in a copy of a workbook",
                    zh="请更正错误后再次检查；--annotate OUT.xlsx可在工作簿副本中标出错误",
                )
            )
    sys.exit(0 if all(sound) else 1)


def _check(table: str, annotate: Path | None, ledger: Path | None, layout: Path | None, quiet: bool) -> bool:
    park, faults = _examined(table, layout)
    click.echo(f"{table}: {screen.counts(faults, cli_language.language())}")
    for line in screen.fault_lines(faults, lang=cli_language.language(), table=Path(table).name):
        click.echo(line)
    try:
        if annotate:
            from pathway_models.intake.workbook.book import write_annotated

            marked = say(cli_language.language(), en="marked copy", zh="标注副本")
            click.echo(f"{marked}: {write_annotated(Path(table), faults, annotate)}")
        if park is not None and ledger:
            click.echo(f"{say(cli_language.language(), en='ledger', zh='台账')}: {_write_ledger(park, ledger)}")
    except errors.InputError as error:
        click.echo(cli_language.mistake_text(error), err=True)
        return False
    if park is not None and not quiet:
        for line in _inventory_lines(park):
            click.echo(line)
    return park is not None


def _examined(table: str, layout: Path | None) -> "tuple[Park | None, tuple[errors.Fault, ...]]":
    """Read a park; return it, or None, with the faults of its table."""
    from pathway_models.intake.parks import examine_park

    try:
        examination = examine_park(table, layout=layout)
    except errors.InputError as error:
        return None, error.faults
    return examination.park, examination.faults


def _inventory_lines(park: "Park") -> list[str]:
    """Summarise the inventory: totals by year, and the choices behind them."""
    from pathway_models.intake.naming import factor_name, heat_origin, in_one_language
    from pathway_models.inventory.accounts import take_inventory, totals_beside

    inventory, lang = take_inventory(park), cli_language.language()
    made_up = say(lang, en=" (INVENTED data)", zh="（虚构数据）") if park.invented else ""
    choices = say(lang, en="factor set {}, grid factor: {}", zh="因子组{}，电网因子：{}")
    if not park.factor_set:
        choices = say(lang, en="emissions as the table has them, no factors", zh="排放取自数据表，未用因子")
    colon = say(lang, en=": ", zh="：")
    lines = [
        screen.on_screen(
            f"{park.park_id}{made_up}{colon}{choices.format(park.factor_set, factor_name(park.grid_factor, lang))}"
        )
    ]
    if heat := heat_origin(park, lang):
        lines.append(f"  {heat}")
    unit = say(lang, en="tCO2/yr", zh="tCO2/年")
    rows = {
        say(lang, en="scope 1", zh="范围一"): inventory.scope(1),
        say(lang, en="scope 2, as reported", zh="范围二（填报口径）"): inventory.scope(2),
        word("total_reported", lang): inventory.total(),
        **{word(f"total_{name}", lang): total for name, total in totals_beside(park).items()},
        say(lang, en="power, by place", zh="电力（基于位置）"): inventory.location_based,
        say(lang, en="sinks (beside)", zh="碳汇（另列）"): inventory.sinks,
    }
    if not park.has_energy:  # purchases are unknown, not zero
        rows = dict(list(rows.items())[:1])
    # Tonnes; their tenths only where a park is small enough for them to be read.
    places = int(max(values.max() for values in rows.values()) < 1000)
    cells = [(name, *(f"{value:,.{places}f}" for value in values)) for name, values in rows.items()]
    lines += screen.screen_lines([(unit, *inventory.years), *cells], indent=2)
    if park.is_undivided:
        from pathway_models import sentences
        from pathway_models.intake.library import read_levers

        # Missing detail is reported here, not when a lever turns out to have no effect.
        idle = sentences.cannot_act_here(park, read_levers().values(), lang=lang)
        lines += [f"  {line}" for line in (idle, in_one_language(park.licence, lang)) if line]
    return lines


def _write_ledger(park: "Park", path: Path) -> Path:
    """Write every tonne with its cell and its factor."""
    from pathway_models.inventory.accounts import LEDGER_COLUMNS, ledger_rows

    with errors.writing(path):
        there = path.exists()
    if path.suffix.lower() != ".csv" or not path.parent.is_dir() or there:
        fault = errors.Fault(
            path.name, "file", "", "a new .csv in an existing folder", "choose another name", code="ledger_name"
        )
        raise errors.InputError([fault])
    text = io.StringIO(newline="")
    files.SheetWriter(text, LEDGER_COLUMNS, "\r\n").rows(ledger_rows(park))
    with errors.writing(path):
        return files.write_whole(path, text.getvalue().encode("utf-8-sig"))


#: Without a table, invented, with a table: English and Chinese.
STATES = (("no data yet", INVENTED, "data"), ("暂无数据", INVENTED, "有数据"))
#: ``--data`` without a folder.
OF_REGISTER = ""


@click.command("list")
@click.option("--data", is_flag=False, flag_value=OF_REGISTER, metavar="[FOLDER]",
              help="Only parks with a table; of a folder of your own where one is given.")  # fmt: skip
@click.option("--all", "everything", is_flag=True, help="All parks of the register (default).")
def list_command(data: str | None, everything: bool) -> None:
    """List every park and region of the register, with and without data."""
    if data:
        _list_folder(Path(data))
        return
    from pathway_models.intake.register import read_register

    only_data = data == OF_REGISTER and not everything
    entries = [entry for entry in read_register() if entry.has_data or not only_data]
    lang = cli_language.language()
    nothing, made_up, with_table = say(lang, en=STATES[0], zh=STATES[1])
    kinds = say(lang, en={}, zh={"park": "园区", "region": "区域"})
    rows = [say(lang, en=("id", "kind", "data", "name"), zh=("代号", "类别", "数据", "名称"))]
    for entry in entries:
        state = nothing if not entry.has_data else made_up if entry.invented else with_table
        name = say(lang, en=entry.name_en, zh=entry.name_zh)
        rows.append((entry.park_id, kinds.get(entry.kind, entry.kind), state, name))
    for line in screen.screen_lines(rows):
        click.echo(line)
    with_data = sum(entry.has_data for entry in entries)
    said = say(lang, en="{} entries, {} with data", zh="共{}个，其中{}个有数据")
    click.echo(said.format(len(entries), with_data))


def _list_folder(folder: Path) -> None:
    """Print the ids and paths of the park tables of a folder."""
    found = common_options.tables_of(folder)
    width = max(map(len, found))
    for park, table in found.items():
        click.echo(f"{park:<{width}}  {table}")
    click.echo(say(cli_language.language(), en=f"tables: {len(found)}", zh=f"数据表：{len(found)}"))


#: Most year sheets of a template.
MOST_YEARS = 30


def years_of(context: click.Context, parameter: click.Parameter, text: str) -> range:
    """Read ``2016-2020`` or ``2020``."""
    found = re.fullmatch(r"(\d{4})(?:-(\d{4}))?", text)
    first, last = (int(found[1]), int(found[2] or found[1])) if found else (1, 0)
    if not (found and 1990 <= first <= last <= 2060 and last - first < MOST_YEARS):
        raise click.BadParameter(f"{text!r}: expected years such as 2016-2020, first before last, at most {MOST_YEARS}")
    return range(first, last + 1)


@click.command("template")
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False), metavar="OUT.xlsx")
@click.option("--years", default="2021-2025", show_default=True, callback=years_of, help="One sheet each.")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@click.option("--for", "purpose", default="special-report", show_default=True, metavar="PURPOSE",
              help="Only what this needs: special-report (everything), zero-carbon, annual.")  # fmt: skip
@click.option("--filled", is_flag=True, help="The sample instead: filled by an invented park, 2016-2020 or 2021-2025.")
@click.option("--force", is_flag=True, help="Replace an existing file.")
def template_command(out: Path, years: range, lang: str, purpose: str, filled: bool, force: bool) -> None:
    """Write the empty workbook for a park to fill; then check it with 'pathways check'.

    It is a layout of this project, not the official Annex 1 of the notice, which is not public.
    """
    from pathway_models.intake.workbook.template import copy_sample, write_template

    try:
        if filled:
            copy_sample(out, years, lang, overwrite=force)
        else:
            write_template(out, years, lang, overwrite=force, purpose=purpose)
    except errors.InputError as error:
        click.echo(cli_language.mistake_text(error), err=True)
        sys.exit(1)
    click.echo(str(out))
