"""Errors, units, arrays and files: what every room above leans on."""

import contextlib
import ctypes

__version__ = "0.2.0"

#: One thread a process: matrices here are small, so that further threads of the linear algebra wait for each other at
#: full load (a fit of a growth law takes a third of the processor time); workers fill the cores instead.
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"), "1")

#: Settings of glibc's ``mallopt``, from its malloc.h: sizes from which memory is given back to the system when freed.
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3


def keep_freed_memory() -> None:
    """Keep memory that arrays have given back for the next ones, up to 1 GB; nothing where the allocator is no glibc.

    Blocks of an ensemble are just large enough for glibc to return each to the system and to ask for it again, page by
    page: half of the time of a projection.
    """
    with contextlib.suppress(AttributeError, OSError, TypeError):
        allocator = ctypes.CDLL(None)
        allocator.mallopt(_MMAP_THRESHOLD, 2**30)
        allocator.mallopt(_TRIM_THRESHOLD, 2**30)
