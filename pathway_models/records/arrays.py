"""Checks shared by all records: shape, finiteness, order; arrays end up read-only."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from pathway_models.foundations.errors import RecordError


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
        The shape does not fit the labels, or a value is not finite.
    """
    array = np.asarray(values, dtype=dtype)
    if array.shape != shape:
        raise RecordError(f"{name}: shape {array.shape} does not fit the labels, expected {shape}")
    if not np.isfinite(array).all():
        count = int((~np.isfinite(array)).sum())
        raise RecordError(f"{name}: {count} values are not finite; give every value or leave the source out")
    if array.flags.writeable:
        # A view keeps the memory layout (ensembles are stored year-major) and costs nothing;
        # a caller's own array is copied so that it stays writeable for the caller.
        array = array.copy(order="K") if array is values else array
        array.setflags(write=False)
    return array


def rising_years(name: str, years: ArrayLike) -> np.ndarray:
    """Return years as a read-only int array, or say which step is not one year.

    Raises
    ------
    RecordError
        The years are empty, or do not rise by one.
    """
    array = np.array(years, dtype=int)
    if array.ndim != 1 or array.size == 0:
        raise RecordError(f"{name}: expected at least one year, got {array!r}")
    steps = np.diff(array)
    if (steps != 1).any():
        at = int(np.flatnonzero(steps != 1)[0])
        raise RecordError(
            f"{name}: {array[at]} is followed by {array[at + 1]}; years must rise one by one, fill or cut the gap"
        )
    array.setflags(write=False)
    return array
