"""Memory that arrays have given back serves the next ones, instead of being asked of the system page by page."""

import platform
import subprocess
import sys

import pytest

BLOCKS = """
import resource
import numpy as np
from pathway_models.core import keep_freed_memory
{call}
def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(3):
    blocks = [np.ones(41 * 1000) for _ in range(40)]
before = faults()
for _ in range(20):
    blocks = None
    blocks = [np.ones(41 * 1000) for _ in range(40)]
print(faults() - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another allocator")
def test_blocks_of_an_ensemble_are_given_back_to_the_system_no_more():
    counted = {}
    for call in ("", "keep_freed_memory()"):
        done = subprocess.run(
            [sys.executable, "-c", BLOCKS.format(call=call)], capture_output=True, text=True, check=True
        )
        counted[call] = int(done.stdout)
    # 40 blocks of 328 kB are 3,200 pages, twenty times over.
    assert counted["keep_freed_memory()"] < 1000
    assert counted[""] > 10 * counted["keep_freed_memory()"] + 1000
