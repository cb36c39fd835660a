"""Settings of the kernels that tests and re-execution start; tasks.py points IPYTHONDIR here."""

import os

c = get_config()  # noqa: F821 - traitlets puts it there

# Errors only: a kernel otherwise writes a line about its transport into the outputs of the first cell.
c.IPKernelApp.log_level = 40

# Tests ask for a backend without a screen (MPLBACKEND=Agg), and kernels inherit it: figures of notebooks
# would then not appear in their outputs.
os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
