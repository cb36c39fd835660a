"""Fixtures shared by all tests, the flag that renews the golden tables, and how hypothesis draws."""

import gc
import os
import signal
import sys

import hypothesis
import hypothesis.strategies
import pytest
from builders import ShippedParks
from several_processes import file_by_file, slow_first

import pathway_models as pw
from pathway_models.core import ONE_THREAD

# As the command does before numpy is there: the tests of several processes fill the cores.
os.environ.update(ONE_THREAD | os.environ)

# jsonschema's grammar of international addresses takes three seconds to build; no notebook has one.
sys.modules.setdefault("rfc3987_syntax", None)

# Messages are compared in English, whatever the locale of the machine.
os.environ["PATHWAYS_LANG"] = "en"

# Tables are as wide as in a file, whatever the terminal, of which processes of their own know another width.
os.environ["COLUMNS"] = "120"

# Results are those of one issue year, whatever the clock of the machine.
os.environ["PATHWAYS_AS_OF"] = "2026"

# A shell that starts the tests in the background lets them ignore Ctrl-C, and with them all programs that they stop.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# The same examples every time: a test that fails for one person fails for all.
hypothesis.settings.register_profile("same_for_all", derandomize=True, deadline=None)
hypothesis.settings.register_profile("few", hypothesis.settings.get_profile("same_for_all"), max_examples=20)
hypothesis.settings.load_profile("same_for_all")


def pytest_addoption(parser):
    parser.addoption("--update-golden", action="store_true", help="rewrite tests/golden from today's results")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    return file_by_file(config, log)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    for item in items:
        if {"browser", "chromium"}.intersection(getattr(item, "fixturenames", ())):
            item.add_marker("slow")
    if hasattr(config, "workerinput"):  # a process beside others
        slow_first(items)


def pytest_collection_finish():
    """Tests and modules stay to the end: the search for garbage, a tenth of all processor time, leaves them out.

    A first example comes before: Hypothesis makes its source of random numbers then, and asks the collector who refers
    to it, which knows of nothing that is frozen.
    """
    first = hypothesis.given(hypothesis.strategies.none())(lambda _: None)
    hypothesis.settings(max_examples=1, database=None)(first)()
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def no_figure_stays_open():
    """Figures of a test are gone before the next one of the process counts those that are open."""
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")


@pytest.fixture
def update_golden(request):
    return request.config.getoption("--update-golden")


@pytest.fixture(scope="session")
def scenarios():
    return pw.read_scenarios()


@pytest.fixture(scope="session")
def levers(scenarios):
    return scenarios.levers


@pytest.fixture(scope="session")
def region_d():
    return pw.read_park("region-d")


@pytest.fixture(scope="session")
def shipped_parks():
    """Every park and region with a table, by id, each read where it is first asked for."""
    return ShippedParks()
