"""Random streams that are keyed by what they are for, not by when they are drawn."""

from functools import lru_cache
from hashlib import blake2b

import numpy as np

from pathway_models.core.arrays import fixed


def stream(seed: int, owner: str, name: str, year: int = 0) -> np.random.Generator:
    """Open a random stream of its own for (seed, owner, name, year).

    Philox is counter-based (Salmon et al. 2011, doi 10.1145/2063384.2063405, DOI from background
    knowledge): the key says whose stream it is, the counter's highest word the year.  Neither the order of
    drawing nor what else is drawn has any influence.

    Parameters
    ----------
    seed : int
        0 or more.
    owner : str
        Park id, or `SHARED`.
    name : str
        What is drawn.
    year : int
        Calendar year of a yearly shock, 0 for a draw that holds for all years.
    """
    digest = blake2b(f"{seed}\x1f{owner}\x1f{name}".encode(), digest_size=16).digest()
    key = np.frombuffer(digest, dtype="<u8")
    return np.random.Generator(np.random.Philox(key=key, counter=np.array([0, 0, 0, year], dtype=np.uint64)))


#: Draws of a level above the park that are remembered, and the largest of them in numbers.
REMEMBERED, REMEMBERED_SIZE = 64, 500_000


def yearly_normals(seed: int, owner: str, name: str, members: int, years: np.ndarray) -> np.ndarray:
    """Draw standard normals by member and year: (member, year)."""
    # What is shared is asked for by every park of a run: all provinces by each of them.
    is_shared = owner.startswith(("shared", "province:"))
    draw = _remembered if is_shared and members * years.size <= REMEMBERED_SIZE else _drawn
    return draw(seed, owner, name, members, int(years[0]), int(years[-1]))


@lru_cache(maxsize=REMEMBERED)
def _remembered(seed: int, owner: str, name: str, members: int, first: int, last: int) -> np.ndarray:
    return _drawn(seed, owner, name, members, first, last)


def _drawn(seed: int, owner: str, name: str, members: int, first: int, last: int) -> np.ndarray:
    """Draw standard normals by member and year, read-only: (member, year)."""
    years = range(first, last + 1)
    shocks = np.empty((len(years), members))
    for at, year in enumerate(years):
        shocks[at] = stream(seed, owner, f"shock:{name}", year).standard_normal(members)
    return fixed(shocks.T)
