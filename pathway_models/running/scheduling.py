"""Jobs to workers on this machine: forked from a fork server, or ordinary processes with ordinary kernels."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor
from concurrent.futures import wait as wait_for
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from itertools import islice
from multiprocessing.connection import wait
from typing import TypeVar

import click

from pathway_models.foundations.errors import BatchError
from pathway_models.running.cli_language import mistake_text
from pathway_models.running.execution import run_park
from pathway_models.running.fork_client import Child, UnsafeForkError, close_servers, refusal
from pathway_models.running.fork_server import PINNED, can_fork
from pathway_models.running.jobs import ORPHANED, Job, Outcome
from pathway_models.running.park_worker import fork_worker, preload_parks
from pathway_models.running.preload import preload_cells

#: Papermill's names of what ``--engine`` takes.
ENGINES = {"fork": "pathways-fork", "papermill": "pathways-kernel"}
#: Times a park is given to a worker when the worker itself dies.
TRIES = 2
#: Tasks handed out ahead, a process.
AHEAD = 4
DIED = "the process that ran the notebook died"

T, R = TypeVar("T"), TypeVar("R")


def forked(jobs: Sequence[Job], workers: int) -> Iterator[Outcome]:
    """Outcomes of parks run by forked workers, as they come; a worker that dies costs at most the park it was at."""
    waiting = list(reversed(jobs))
    tries = dict.fromkeys((job.park_id for job in jobs), 0)
    busy: dict[object, tuple[Child, Job]] = {}
    idle: list[Child] = []
    try:
        while waiting or busy:
            while waiting and len(busy) < workers:
                child = next_worker(idle)
                job = waiting.pop()
                tries[job.park_id] += 1
                busy[child.channel] = (child, job)
                with contextlib.suppress(OSError):  # it died while idle: reading tells
                    child.channel.send_bytes(json.dumps(job.record()).encode())
            for channel in wait(list(busy)):
                child, job = busy.pop(channel)
                outcome = outcome_of(child, job)
                if outcome.status != ORPHANED:
                    idle.append(child)
                    yield outcome
                elif tries[job.park_id] < TRIES:
                    waiting.append(job)
                else:
                    yield replace(outcome, status="failed", cause=f"{DIED}: {outcome.cause}")
    finally:
        for child in [*idle, *(child for child, _ in busy.values())]:
            child.kill()


def next_worker(idle: list[Child]) -> Child:
    """A worker that has nothing to do and is alive; a new one where there is none."""
    while idle:
        child = idle.pop()
        if not child.channel.poll():  # nothing is to be read from one that waits, but the end of one that is dead
            return child
        child.kill()
    return fork_worker()


def outcome_of(child: Child, job: Job) -> Outcome:
    """Wait for what a worker says of its park; ``orphaned`` where it died, or the process behind its notebooks did."""
    try:
        outcome = Outcome(**json.loads(child.channel.recv_bytes()))
        if outcome.status != ORPHANED:
            return outcome
        close_servers(child.relies_on)
    except (EOFError, OSError):
        outcome = Outcome(job.park_id, ORPHANED, 0.0, child.how_it_ended())
    child.kill()
    return outcome


def in_kernels(jobs: Sequence[Job], workers: int) -> Iterator[Outcome]:
    """Outcomes of parks run in ordinary processes, whose notebooks run in ordinary kernels."""
    for job, outcome in in_processes(run_park, jobs, min(workers, max(len(jobs), 1)), _settle):
        cause = f"{DIED} (out of memory, or killed from outside)"
        yield outcome or Outcome(job.park_id, "failed", 0.0, cause)


def in_processes(
    work: Callable[[T], R],
    tasks: Iterable[T],
    workers: int,
    begin: Callable[[], None] | None = None,
) -> Iterator[tuple[T, R | None]]:
    """Work on tasks in ordinary processes, of which one that dies costs no more than the task it was at.

    Parameters
    ----------
    work : callable
    tasks : iterable
        Taken as they are needed, so that a generator may make them.
    workers : int
    begin : callable, optional
        Called once in every process.

    Yields
    ------
    task
    result
        As they come; None where the process died.
    """
    source, waiting = iter(tasks), dict[Future[R], T]()
    pool = _pool(workers, begin)
    try:
        while True:
            for task in islice(source, AHEAD * workers - len(waiting)):
                waiting[_submit(pool, work, task)] = task
            if not waiting:
                return
            done, _ = wait_for(waiting, return_when=FIRST_COMPLETED)
            if not any(_is_lost(future) for future in done):
                yield from ((waiting.pop(future), future.result()) for future in done)
                continue
            # A process that dies takes the whole pool along: each task of it gets a process of its own.
            pool.shutdown(wait=True, cancel_futures=True)
            for future, task in waiting.items():
                if _is_lost(future):
                    with _pool(1, begin) as alone:
                        future = _submit(alone, work, task)
                yield task, None if _is_lost(future) else future.result()
            waiting.clear()
            pool = _pool(workers, begin)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _pool(workers: int, begin: Callable[[], None] | None) -> ProcessPoolExecutor:
    spawn = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(max_workers=workers, mp_context=spawn, initializer=begin)


def _submit(pool: ProcessPoolExecutor, work: Callable[[T], R], task: T) -> Future[R]:
    try:
        return pool.submit(work, task)
    except BrokenProcessPool as error:
        broken: Future[R] = Future()
        broken.set_exception(error)
        return broken


def _is_lost(future: Future[R]) -> bool:
    return future.cancelled() or isinstance(future.exception(), BrokenProcessPool)


def _settle() -> None:
    """One thread a kernel; and no backend from outside, which would keep the figures out of the notebook."""
    os.environ.pop("MPLBACKEND", None)
    os.environ.update(PINNED)


def unsafe_fork() -> UnsafeForkError | None:
    """Why workers and notebooks must not be forked here; waits until both servers are ready."""
    return refusal(preload_cells) or refusal(preload_parks)


def local(jobs: Sequence[Job], workers: int, engine: str) -> Iterator[Outcome]:
    """Outcomes of parks run on this machine, forked where that is wanted and safe."""
    if engine == "fork" and can_fork():
        refused = unsafe_fork()
        if refused is None:
            return forked(jobs, workers)
        click.echo(mistake_text(refused), err=True)
        jobs = [replace(job, engine=ENGINES["papermill"]) for job in jobs]
    return in_kernels(jobs, workers)


def papermill_engine(engine: str) -> str:
    """Name of the papermill engine behind ``--engine``.

    Raises
    ------
    BatchError
        There is no such engine.
    """
    if engine not in ENGINES:
        raise BatchError(f"no engine {engine!r}; there are {', '.join(ENGINES)}")
    return ENGINES[engine]
