"""Provincial CO2 to the last year with activity, by member."""

from collections.abc import Sequence

import numpy as np

from pathway_models.core.errors import PathwayError
from pathway_models.engine.bridging import region_members
from pathway_models.intake.fitted import read_activity, read_nowcast
from pathway_models.records.nowcast import RegionalEnsemble

#: Members and seed of every command.
MEMBERS, SEED = 1000, 20240401


def nowcast(regions: Sequence[str] = (), *, members: int = MEMBERS, seed: int = SEED) -> RegionalEnsemble:
    """Estimate the CO2 of China's provinces after the last inventory, by member.

    Parameters
    ----------
    regions : sequence of str
        Names as in the inventory (``Hebei``) or in Chinese (``河北``); all by default. Members do not depend on it.
    members : int
    seed : int
        The members are those that `sample` gives parks with this seed.

    Returns
    -------
    RegionalEnsemble
        tCO2/yr from 2005 on: observed to 2019, nowcast to 2024.

    Raises
    ------
    PathwayError
        A region is not known, or there is no member.

    Examples
    --------
    >>> import pathway_models as pw
    >>> pw.nowcast(["Hebei"], members=8).emissions.shape
    (1, 8, 20)
    """
    if members < 1:
        raise PathwayError(f"members = {members}: expected at least 1")
    fit, account = read_nowcast(), read_activity()
    rows = _rows(regions, fit.regions, fit.names)
    after = fit.observed[rows, -1, None, None] * np.exp(region_members(fit, seed, members)[rows])
    before = np.broadcast_to(fit.observed[rows, None], (len(rows), members, fit.observed_years.size))
    years = np.concatenate([fit.observed_years, fit.years])
    return RegionalEnsemble(
        regions=tuple(fit.regions[row] for row in rows),
        names=tuple(fit.names[row] for row in rows),
        years=years,
        last_observed=fit.last_observed,
        emissions=np.concatenate([before, after], axis=-1),
        nation=account.nation[account.at(int(years[0])) : account.at(int(years[-1])) + 1],
        nation_error=np.concatenate([np.zeros(fit.observed_years.size), fit.nation_error]),
        seed=seed,
        version=fit.version,
    )


def _rows(asked: Sequence[str], regions: Sequence[str], names: Sequence[str]) -> list[int]:
    """Find the rows of the regions asked for; every unknown one is named."""
    places = {**{name: at for at, name in enumerate(names)}, **{name: at for at, name in enumerate(regions)}}
    unknown = [name for name in asked if name not in places]
    if unknown:
        raise PathwayError(f"no nowcast of {', '.join(unknown)}; there are {', '.join(regions)}")
    return [places[name] for name in dict.fromkeys(asked)] or list(range(len(regions)))
