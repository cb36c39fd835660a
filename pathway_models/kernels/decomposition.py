"""Exact decomposition of a change into the factors behind it (LMDI-I, additive).

For a total that is a sum of products, ``V = sum_i prod_k x[k, i]``,

    dV[k] = sum_i L(V1_i, V0_i) * ln(x1[k, i] / x0[k, i]),    L(a, b) = (a - b) / (ln a - ln b).

Ang, B.W. (2004) Energy Policy 32, 1131-1139, doi 10.1016/S0301-4215(03)00076-4 (DOI from background
knowledge); zeros after Ang & Liu (2007) Energy Policy 35, 238-246 (background knowledge); negative
terms keep the sign of the product, so that capture and other credits decompose exactly.
"""

from __future__ import annotations

import numpy as np


def logarithmic_mean(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Logarithmic mean of two arrays of one sign.

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
    """Additive LMDI effects of each factor.

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
