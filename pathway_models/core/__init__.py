"""Errors, units, arrays and files: what every room above leans on."""

__version__ = "0.2.0"

#: One thread a process: matrices here are small, so that further threads of the linear algebra wait for each other at
#: full load (a fit of a growth law takes a third of the processor time); workers fill the cores instead.
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"), "1")
