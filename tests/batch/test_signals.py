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


#: Places where an interruption is dropped: while an object is cleared away, in a rule of a library that takes any error
#: for "no", and in compiled code that does so.
DROPPED = {
    "cleared": """
class Cleared:
    def __del__(self):
        os.kill(os.getpid(), NUMBER)
        for _ in range(1000):
            pass

def drop():
    Cleared()
""",
    "bare": """
def drop():
    try:
        os.kill(os.getpid(), NUMBER)
        for _ in range(1000):
            pass
    except:
        pass
""",
    "compiled": """
class Key:
    def __hash__(self):
        return 1
    def __eq__(self, other):
        os.kill(os.getpid(), NUMBER)
        return all(range(1, 1000))

def drop():
    get = ctypes.pythonapi.PyDict_GetItem  # clears every error
    get.restype, get.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.py_object]
    get({Key(): 1}, Key())
""",
}
PROGRAM = """
import ctypes, os, signal, time
from pathway_models.batch.fork_server import Stop
from pathway_models.cli import end_interrupted, heed_signals
DROP
def work():
    drop()
    time.sleep(50)

heed_signals()
stop = Stop()
try:
    CALL
except KeyboardInterrupt as error:
    end_interrupted(error)
end_interrupted(KeyboardInterrupt(stop.number))
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("call", ["work()", "with stop.heard(): stop.interruptible(work)"])
@pytest.mark.parametrize("drop", sorted(DROPPED))
def test_a_signal_is_heard_even_where_its_interruption_is_dropped(number, call, drop):
    program = PROGRAM.replace("CALL", call).replace("DROP", DROPPED[drop]).replace("NUMBER", str(int(number)))
    words = [sys.executable, "-c", program]
    ended = subprocess.run(words, capture_output=True, text=True, timeout=40, check=False)
    assert (ended.returncode, ended.stderr) == (128 + number, "Stopped. 已停止。\n")
