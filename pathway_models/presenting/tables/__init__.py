"""Tables for people (`display`) and the summary for scripts (`summary`)."""

from pathway_models.presenting.tables.display import (
    compare,
    decomposition,
    factors,
    inventory,
    levers,
    peaks,
    statuses,
)
from pathway_models.presenting.tables.fleet import parks
from pathway_models.presenting.tables.summary import (
    CONTRACT,
    read_summary,
    summarise_parks,
    summary_rows,
    typed,
    year_number,
)

__all__ = [
    "CONTRACT",
    "compare",
    "decomposition",
    "factors",
    "inventory",
    "levers",
    "parks",
    "peaks",
    "read_summary",
    "statuses",
    "summarise_parks",
    "summary_rows",
    "typed",
    "year_number",
]
