"""The command ``pathways`` as ``python -m pathway_models``, and where its script begins."""

import os

from pathway_models.cli import end_interrupted, heed_signals, ignore_signals
from pathway_models.core import ONE_THREAD, keep_freed_memory


def main() -> None:
    """Run the command line, which takes a while to import: Ctrl-C ends that in one line too."""
    heed_signals()
    os.environ.update(ONE_THREAD | os.environ)  # whoever has set another number keeps it
    keep_freed_memory()
    try:
        from pathway_models.cli.main import main as command

        command()
    except KeyboardInterrupt as error:
        end_interrupted(error)
    finally:
        ignore_signals()  # the code is settled: what clears up at the end of a process is not cut off


if __name__ == "__main__":
    main()
