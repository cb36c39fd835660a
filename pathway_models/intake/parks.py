"""From a park table and its description to a checked `Park`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pathway_models.foundations.errors import Fault, InputError
from pathway_models.intake.assembly import assemble
from pathway_models.intake.description import Description
from pathway_models.intake.examination import examine_workbook
from pathway_models.intake.paths import data_folder, fingerprint
from pathway_models.intake.places import places_of
from pathway_models.intake.register import find_table
from pathway_models.intake.rows import Row, read_rows
from pathway_models.intake.yaml_files import validated
from pathway_models.records.park import Park

#: Choices of a description that the assembling of a table checks.
CHOICES = ("factor_set", "grid_factor")


def table_of(park: str | Path) -> Path:
    """Path of a park's table, from its id in the register or from the path itself.

    Raises
    ------
    InputError
        The id is unknown, or the park has no data yet.
    """
    is_path = Path(park).suffix.lower() in (".csv", ".xlsx")
    return Path(park) if is_path else data_folder() / find_table(str(park))


def read_park(park: str | Path) -> Park:
    """Read a park by its id in the register, or from a table of one's own.

    Parameters
    ----------
    park : str or Path
        ``"region-d"``; or the path of a ``.csv`` table with a ``.yml`` description of the same name
        beside it; or the path of a filled ``.xlsx`` workbook.

    Returns
    -------
    Park

    Raises
    ------
    InputError
        Every fault of both files: file, line, value, what was expected, what to do.

    Examples
    --------
    >>> read_park("region-d").sectors
    ('agriculture', 'industry', 'transport', 'buildings', 'residents')
    """
    table = table_of(park)
    if table.suffix.lower() == ".xlsx":
        examination = examine_workbook(table)
        if examination.park is None:
            raise InputError(examination.of("error"))
        return examination.park
    description, rows, faults = _both_files(table)
    described = table.with_suffix(".yml").name
    if description.park_id != table.stem:
        remedy = "give the table, its description and the id the same name"
        faults.append(Fault(described, "park_id", description.park_id, table.stem, remedy, code="park_id"))
    fields, more = assemble(table.name, description.activity, description.factor_set, description.grid_factor, rows)
    # Choices stand in the description, whichever file showed that they cannot hold.
    faults += [replace(fault, file=described) if fault.place in CHOICES else fault for fault in more]
    if faults:
        raise InputError(faults)
    return Park(
        **description.model_dump(exclude={"activity", "source", "notes"}),
        **fields,
        source="; ".join(description.source),
        notes=tuple(description.notes),
        files=(fingerprint(table), fingerprint(table.with_suffix(".yml"))),
        origins=places_of(rows),
    )


def _both_files(table: Path) -> tuple[Description, list[Row], list[Fault]]:
    """Read description and table; where either cannot be used, the faults of both are told."""
    faults: list[Fault] = []
    description, rows = None, None
    try:
        description, _ = validated(table.with_suffix(".yml"), Description)
    except InputError as error:
        faults.extend(error.faults)
    try:
        rows, more = read_rows(table)
        faults.extend(more)
    except InputError as error:
        faults.extend(error.faults)
    if description is None or rows is None:
        raise InputError(faults)
    return description, rows, faults
