r"""Growth arithmetic of the Kaya identity: rates that a target implies, intensities, elasticities.

.. math::
    F = P \, g \, e \, f, \qquad g = G / P, \quad e = E / G, \quad f = F / E

with emissions F, population P, economy G and energy E.  Rates are logarithmic, so that the rates of the
factors add up to the rate of their product.  Kaya (1990), IPCC Energy and Industry Subgroup (background
knowledge); rates that a target implies after Pielke (2010), The Climate Fix (background knowledge).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def kaya_factors(
    population: ArrayLike, economy: ArrayLike, energy: ArrayLike, emissions: ArrayLike
) -> NDArray[np.float64]:
    """Factors P, g, e, f of the Kaya identity; their product is the emissions.

    Parameters
    ----------
    population, economy, energy, emissions : array_like, shape (year,)
        All above zero, each in one unit of its own.

    Returns
    -------
    (factor, year) float
        Population, economy per head, energy per economy, emissions per energy.

    Examples
    --------
    >>> kaya_factors([2.0], [6.0], [12.0], [60.0]).ravel().tolist()
    [2.0, 3.0, 2.0, 5.0]
    """
    p, g, e, f = (np.asarray(values, dtype=float) for values in (population, economy, energy, emissions))
    return np.stack([p, g / p, e / g, f / e])


def implied_rate(before: ArrayLike, after: ArrayLike, years: ArrayLike) -> NDArray[np.float64]:
    """Logarithmic rate a year, as a share, that leads from one value to another.

    Parameters
    ----------
    before, after : array_like, shape (...,)
        Values above zero in one unit.
    years : array_like, shape (...,)
        Years between them.

    Returns
    -------
    (...,) float

    Examples
    --------
    >>> round(float(implied_rate(1.0, 0.2, 45)), 4)
    -0.0358
    """
    return np.log(np.asarray(after, dtype=float) / np.asarray(before, dtype=float)) / np.asarray(years, dtype=float)


def compound(value: ArrayLike, rate: ArrayLike, years: ArrayLike) -> NDArray[np.float64]:
    """Value after years of growth at a yearly rate (a share, 0.06 for 6 %).

    Examples
    --------
    >>> round(float(compound(25002.79, 0.06, 5)), 2)
    33459.37
    """
    return np.asarray(value, dtype=float) * (1.0 + np.asarray(rate, dtype=float)) ** np.asarray(years, dtype=float)


def yearly_rate(change: ArrayLike, years: ArrayLike) -> NDArray[np.float64]:
    """Constant rate a year, as a share, that adds up to a relative change over some years.

    Examples
    --------
    >>> round(float(yearly_rate(-0.14, 5)), 4)
    -0.0297
    """
    return (1.0 + np.asarray(change, dtype=float)) ** (1.0 / np.asarray(years, dtype=float)) - 1.0


def intensity_cut(
    emissions_before: ArrayLike, economy_before: ArrayLike, emissions_after: ArrayLike, economy_after: ArrayLike
) -> NDArray[np.float64]:
    """Share by which emissions per economy fell between two years; negative where they rose.

    Parameters
    ----------
    emissions_before, economy_before, emissions_after, economy_after : array_like, shape (...,)
        Emissions in one unit, the economy at constant prices in another.

    Returns
    -------
    (...,) float

    Examples
    --------
    >>> float(intensity_cut(100.0, 50.0, 110.0, 110.0))
    0.5
    """
    before = np.asarray(emissions_before, dtype=float) / np.asarray(economy_before, dtype=float)
    return 1.0 - np.asarray(emissions_after, dtype=float) / np.asarray(economy_after, dtype=float) / before
