"""Tables of the law in levels that are stored and printed: league, events, their reliability, real sums."""

from collections.abc import Callable

import pandas as pd

from pathway_models.hindcast.event_scores import event_reliability, event_table, events
from pathway_models.hindcast.league import SEED, league
from pathway_models.hindcast.level_fits import VERSION
from pathway_models.hindcast.sums import sums

#: Names of the tables, as files are named.
LEVEL_TABLES = ("league", "events", "event_reliability", "sums")


def measure_levels(
    seed: int = SEED, told: Callable[[str, pd.DataFrame], None] = lambda title, table: None
) -> dict[str, pd.DataFrame]:
    """Make every table of the law in levels.

    Parameters
    ----------
    seed : int
        Deals entities into folds and draws members and sets.
    told : callable
        Called with the title and the table of each part as it is done, the figures at one, three and five years first.

    Returns
    -------
    dict of DataFrame
        Keys in `LEVEL_TABLES`; ``version`` is that of the law.
    """
    parts: dict[str, list[pd.DataFrame]] = {name: [] for name in LEVEL_TABLES}
    for name, make in league(seed):
        parts["league"].append(make())
        told(name, parts["league"][-1])
    for name, make in sums(seed):
        parts["sums"].append(make())
        told(f"sums, {name}", mean_sums(parts["sums"][-1]))
    for name, forecast in events(seed):
        found = forecast()
        parts["events"].append(event_table(found, seed))
        parts["event_reliability"].append(event_reliability(found))
        told(f"event, {name}", parts["events"][-1])
    tables = {name: pd.concat(found, ignore_index=True) for name, found in parts.items()}
    for table in tables.values():
        table.insert(0, "version", VERSION)
    return tables


def mean_sums(table: pd.DataFrame) -> pd.DataFrame:
    """Average the coverage of sums over origins: a row a panel and horizon."""
    held = ["coverage_90", "independent_90", "half_width_90", "independent_half_width"]
    grouped = table.groupby(["panel", "size", "horizon"], sort=False)
    return grouped[held].mean().assign(origins=grouped["origin"].nunique()).reset_index()
