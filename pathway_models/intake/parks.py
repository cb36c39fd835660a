"""From a park table and its description, or a filled workbook, to a checked `Park`."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from pathway_models.core.errors import InputError
from pathway_models.intake.examination import Examination, examine_workbook
from pathway_models.intake.plans.reading import with_plans_beside
from pathway_models.intake.register import table_of
from pathway_models.intake.table.examination import examine_table
from pathway_models.intake.workbook.reading import read_workbook
from pathway_models.records.park import Park


def examine_park(park: str | Path, *, layout: Path | None = None, **choices: str) -> Examination:
    """Examine a park's table or workbook: errors, warnings and notes at once, and the park where there is no error.

    Parameters
    ----------
    park : str or Path
        Id of the register, ``.csv`` table or ``.xlsx`` workbook.
    layout : Path, optional
        Layout file of a workbook arranged in a way of its own.
    **choices : str
        ``factor_set``, ``grid_factor`` or ``chp_rule`` in place of the one the park chose.

    Raises
    ------
    InputError
        The files cannot be examined at all.
    """
    table = table_of(park)
    if table.suffix.lower() == ".xlsx":
        examination = examine_workbook(table, layout, **choices)
    else:
        examination = examine_table(table, **choices)
    if examination.park is None:
        return examination
    try:
        return replace(examination, park=with_plans_beside(examination.park, table))
    except InputError as error:
        return Examination(None, (*error.faults, *examination.faults))


def same_ids(parks: Iterable[str | Path]) -> dict[str, list[str]]:
    """Find parks that share an id: their results could not be told apart.

    Parameters
    ----------
    parks : iterable
        Ids of the register, ``.csv`` tables or ``.xlsx`` workbooks.

    Returns
    -------
    dict id -> list of str
        The parks of each id that stands twice or more.
    """
    names = [str(park) for park in parks]
    found: dict[str, list[str]] = {}
    for name in names if len(names) > 1 else ():
        for park_id in sorted(ids_of(name)):
            found.setdefault(park_id, []).append(name)
    return {park_id: of_id for park_id, of_id in found.items() if len(of_id) > 1}


def ids_of(park: str) -> set[str]:
    """Ids under which results of a park are kept: of its folder, and of its table where that may differ.

    Capitals make no difference, as in names of folders.
    """
    if not park.endswith((".csv", ".xlsx")):
        return {park.casefold()}
    # A table states the name of its file, a workbook what it likes.
    stated = _id_in(Path(park)) if park.endswith(".xlsx") else ""
    return {one.casefold() for one in (Path(park).stem, stated) if one}


def _id_in(workbook: Path) -> str:
    """Id that a workbook states; empty where it cannot be read, which is told when the park is."""
    try:
        filled = read_workbook(workbook)
    except InputError:
        return ""
    return filled.description.park_id if filled.description else ""


def read_park(park: str | Path, *, factor_set: str = "", grid_factor: str = "", chp_rule: str = "") -> Park:
    """Read a park by its id in the register, or from a table of one's own.

    Parameters
    ----------
    park : str or Path
        ``"region-d"``; or the path of a ``.csv`` table with a ``.yml`` description of the same name
        beside it; or the path of a filled ``.xlsx`` workbook.  Plans that lie beside it, ``<park_id>.projects.csv``
        and ``<park_id>.overrides.csv``, are put on the park, and its notes say so.
    factor_set, grid_factor, chp_rule : str, optional
        A choice in place of the park's own, to see what another one would change; the record says which.

    Returns
    -------
    Park

    Raises
    ------
    InputError
        Every fault of the files: file, line or cell, value, what was expected, what to do.

    Examples
    --------
    >>> read_park("region-d").sectors
    ('agriculture', 'industry', 'transport', 'buildings', 'residents')
    """
    given = {"factor_set": factor_set, "grid_factor": grid_factor, "chp_rule": chp_rule}
    examination = examine_park(park, **{name: choice for name, choice in given.items() if choice})
    if examination.park is None:
        raise InputError(examination.of("error"))
    return examination.park
