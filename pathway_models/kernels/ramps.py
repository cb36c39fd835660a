"""How a measure phases in: 0 before, 1 after, never falling."""

from __future__ import annotations

import numpy as np


def ramp(years: np.ndarray, shape: str, start: int, complete: int, delay_years: int) -> np.ndarray:
    """Degree of implementation by year.

    Parameters
    ----------
    years : (Y,) int
    shape : {"linear", "s_curve", "step", "delay"}
    start, complete : int
        Last year at 0 and first year at 1.
    delay_years : int
        Years after ``start`` in which a ``delay`` ramp still stays at 0.

    Returns
    -------
    (Y,) float
        Non-decreasing, on [0, 1].

    Raises
    ------
    ValueError
        Unknown shape.
    """
    if shape not in SHAPES:
        raise ValueError(f"unknown ramp shape {shape!r}; there are {', '.join(SHAPES)}")
    return SHAPES[shape](years.astype(float), start, complete, delay_years)


def _linear(years: np.ndarray, start: int, complete: int, delay_years: int) -> np.ndarray:
    return np.clip((years - start) / (complete - start), 0.0, 1.0)


def _s_curve(years: np.ndarray, start: int, complete: int, delay_years: int) -> np.ndarray:
    # Smoothstep 3x^2 - 2x^3: reaches 0 and 1 exactly, unlike a logistic curve.
    x = _linear(years, start, complete, delay_years)
    return x * x * (3.0 - 2.0 * x)


def _step(years: np.ndarray, start: int, complete: int, delay_years: int) -> np.ndarray:
    return (years >= complete).astype(float)


def _delay(years: np.ndarray, start: int, complete: int, delay_years: int) -> np.ndarray:
    return _linear(years, start + delay_years, complete, 0)


SHAPES = {"linear": _linear, "s_curve": _s_curve, "step": _step, "delay": _delay}
