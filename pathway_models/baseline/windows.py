"""Rolling origins: every record of a panel with its outcomes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pathway_models.intake.panels import Panel
from pathway_models.kernels import Floats
from pathway_models.records import Windows


@dataclass(frozen=True)
class Subject:
    """Quantity of a panel to forecast, or its ratio to another one.

    Parameters
    ----------
    panel : Panel
    quantity : str
    per : str, optional
        Column the quantity is divided by (an intensity).
    """

    panel: Panel
    quantity: str = "emissions_tco2"
    per: str | None = None

    def windows(self, record: int, horizon: int, covariates: Sequence[str] = (), *, closures: bool = False) -> Windows:
        """Cut every record of a length, with its outcomes; covariates that the panel lacks are all NaN.

        With ``closures`` a year without emissions is an outcome too, of minus infinity, which fits leave out.
        """
        logs, panel = self.panel.logs(self.quantity, self.per), self.panel
        if closures:
            logs = np.where(panel.values[self.quantity] == 0, -np.inf, logs)
        others = {
            name: panel.logs(name) if name in panel.values else np.full(logs.shape, np.nan) for name in covariates
        }
        return rolling_origins(logs, panel.years, record, horizon, others)

    def groups_of(self, windows: Windows) -> NDArray[np.str_]:
        """Look up the region of every window."""
        return np.array(self.panel.groups)[windows.entity]


def rolling_origins(
    logs: Floats, years: NDArray[np.int_], record: int, horizon: int, covariates: Mapping[str, Floats] | None = None
) -> Windows:
    """Cut every complete record out of a panel, with at least one later year known.

    Parameters
    ----------
    logs : (entity, year) float
        NaN where missing.
    years : (year,) int
        Consecutive years.
    record : int
        Years of a record, at least 3.
    horizon : int
        Years after it.
    covariates : mapping column -> (entity, year) float, optional
        Logs of other quantities, cut along with the records.

    Returns
    -------
    Windows
        Ordered by origin, then entity.
    """

    def views(array: Floats) -> Floats:
        ahead = np.full((array.shape[0], array.shape[1] + horizon), np.nan)
        ahead[:, : array.shape[1]] = array
        return np.lib.stride_tricks.sliding_window_view(ahead, record + horizon, axis=1).transpose(1, 0, 2)

    history, later = np.split(views(logs), [record], axis=-1)
    usable = np.isfinite(history).all(axis=-1) & ~np.isnan(later).all(axis=-1)
    start, entity = np.nonzero(usable)
    history = history[usable]
    others = {name: views(array)[..., :record][usable] for name, array in (covariates or {}).items()}
    return Windows(entity, years[start + record - 1], history, later[usable] - history[:, -1:], others)


def latest_runs(panel: Panel, quantity: str = "emissions_tco2") -> dict[str, dict[int, float]]:
    """Find the last unbroken run of years of every entity, as `peaks.judging` takes series.

    Parameters
    ----------
    panel : Panel
    quantity : str
        Column of the panel.

    Returns
    -------
    dict
        entity -> {year: value}; entities without a value are left out.
    """
    found = {}
    for entity, values in zip(panel.entities, panel.values[quantity], strict=True):
        known = np.flatnonzero(np.isfinite(values))
        if known.size:
            run = np.split(known, np.flatnonzero(np.diff(known) > 1) + 1)[-1]
            found[entity] = {int(panel.years[at]): float(values[at]) for at in run}
    return found
