"""From quality grades to the spread of what was measured: how far the observed use of each group may be off."""

from __future__ import annotations

from typing import Any

import numpy as np

from pathway_models.intake.bounds import read_plausible
from pathway_models.intake.factors import read_carriers
from pathway_models.intake.statements import Statements


def activity_errors(statements: Statements, fields: dict[str, Any]) -> dict[str, float]:
    """Standard deviation of the log of a group's activity data, from the grades of its values.

    Parameters
    ----------
    statements : Statements
    fields : dict
        Array fields of the park, as `assemble` returns them.

    Returns
    -------
    dict group -> float
        Groups of carriers, and ``process``.  It stands beside the factor error of the group; independent of it,
        the two join to ``sqrt(factor_error**2 + activity_error**2)``.

    Notes
    -----
    ``sd(group) = sum_i w_i sd(grade_i)`` with ``w`` the share of a value in the group's emissions.
    ASSUME: errors inside a group go the same way (one meter reading practice, one statistician), so shares add
    up and nothing averages out.
    """
    grades, library = read_plausible().grades, read_carriers()
    weighted: dict[str, list[tuple[float, float]]] = {}
    first = int(fields["years"][0])
    for s in statements.all.values():
        quantity, item = s.entry.quantity, s.entry.item
        is_used = s.owner in fields["sectors"] and s.role != "enterprise" and s.year in fields["years"]
        if not is_used or quantity not in ("energy", "product"):
            continue
        at = s.year - first
        if quantity == "energy":
            where = fields["sectors"].index(s.owner), fields["carriers"].index(item), at
            emitted, group = float(fields["energy"][where] * fields["factors"][where]), library[item].group
        else:
            owner = fields["sectors"].index(s.owner)
            j = next(j for j, p in enumerate(fields["processes"]) if (p.name, p.sector) == (item, owner))
            emitted, group = float(fields["outputs"][j, at] * fields["process_factors"][j, at]), "process"
        weighted.setdefault(group, []).append((emitted, grades[s.grade or "ungraded"]))
    return {
        group: float(np.average([sd for _, sd in parts], weights=[emitted for emitted, _ in parts]))
        for group, parts in weighted.items()
        if any(emitted > 0 for emitted, _ in parts)
    }
