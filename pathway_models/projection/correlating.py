"""Correlated inputs: the draws of an ensemble, tied together by rank.

A Gaussian copula: the draws are turned into normals, mixed by the root of their correlation, and turned back.  Each
member is treated by itself, so that the first 1,000 of 2,000 members stay the 1,000 members; reordering draws
(Iman and Conover 1982, Communications in Statistics B 11, 311-334) would not keep that.  The correlation of the
normals that gives Spearman's r is 2 sin(pi r / 6) (Kruskal 1958, JASA 53, 814-861).  Cited from background knowledge.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy import special

from pathway_models.foundations.errors import PathwayError
from pathway_models.records.correlations import Correlation
from pathway_models.records.draws import SHARED, Draws


def correlate(draws: Draws, correlations: Sequence[Correlation]) -> Draws:
    """Tie inputs together by rank.

    Parameters
    ----------
    draws : Draws
    correlations : sequence of Correlation
        A pair of which either input was not drawn is left out: its lever is not in the scenarios.

    Returns
    -------
    Draws
        The same where there is nothing to tie; the distribution of every single input is unchanged.

    Raises
    ------
    PathwayError
        A pair stands twice, an input is shared by all parks, or the correlations contradict one another.
    """
    single = {**draws.uniforms, **draws.normals}
    used = [c for c in correlations if c.first in single and c.second in single]
    if not used:
        return draws
    names = tuple(dict.fromkeys(name for c in used for name in (c.first, c.second)))
    root = _root(used, names)
    normal = np.stack([special.ndtri(single[n]) if n in draws.uniforms else single[n] for n in names])
    tied = dict(zip(names, root @ normal, strict=True))
    uniforms = {n: special.ndtr(tied[n]) if n in tied else values for n, values in draws.uniforms.items()}
    normals = {n: tied.get(n, values) for n, values in draws.normals.items()}
    return replace(draws, uniforms=uniforms, normals=normals)


def _root(correlations: Sequence[Correlation], names: tuple[str, ...]) -> np.ndarray:
    """Lower root of the correlation matrix of the normals: (input, input)."""
    shared = [name for name in names if name.startswith(f"{SHARED}:")]
    if shared:
        raise PathwayError(f"{', '.join(shared)}: drawn once for all parks, cannot follow an input of one park")
    pairs = [frozenset((c.first, c.second)) for c in correlations]
    twice = sorted({" and ".join(sorted(pair)) for pair in pairs if pairs.count(pair) > 1})
    if twice:
        raise PathwayError(f"correlated more than once: {'; '.join(twice)}")
    matrix = np.eye(len(names))
    for c in correlations:
        i, j = names.index(c.first), names.index(c.second)
        matrix[i, j] = matrix[j, i] = 2.0 * np.sin(np.pi * c.rank / 6.0)
    try:
        return np.linalg.cholesky(matrix)
    except np.linalg.LinAlgError:
        raise PathwayError(f"the rank correlations of {', '.join(names)} contradict one another") from None
