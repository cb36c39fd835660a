"""Arithmetic on arrays by NumPy and SciPy alone: no tables, no files."""

import numpy as np
from numpy.typing import NDArray

#: Arrays of numbers.
Floats = NDArray[np.float64]
