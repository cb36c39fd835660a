"""Tables for people (`display`) and the summary for scripts (`summary`)."""

from typing import Any

from pathway_models.core.lazy import look_up

_HOME = {
    "CONTRACT": "runs.tables",
    "chances": "pathways.tables",
    "compare": "pathways.tables",
    "decomposition": "pathways.tables",
    "factors": "pathways.tables",
    "gap_rows": "gaps.tables",
    "gaps": "gaps.tables",
    "inventory": "pathways.tables",
    "levers": "pathways.tables",
    "overrides": "pathways.tables",
    "parks": "fleet.summary",
    "peaks": "pathways.tables",
    "projects": "pathways.tables",
    "read_summary": "runs.tables",
    "readings": "pathways.tables",
    "report_card": "hindcast.matching",
    "statuses": "pathways.tables",
    "summarise_parks": "fleet.totals",
    "summary_rows": "fleet.summary",
    "typed": "runs.tables",
    "year_number": "fleet.summary",
}
__all__ = list(_HOME)


def __getattr__(name: str) -> Any:
    return look_up(__name__, _HOME, name)


def __dir__() -> list[str]:
    return __all__
