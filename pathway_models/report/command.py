"""``pathways report``: the documents of a park of a run by outline, or its audit workbook."""

from __future__ import annotations

import csv
import dataclasses
import hashlib
import json
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pathway_models.console import cli_language, common_options
from pathway_models.core import issued_in
from pathway_models.core.files import write_whole
from pathway_models.language import say

if TYPE_CHECKING:
    from pathway_models.documents.blocks import Report
    from pathway_models.records import Investment, Park
    from pathway_models.report.inputs import Manifest, ReportInputs

FORMATS = ("docx", "pdf", "html", "xlsx")
#: Hexadecimal digits of a run's id.
ID_LENGTH = 12
#: Kinds of document whose file is named after the park alone, at most one per park.
PLAIN = ("special_report", "pathways")
#: Account of the structure of committed loads.
PROJECT_ACCOUNT = "zero_carbon_910"


@click.command("report")
@click.argument("run", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.argument("parks", nargs=-1, metavar="[PARK ...]")
@click.option("--all", "everything", is_flag=True, help="Every park of the run that came out.")
@click.option("--lang", type=click.Choice(["zh", "en", "both"]), default="zh", show_default=True)
@click.option("--format", "forms", type=click.Choice((*FORMATS, "all")), multiple=True, default=("docx",),
              show_default=True, help="May be repeated; one search serves all formats and both languages.")  # fmt: skip
@click.option("--outline", "outlines", multiple=True, metavar="ID",
              help="Kind of document; may be repeated, 'all' for every kind; special report by default.")  # fmt: skip
@click.option("--investments", type=click.Path(path_type=Path, dir_okay=False, exists=True), metavar="FILE.csv",
              help="Projects with cost and saving; by default those beside the park's table.")  # fmt: skip
@click.option(
    "--out", type=click.Path(path_type=Path), help="A file for one park, else a folder; RUN/reports by default."
)
@click.option(
    "--template", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE.docx", help="Your own Word template."
)
@click.option("--package/--no-package", default=True, help="Search for the cheapest package (default), or do without.")
@click.option("--search", type=int, default=200, show_default=True, metavar="MEMBERS", help="Ensemble of that search.")
@click.option("--allow-background", is_flag=True, help="Consent to pollutant factors that are background knowledge.")
@click.option("--quiet", is_flag=True, help="Print the names of the files only when something went wrong.")
def report_command(
    run: Path,
    parks: tuple[str, ...],
    everything: bool,
    lang: str,
    forms: tuple[str, ...],
    outlines: tuple[str, ...],
    investments: Path | None,
    out: Path | None,
    template: Path | None,
    package: bool,
    search: int,
    allow_background: bool,
    quiet: bool,
) -> None:
    """Write the special report of parks of RUN, the folder of a finished run.

    docx: Word, from the shipped template or your own.  pdf: needs the extra 'pdf'.  html: one page that needs no
    network.  xlsx: the audit workbook, inventory and pathway as live formulas.

    The numbers are recomputed from the run's seed and compared with those the run stored.
    """
    forms = FORMATS if "all" in forms else tuple(dict.fromkeys(forms))
    langs = ("zh", "en") if lang == "both" else (lang,)
    if wrong := _refused(everything == bool(parks), template is not None and "docx" not in forms, search < 1):
        raise click.UsageError(wrong)
    with common_options.uncollected():
        # Deferred: pandas takes a second to load, which --help should not wait for.
        from pathway_models.intake.plans.investments import investments_of, read_investments
        from pathway_models.runs.store import parameters_of, parks_of

        chosen, left_out = {}, []
        for park_id, given in parks_of(run, parks).items():
            kinds, lines = _kinds(given, outlines)
            left_out += lines
            chosen |= {(park_id, given): _documents(kinds, forms, langs)} if kinds else {}
    documents = sum(map(len, chosen.values()))
    _check_place(out, documents, forms[0])
    for line in left_out:
        click.echo(line, err=True)
    issue_year = parameters_of(run).get("as_of")
    for (park_id, given), asked in chosen.items():
        written = []
        with issued_in(issue_year), common_options.working(len(asked) + 2) as stage, common_options.uncollected():
            projects = read_investments(investments) if investments else investments_of(given)
            inputs = _inputs(run, park_id, langs[0], search if package else 0, projects, stage)
            inputs = dataclasses.replace(inputs, allow_background=allow_background)
            reports: dict[tuple[str, str], Report] = {}
            for told, kind, form in asked:
                path = _path(run, out, park_id, told, form, kind)
                stage(path.name)
                inputs = inputs.in_language(told)
                path.parent.mkdir(parents=True, exist_ok=True)
                written.append(write_whole(path, _document(inputs, given, form, template, kind, reports)))
        for path in written if not quiet else ():
            click.echo(str(path))
    if out is None:
        from pathway_models.batch.summary import link_papers

        link_papers(run)
    if left_out:
        sys.exit(1)


def _refused(*wrong: bool) -> str:
    """Return the fault of a call; empty where there is none."""
    told = ("name parks, or give --all", "--template is for --format docx", "--search: expected at least 1 member")
    return next((text for text, is_so in zip(told, wrong, strict=True) if is_so), "")


def _documents(kinds: tuple[str, ...], forms: tuple[str, ...], langs: tuple[str, ...]) -> list[tuple[str, str, str]]:
    """List the documents of a park by language, kind and format; one audit workbook serves all kinds."""
    return [(lang, kind, form) for lang in langs for form in forms for kind in (kinds[:1] if form == "xlsx" else kinds)]


def _kinds(given: str, outlines: tuple[str, ...]) -> tuple[tuple[str, ...], list[str]]:
    """Select the documents requested that the rules of the park's country know, and a line for each other one."""
    from pathway_models.intake.parks import read_park
    from pathway_models.intake.register import country_of
    from pathway_models.report.inputs import outline_ids, read_outline

    for kind in outlines:
        if kind not in (*outline_ids(), "all"):
            told = f"{kind!r} is not one of {', '.join((*outline_ids(), 'all'))}."
            raise click.BadParameter(told, param_hint="'--outline'")
    park, lang = read_park(given), cli_language.language()
    own = outline_ids(park.country)
    asked = {kind: read_outline(kind) for kind in outlines if kind != "all"} or {own[0]: read_outline(own[0])}
    if "all" in outlines:
        asked = {kind: read_outline(kind) for kind in own}
    lines = []
    for outline in asked.values():
        if outline.country not in ("", park.country):
            here, home = country_of(park.country).name(lang), country_of(outline.country).name(lang)
            lines.append(
                say(
                    lang,
                    en=f"{park.park_id} is in {here}; the {outline.title.en} is required by a rule of {home}: not"
                    " written.",
                    zh=f"{park.park_id}位于{here}；{outline.title.zh}为{home}规定的文件，不予编制。",
                )
            )
    return tuple(kind for kind, outline in asked.items() if outline.country in ("", park.country)), lines


def _check_place(out: Path | None, documents: int, form: str) -> None:
    """Refuse a file for several documents, and one with another suffix than the document."""
    if _is_file(out) and documents > 1:
        raise click.UsageError(f"--out {out}: give a folder for {documents} documents")
    if _is_file(out) and out.suffix.lower() != f".{form}":
        raise click.UsageError(f"--out {out}: expected a name that ends in .{form}, or a folder")


def _is_file(out: Path | None) -> bool:
    """Tell whether a path is meant for one document, not for a folder of them."""
    return out is not None and bool(out.suffix) and not out.is_dir()


def _path(run: Path, out: Path | None, park_id: str, lang: str, form: str, kind: str) -> Path:
    if _is_file(out):
        return out
    name = park_id if kind in PLAIN else f"{park_id}_{kind}"
    return (out or run / "reports") / f"{name}_{lang}.{form}"


def _inputs(
    run: Path, park_id: str, lang: str, search: int, projects: tuple[Investment, ...], stage: Callable[[str], None]
) -> ReportInputs:
    """Recompute a park of a run, with a package searched for with ``search`` members, 0 for none."""
    from pathway_models.batch.results import compute_again
    from pathway_models.decisions.cheapest_package import cheapest_package, cost_range
    from pathway_models.decisions.priced_grid import measure_blocks
    from pathway_models.decisions.project_effects import project_effects
    from pathway_models.engine.sampling import sample
    from pathway_models.intake.rules import read_account
    from pathway_models.records.levers import lever_grid
    from pathway_models.report.inputs import MEAN_MEMBERS, PROBABILITY, gather
    from pathway_models.runs.store import SEARCH, kept_arrays, scenarios_of

    said = cli_language.language()
    stage(say(said, en=f"recomputing {park_id}", zh=f"重新计算{park_id}"))
    recomputed, manifest, scenarios = compute_again(run, park_id), manifest_of(run, park_id), scenarios_of(run)
    stage(say(said, en="searching for the cheapest package", zh="搜索最低成本组合"))
    decision = None
    if search:
        # The search has fewer members than the run, and is tested on twice as many others; the path of the package is
        # projected on the run's own members.
        ensemble = {"members": search, "fresh": 2 * search, "seed": manifest.seed, "until": manifest.until}
        grid = lever_grid(scenarios.levers, measure_blocks(scenarios.levers))
        keep = partial(kept_arrays, run / park_id / SEARCH, search_key(run, recomputed.park, search))
        decision = cheapest_package(recomputed.park, manifest.before, PROBABILITY, grid=grid, keep=keep, **ensemble)
    effects = None
    if projects:
        ensemble = {"members": min(manifest.members, MEAN_MEMBERS), "seed": manifest.seed, "until": manifest.until}
        account = read_account(PROJECT_ACCOUNT)
        account = account if account.holds_in(recomputed.park.country) else read_account("location")
        effects = project_effects(recomputed.park, projects, account, **ensemble)
    spread = None
    if decision is not None:
        few = {"members": min(manifest.members, MEAN_MEMBERS), "seed": manifest.seed, "until": manifest.until}
        spread = cost_range(decision, recomputed.park, sample(recomputed.park, [decision.scenario()], **few))
    held = {"if_drivers_hold": _if_drivers_hold(run / park_id / "summary.csv"), "cost_range": spread}
    return gather(recomputed.park, scenarios, recomputed.pathways, manifest, lang=lang, decision=decision,
                  investments=projects, effects=effects, **held)  # fmt: skip


def search_key(run: Path, park: Park, members: int) -> str:
    """Hash all present inputs of the package search of a park of a run."""
    from pathway_models.intake.assumptions import read_assumptions
    from pathway_models.runs import provenance, store

    given = store.parameters_of(run)
    files = provenance.shared_inputs() | dict(park.files)
    return provenance.content_hash(
        {
            "parameters": {name: given[name] for name in ("seed", "until", "before", "scenarios")},
            "members": members,
            "inputs": files | {name: provenance.file_hash(path) for name, path in store.own_files(run).items()},
            "assumptions": read_assumptions().hash,
            "code": provenance.code_hash(),
            "versions": provenance.versions(),
        }
    )


def _if_drivers_hold(summary: Path) -> float:
    """Read the other reading of the answer without levers; NaN where the run does not have it."""
    from pathway_models.fleet.answers import answers
    from pathway_models.runs.tables import whole

    if not summary.is_file():
        return float("nan")
    with whole(summary), summary.open(encoding="utf-8-sig", newline="") as file:
        return next((one.without.if_drivers_hold for one in answers(csv.DictReader(file), {})), float("nan"))


def _document(
    inputs: ReportInputs,
    given: str,
    form: str,
    template: Path | None,
    kind: str,
    reports: dict[tuple[str, str], Report],
) -> bytes:
    """Write one document; return its bytes.  A report and its figures are built once per language."""
    from pathway_models.report.content import build_report
    from pathway_models.report.inputs import read_outline

    # Deferred: each format loads its own library.
    if form == "xlsx":
        from pathway_models.report.audit_workbook import to_xlsx

        return to_xlsx(inputs, given)
    if (inputs.lang, kind) not in reports:
        reports[inputs.lang, kind] = build_report(inputs, read_outline(kind))
    report = reports[inputs.lang, kind]
    if form == "docx":
        from pathway_models.documents.docx import to_docx

        return to_docx(report, template)
    if form == "pdf":
        from pathway_models.documents.typst import to_pdf

        return to_pdf(report)
    from pathway_models.documents.html import to_html

    return to_html(report).encode("utf-8")


def manifest_of(run: Path, park_id: str = "") -> Manifest:
    """Read the record of a run as the report of a park shows it: without the files of other parks.

    Raises
    ------
    InputError
        The folder holds no run.
    """
    from pathway_models.report.inputs import Manifest
    from pathway_models.runs.store import parameters_of, read_record

    record, given = read_record(run), parameters_of(run)
    commit = str(record.get("commit", ""))
    changed = " (+)" if commit and record.get("dirty") else ""
    others = {Path(str(park)).stem for park in given.get("parks", ()) if park_id} - {park_id}
    files = {str(name): str(value) for name, value in record.get("inputs_sha256", {}).items()}
    return Manifest(
        run_id=str(record.get("run_id") or run_id_of(record)),
        seed=int(given["seed"]),
        members=int(given["members"]),
        until=int(given["until"]),
        before=int(given["before"]),
        scenarios=tuple(given["scenarios"]),
        inputs={name: value for name, value in files.items() if name.partition(".")[0] not in others},
        versions={str(name): str(value) for name, value in record.get("versions", {}).items()},
        commit=f"{commit[:ID_LENGTH]}{changed}",
    )


def run_id_of(record: dict[str, Any]) -> str:
    """Hash the record of a run for an id, where the record states none."""
    content = {name: value for name, value in record.items() if name != "run_id"}
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:ID_LENGTH]
