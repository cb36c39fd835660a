"""Fit how grid factors of provinces depart from the nation's, and count the observed changes inside the band.

    python scripts/fit_grid.py

Prints the numbers of ``grid_futures`` in ``data/uncertainties.yml`` (docs/methods.md, section 2): maximum likelihood on
the yearly log changes 2021-2022 and 2022-2023 of 30 provinces less those of the nation, normal, with a standard
deviation of ``deviation x relative^-tilt``; relative is the factor over the nation's of the last year.  Two changes a
province cannot tell how long a departure lasts: ``persistence`` is assumed.
"""

from __future__ import annotations

import sys

import numpy as np
from _tables import places
from scipy.optimize import minimize

from pathway_models.intake.factors.spread import read_uncertainties
from pathway_models.intake.factors.tables import grid_choices, grid_factors

YEARS = (2021, 2022, 2023)
#: Half of a 90 % band in standard deviations.
HALF_BAND = 1.6449


def observed() -> tuple[list[str], np.ndarray, np.ndarray]:
    """Read the factors of provinces, (province, year), and of the nation, (year,), tCO2/MWh."""
    names = [name for name in grid_choices() if name.startswith("provincial:")]
    values = np.array([[grid_factors(name, "")[0].of(year).value for year in YEARS] for name in [*names, "national"]])
    return names, values[:-1], values[-1]


def fitted(factors: np.ndarray, nation: np.ndarray, persistence: float) -> tuple[float, float]:
    """Fit deviation and tilt.

    Parameters
    ----------
    factors : (province, year)
    nation : (year,)
    persistence : float
    """
    moved = np.diff(np.log(factors), axis=1) - np.diff(np.log(nation))
    shocks = np.stack([moved[:, 0], moved[:, 1] + (1.0 - persistence) * moved[:, 0]], axis=1)
    relative = (factors[:, 0] / nation[-1])[:, None]

    def loss(given: np.ndarray) -> float:
        spread = np.exp(given[0]) * relative ** -given[1]
        return float((np.log(spread) + shocks**2 / (2.0 * spread**2)).sum())

    found = minimize(loss, [-2.5, 0.5], method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-12}).x
    # The likelihood ignores that two parameters were fitted to these changes.
    return float(np.exp(found[0]) * np.sqrt(shocks.size / (shocks.size - found.size))), float(found[1])


def inside(factors: np.ndarray, nation: np.ndarray, deviation: float, tilt: float, persistence: float) -> np.ndarray:
    """Tell which changes 2021-2023 lie inside the 90 % band around the slow future from 2021 on: (province,) bool."""
    pace = read_uncertainties().grid_decline
    middle = 2.0 * np.log(1.0 - (pace.low + pace.mode + pace.high) / 3.0)
    spread = (pace.low**2 + pace.mode**2 + pace.high**2 - pace.low * pace.mode - pace.low * pace.high
              - pace.mode * pace.high) ** 0.5 / 18.0**0.5  # fmt: skip
    own = deviation * (factors[:, 0] / nation[-1]) ** -tilt * np.sqrt(1.0 + persistence**2)
    moved = np.log(factors[:, 2] / factors[:, 0])
    return np.abs(moved - middle) <= HALF_BAND * np.hypot(own, 2.0 * spread)


def main() -> int:
    """Print the fit, the changes inside the band, and the same with each province held out."""
    names, factors, nation = observed()
    persistence = read_uncertainties().grid_futures.persistence
    deviation, tilt = fitted(factors, nation, persistence)
    held = inside(factors, nation, deviation, tilt, persistence)
    out = ", ".join(name.partition(":")[2] for name, is_in in zip(names, held, strict=True) if not is_in)
    print(f"deviation {deviation:.4g}, tilt {tilt:.4g}, persistence {persistence:g} (assumed)")
    print(f"changes 2021-2023 inside the 90 % band: {held.sum()} of {held.size}; outside: {out or 'none'}")
    alone = 0
    for at in range(len(names)):
        rest = np.delete(factors, at, axis=0)
        alone += int(inside(factors, nation, *fitted(rest, nation, persistence), persistence)[at])
    print(f"each province held out of the fit: {alone} of {len(names)}")
    return 0


if __name__ == "__main__":
    places(__doc__)
    sys.exit(main())
