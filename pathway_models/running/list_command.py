"""``pathways list``: every park and region of the register."""

from __future__ import annotations

from pathlib import Path

import click

from pathway_models.presenting.words import say
from pathway_models.running.cli_language import language
from pathway_models.running.fault_table import padded
from pathway_models.running.own_parks import tables_of

#: Without a table, invented, with a table: English and Chinese.
STATES = (("no data yet", "INVENTED demonstration", "data"), ("暂无数据", "INVENTED / 虚构示范", "有数据"))
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
    width, lang = max(len(entry.park_id) for entry in entries), language()
    nothing, made_up, with_table = say(lang, en=STATES[0], zh=STATES[1])
    kinds = say(lang, en={}, zh={"park": "园区", "region": "区域"})
    for entry in entries:
        state = nothing if not entry.has_data else made_up if entry.invented else with_table
        kind = padded(kinds.get(entry.kind, entry.kind), 7)
        click.echo(f"{entry.park_id:<{width}}  {kind} {padded(state, 22)} {entry.name_en} {entry.name_zh}")
    with_data = sum(entry.has_data for entry in entries)
    said = say(lang, en="{} entries, {} with data", zh="共{}个，其中{}个有数据")
    click.echo(said.format(len(entries), with_data))


def _list_folder(folder: Path) -> None:
    """Print the ids and paths of the park tables of a folder."""
    found = tables_of(folder)
    width = max(map(len, found))
    for park, table in found.items():
        click.echo(f"{park:<{width}}  {table}")
    click.echo(say(language(), en=f"tables: {len(found)}", zh=f"数据表：{len(found)}"))
