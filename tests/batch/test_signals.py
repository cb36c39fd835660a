"""Whatever signal ends a program: one line, its own exit code, nothing left in the temporary folder."""

import os
import signal
import subprocess
import sys
import time

import pytest
from small_runs import make_notebook, make_parks

SLEEP = "import time; time.sleep(60)"
pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")


def ended_by(number, words, folder, seconds, begun=None):
    """Exit code and error stream of a command, and what is left in its temporary folder.

    The signal comes some seconds after the start, or after a file has appeared that shows that it has begun.
    """
    temporary = folder / "temporary"
    temporary.mkdir()
    env = {**os.environ, "TMPDIR": str(temporary), "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "pathway_models", *map(str, words)]
    with subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        for _ in range(1200):
            if begun is None or begun.is_file():
                break
            time.sleep(0.1)
        time.sleep(seconds)
        process.send_signal(number)
        try:
            _, errors = process.communicate(timeout=60)
        finally:
            process.kill()
    return process.returncode, errors, sorted(path.name for path in temporary.iterdir())


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_command_ends_in_one_line_with_the_code_of_the_signal(tmp_path, number):
    words = ["decide", "region-d", "--members", "5000", "--fresh", "5000"]
    code, errors, left = ended_by(number, words, tmp_path, 6)
    assert (code, errors, left) == (128 + number, "Stopped. 已停止。\n", [])


@pytest.mark.slow
@pytest.mark.parametrize(("number", "seconds"), [(signal.SIGTERM, 0), (signal.SIGHUP, 5)])
def test_a_run_that_has_begun_ends_with_its_status_table(tmp_path, number, seconds):
    parks, notebook = (
        make_parks(tmp_path / "parks", list("abcd")),
        make_notebook(tmp_path / "small.ipynb", "import time; time.sleep(60)"),
    )
    words = ["run", *parks, "--notebook", notebook, "--out", tmp_path / "run", "--members", "1", "--workers", "2"]
    code, errors, left = ended_by(number, words, tmp_path, seconds, begun=tmp_path / "run" / "run.json")
    assert (code, left) == (1, [])
    assert "Traceback" not in errors
    assert (tmp_path / "run" / "status.csv").read_text(encoding="utf-8-sig").count("cancelled") == 4
