"""All ratios against named baselines in one run: the batch of notebooks, then the ensemble engine.

    python benchmarks/ratios.py               # 24 parks, three rounds, two workers; then the engine: half an hour
    python benchmarks/ratios.py --quick       # a few minutes
    python benchmarks/ratios.py --smallest    # whether everything works, not how fast it is

What is measured and against what stands in ``batch.py`` and ``engine.py``; further options go to them directly.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

PARTS = ("batch.py", "engine.py")


def main() -> int:
    """Run the parts one after another; return the number of failures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_const", const="--quick", help="a few minutes")
    parser.add_argument("--smallest", action="store_const", const="--smallest", help="whether everything works")
    given = [word for word in vars(parser.parse_args()).values() if word]
    failed = 0
    for part in PARTS:
        print(f"\n# {part}\n", flush=True)
        failed += bool(subprocess.run([sys.executable, Path(__file__).with_name(part), *given], check=False).returncode)
    return failed


if __name__ == "__main__":
    sys.exit(main())
