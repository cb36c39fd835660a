"""The command ``pathways`` as ``python -m pathway_models``, and where its script begins."""

import gc
import os

from pathway_models.cli import end_if_asked, end_interrupted, heed_signals, ignore_signals
from pathway_models.core import ONE_THREAD, keep_freed_memory

#: New objects after which circles among them are looked for: loading modules and workbooks makes hundreds of thousands
#: of which hardly any is in one, and looking after every 700, as Python does, takes a twentieth of a check.
OBJECTS_BETWEEN_SEARCHES = 50_000


def main() -> None:
    """Run the command line, which takes a while to import: Ctrl-C ends that in one line too."""
    heed_signals()
    os.environ.update(ONE_THREAD | os.environ)  # whoever has set another number keeps it
    keep_freed_memory()
    gc.set_threshold(OBJECTS_BETWEEN_SEARCHES)
    try:
        from pathway_models.cli.main import main as command

        command()
    except KeyboardInterrupt as error:
        end_interrupted(error)
    except Exception:
        end_if_asked()
        raise
    finally:
        ignore_signals()  # the code is settled: what clears up at the end of a process is not cut off


if __name__ == "__main__":
    main()
