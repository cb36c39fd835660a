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
from pathway_models.presenting.tables.gaps import gap_rows, gaps
from pathway_models.presenting.tables.plans import chances, overrides, projects
from pathway_models.presenting.tables.report_card import report_card
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
    "chances",
    "compare",
    "decomposition",
    "factors",
    "gap_rows",
    "gaps",
    "inventory",
    "levers",
    "overrides",
    "parks",
    "peaks",
    "projects",
    "read_summary",
    "report_card",
    "statuses",
    "summarise_parks",
    "summary_rows",
    "typed",
    "year_number",
]
