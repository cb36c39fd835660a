"""Axes of ensemble arrays, and the checks that all records share: shape, finiteness, order; arrays end up read-only.

Order is ``(scenario, member, source, year)``; totals drop ``source``.  ``YEAR`` and ``SOURCE`` count from the end.
"""

import numpy as np
from numpy.typing import ArrayLike

from pathway_models.core.errors import RecordError


def frozen_array(name: str, values: ArrayLike, shape: tuple[int, ...], dtype: type = float) -> np.ndarray:
    """Return a read-only array of the given shape.

    Parameters
    ----------
    name : str
        Field name for the message.
    values : array_like
        Finite numbers.
    shape : tuple of int
        The shape the record's labels imply.
    dtype : type
        ``float`` or ``int``.

    Raises
    ------
    RecordError
        The shape does not fit the labels, or a value is not finite, or not whole where it must be.
    """
    given = np.asarray(values)
    if given.shape != shape:
        raise RecordError(f"{name}: shape {given.shape} does not fit the labels, expected {shape}")
    # The sum of finite values is finite unless it overflows: only then is every value looked at.
    if given.dtype.kind not in "biu" and not np.isfinite(given.sum()) and not np.isfinite(given).all():
        count = int((~np.isfinite(given)).sum())
        raise RecordError(f"{name}: {count} values are not finite; give every value or leave the source out")
    array = np.asarray(given, dtype=dtype)
    if dtype is int and (array != given).any():
        raise RecordError(f"{name}: expected whole numbers, got {given[array != given][0]}")
    if array.flags.writeable:
        # A view keeps the memory layout (ensembles are stored year-major) and costs nothing;
        # a caller's own array is copied so that it stays writeable for the caller.
        array = array.copy(order="K") if array is values else array
        array.setflags(write=False)
    return array


def fixed(values: np.ndarray) -> np.ndarray:
    """Make an array read-only and return it."""
    values.setflags(write=False)
    return values


def rising_years(name: str, years: ArrayLike) -> np.ndarray:
    """Return years as a read-only int array; refuse a step other than one year.

    Raises
    ------
    RecordError
        The years are empty, or do not rise by one.
    """
    given = np.asarray(years)
    if given.ndim != 1 or given.size == 0:
        raise RecordError(f"{name}: expected at least one year, got {given!r}")
    array = np.array(frozen_array(name, given, given.shape, int))
    steps = np.diff(array)
    if (steps != 1).any():
        at = int(np.flatnonzero(steps != 1)[0])
        raise RecordError(
            f"{name}: {array[at]} is followed by {array[at + 1]}; years must rise one by one, fill or cut the gap"
        )
    array.setflags(write=False)
    return array


SOURCE = -2
YEAR = -1
