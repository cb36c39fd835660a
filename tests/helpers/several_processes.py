"""Distribution of tests to several processes: whole files, those with many slow tests first."""

#: Files whose tests share no slow fixture: they are distributed test by test.
ONE_BY_ONE = ("tests/project/test_scripts_and_benchmarks.py",)


def scope_of(nodeid):
    """Name what a test goes to its process with: its file, so that what the file's tests share is made once."""
    file, _, _ = nodeid.partition("::")
    return nodeid if file in ONE_BY_ONE else file


def slow_first(items):
    """Sort tests by the number of slow ones in their file, notebooks' cells among them, so that no process ends late.

    The order within a file stays.
    """
    slow = {}
    for item in items:
        slow.setdefault(item.path, 0)
        slow[item.path] += item.path.suffix == ".ipynb" or item.get_closest_marker("slow") is not None
    items.sort(key=lambda item: -slow[item.path])


def file_by_file(config, log):
    """Return the scheduler of xdist that gives each idle process the next file."""
    from xdist.scheduler import LoadScopeScheduling  # here, because tests in one process do without it

    config.option.loadscopereorder = False  # it would put the files with most tests first, slow or not
    scheduler = LoadScopeScheduling(config, log)
    scheduler._split_scope = scope_of
    return scheduler
