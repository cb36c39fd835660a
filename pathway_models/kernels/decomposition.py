"""Exact decomposition of a change into the factors behind it (LMDI-I, additive), and rates of the Kaya identity.

For a total that is a sum of products, ``V = sum_i prod_k x[k, i]``,

    dV[k] = sum_i L(V1_i, V0_i) * ln(x1[k, i] / x0[k, i]),    L(a, b) = (a - b) / (ln a - ln b).

The Kaya identity is ``F = P g e f`` with emissions F, population P, economy G, energy E and ``g = G / P``,
``e = E / G``, ``f = F / E``.  Rates are logarithmic, so that the rates of the factors add up to that of their product.

Sources: Ang (2004) Energy Policy 32, 1131-1139, doi 10.1016/S0301-4215(03)00076-4; zeros after Ang and Liu (2007)
Energy Policy 35, 238-246; negative terms keep the sign of the product, so that capture and other credits decompose
exactly.  Kaya (1990), IPCC Energy and Industry Subgroup; rates that a target implies after Pielke (2010), The Climate
Fix.  All from background knowledge, the DOI too.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def logarithmic_mean(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Compute the logarithmic mean of two arrays of one sign.

    Parameters
    ----------
    a, b : (...,)
        Both positive, or both negative, or zero.

    Returns
    -------
    (...,)
        ``a`` where both are equal, zero where either is zero.

    Examples
    --------
    >>> round(float(logarithmic_mean(np.array(180.0), np.array(80.0))), 5)
    123.31517
    """
    a, b = np.broadcast_arrays(np.asarray(a, float), np.asarray(b, float))
    apart = (a != b) & (a * b > 0)
    ratio = np.where(apart, a / np.where(b == 0, 1.0, b), 2.0)
    gap = np.log(ratio)
    # Close to equality the quotient loses digits; the series L = b (1 + r/2 - r^2/12), r = a/b - 1, does not.
    near = np.abs(ratio - 1.0) < 1e-5
    r = ratio - 1.0
    with_series = b * (1.0 + r / 2.0 - r * r / 12.0)
    mean = np.where(near, with_series, (a - b) / np.where(gap == 0, 1.0, gap))
    return np.where(apart, mean, np.where((a == b) & (a != 0), a, 0.0))


def lmdi(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Compute the additive LMDI effects of each factor.

    Parameters
    ----------
    before, after : (factor, term, ...)
        Factors of each term in both years.  The product over factors of a term is its size; one
        factor may be negative (a credit), and factors may be zero.

    Returns
    -------
    (factor, ...)
        Effects that add up to ``after.prod(0).sum(0) - before.prod(0).sum(0)``.

    Notes
    -----
    A term that appears, vanishes or changes sign has no logarithmic path; its whole change goes to
    the factors that did so (in equal parts where several did), which is the limit for zeros.
    """
    before, after = np.broadcast_arrays(np.asarray(before, float), np.asarray(after, float))
    v0, v1 = before.prod(axis=0), after.prod(axis=0)
    broken = (before == 0) != (after == 0)
    broken |= (before * after) < 0
    any_broken = broken.any(axis=0)
    smooth = ~any_broken & (v0 * v1 > 0)
    ratio = np.where(smooth & (before * after > 0), after / np.where(before == 0, 1.0, before), 1.0)
    effects = np.where(smooth, logarithmic_mean(v1, v0), 0.0) * np.log(ratio)
    parts = np.maximum(broken.sum(axis=0), 1)
    effects = effects + np.where(broken, (v1 - v0) / parts, 0.0)
    return effects.sum(axis=1)


def kaya_factors(
    population: ArrayLike, economy: ArrayLike, energy: ArrayLike, emissions: ArrayLike
) -> NDArray[np.float64]:
    """Compute the factors P, g, e, f of the Kaya identity; their product is the emissions.

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
    """Compute the logarithmic rate a year, as a share, that leads from one value to another.

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
    """Grow a value for some years at a yearly rate (a share, 0.06 for 6 %).

    Examples
    --------
    >>> round(float(compound(25002.79, 0.06, 5)), 2)
    33459.37
    """
    return np.asarray(value, dtype=float) * (1.0 + np.asarray(rate, dtype=float)) ** np.asarray(years, dtype=float)


def yearly_rate(change: ArrayLike, years: ArrayLike) -> NDArray[np.float64]:
    """Compute the constant rate a year, as a share, that adds up to a relative change over some years.

    Examples
    --------
    >>> round(float(yearly_rate(-0.14, 5)), 4)
    -0.0297
    """
    return (1.0 + np.asarray(change, dtype=float)) ** (1.0 / np.asarray(years, dtype=float)) - 1.0


def intensity_cut(
    emissions_before: ArrayLike, economy_before: ArrayLike, emissions_after: ArrayLike, economy_after: ArrayLike
) -> NDArray[np.float64]:
    """Compute the share by which emissions per economy fell between two years; negative where they rose.

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
