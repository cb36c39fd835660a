"""Where each value of a park stands in its table, so that a result can be followed back to a line or a cell."""

from __future__ import annotations

from collections.abc import Iterable

from pathway_models.intake.rows import Row


def cell_provenance(rows: Iterable[Row]) -> dict[tuple[str, str, str], dict[int, str]]:
    """Places by what they state: (quantity, sector, item) to year to place.

    Rows without a place, such as a factor set's own value between measured ones, have none.
    """
    places: dict[tuple[str, str, str], dict[int, str]] = {}
    for row in rows:
        if row.place:
            places.setdefault((row.quantity, row.sector, row.item), {})[row.year] = row.place
    return places
