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
from pathway_models.presenting.tables.summary import (
    CONTRACT,
    csv_text,
    read_summary,
    summarise_parks,
    summary_rows,
    year_number,
)

__all__ = [
    "CONTRACT",
    "compare",
    "csv_text",
    "decomposition",
    "factors",
    "inventory",
    "levers",
    "peaks",
    "read_summary",
    "statuses",
    "summarise_parks",
    "summary_rows",
    "year_number",
]
