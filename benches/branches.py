"""Measures one report for each branch of a supermarket chain, 40 and 1,000 of them, against the typst package of Python and R Markdown.

Usage: python branches.py [--manyi PATH] [--sources PATH] [--branches N ...] [--jobs N] [--folder DIR]
Needs: pip install typst; a release build of manyi; for R Markdown Rscript with the package rmarkdown, pandoc and xelatex with ctex
(Debian: r-cran-rmarkdown pandoc texlive-xetex texlive-lang-chinese texlive-fonts-recommended), without which that row is left out.

The answers are those of samples/supermarket-chain, drawn with replacement (seeded) until each branch has 60 in each of three months. Of manyi
the whole process is timed: reading, computing, planning, writing PDF. Every document has six charts and six to eight pages. The others get
finished work: the Typst sources that manyi made of the same documents, which they only typeset, in one process and in a process each; R Markdown gets
the finished texts and tables and the numbers of the charts, which it draws itself. With `--sources` the Typst sources are those of another, earlier
manyi, so that its gains from better sources count as gains.
"""

import argparse
import csv
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

from run import HERE, ROOT, Run, default_manyi

SAMPLE = ROOT / "samples" / "supermarket-chain"
PROJECT = HERE / "branches"
CACHE = pathlib.Path.home() / ".cache" / "manyi" / "bench"
ANSWERS = 60
IN_ONE, IN_MANY, IN_R = 150, 20, 10

# Columns of the sample that the project reads; its own are added.
COLUMNS = [
    "gender", "age", "weight", "aware", "aware_unaided", "praise", "category_buyer", "first_choice", "strict_choice", "customer",
    "earlier_purchase", "repurchased", "return_intention", "recommend", "complained", "complained_to_company", "repurchase_intention",
    "satisfaction", "likelihood", "ease", "dim_product_quality", "dim_service_quality", "dim_price_fairness", "dim_on_time_delivery",
    "dim_experience",
]  # fmt: skip

# One process, one source after the other; the memory after every one goes to standard output.
IN_ONE_PROCESS = """
import os, sys, typst
for source in sys.argv[1:]:
    typst.compile(source, output=source.removesuffix(".typ") + ".pdf", root=os.path.dirname(source))
    with open("/proc/self/status") as status:
        print(next(line.split()[1] for line in status if line.startswith("VmRSS")))
"""


def make_project(folder: pathlib.Path, branches: int) -> None:
    """Writes the project with its answers, unless they are there."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ["manyi.yaml", "templates"]:
        target = folder / name
        shutil.copytree(PROJECT / name, target, dirs_exist_ok=True) if (PROJECT / name).is_dir() else shutil.copy(PROJECT / name, target)
    data = folder / "data" / "survey.csv"
    if data.exists():
        return
    data.parent.mkdir(exist_ok=True)
    waves: dict[str, list[dict[str, str]]] = {}
    for source in sorted(SAMPLE.glob("data/survey-*.csv")):
        with source.open(encoding="utf-8-sig", newline="") as lines:
            waves[source.stem.removeprefix("survey-")] = [row for row in csv.DictReader(lines) if row["weight"]]
    regions = sorted({row["region"] for rows in waves.values() for row in rows})
    draw = random.Random(20261204)
    partial = data.with_suffix(".partial")
    with partial.open("w", encoding="utf-8", newline="") as lines:
        out = csv.writer(lines, lineterminator="\n")
        out.writerow(["wave", "branch", "region", *COLUMNS])
        for wave, rows in waves.items():
            by_region = {region: [row for row in rows if row["region"] == region] for region in regions}
            for number in range(branches):
                region = regions[number % len(regions)]
                for row in draw.choices(by_region[region], k=ANSWERS):
                    out.writerow([wave, f"M{number + 1:04}", region, *(row[column] for column in COLUMNS)])
    partial.rename(data)


class Watched:
    """A run of manyi with its memory over time, in MiB, by the number of finished documents."""

    def __init__(self, command: list[str], documents: pathlib.Path) -> None:
        self.memory: list[tuple[int, float]] = []
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        status = pathlib.Path(f"/proc/{process.pid}/status")
        while process.poll() is None:
            try:
                resident = re.search(r"VmRSS:\s+(\d+)", status.read_text())
            except OSError:
                resident = None
            if resident:
                self.memory.append((count(documents), int(resident[1]) / 1024))
            time.sleep(0.1)
        self.seconds = time.perf_counter() - start
        if process.returncode != 0:
            sys.exit(f"{' '.join(command)} ended with {process.returncode}")

    def at(self, documents: int) -> float:
        """Memory when the first so many documents were in place."""
        return next((memory for done, memory in self.memory if done >= documents), self.memory[-1][1])


def count(folder: pathlib.Path) -> int:
    return sum(entry.is_dir() and not entry.name.startswith(".") for entry in os.scandir(folder)) if folder.is_dir() else 0


def pages_of(pdf: pathlib.Path) -> int:
    """Pages of a PDF; 0 where its list of pages is packed."""
    counts = re.findall(rb"/Type\s*/Pages\b[^>]*?/Count\s+(\d+)|/Count\s+(\d+)", pdf.read_bytes())
    return max((int(number) for found in counts for number in found if number), default=0)


def build(options: argparse.Namespace, branches: int) -> tuple[float, pathlib.Path]:
    """Reports a second of manyi for so many branches."""
    project = options.folder / f"branches-{branches}"
    make_project(project, branches)
    out = pathlib.Path(tempfile.mkdtemp(dir=project))
    jobs = ["--jobs", str(options.jobs)] if options.jobs else []
    run = Watched([str(options.manyi), "build", str(project), "--out", str(out), *jobs], out / "2026-11" / "branches")
    pdfs = sorted(out.rglob("*.pdf"))
    if len(pdfs) != branches:
        sys.exit(f"{len(pdfs)} of {branches} documents were made")
    pages = [pages_of(pdf) for pdf in pdfs]
    print(f"  manyi, {branches} branches, {branches * 3 * ANSWERS:,} answers, from data to PDF: {run.seconds:.2f} s, "
          f"{branches / run.seconds:.1f} reports/s, {sum(pages) / run.seconds:.0f} pages/s ({min(pages)}-{max(pages)} pages each)")
    marks = [mark for mark in [1, 10, 40, 100, 250, 500, 750, 1000] if mark <= branches]
    print("    resident memory in MiB after reports: " + ", ".join(f"{mark}: {run.at(mark):.0f}" for mark in marks)
          + f"; at the end {run.memory[-1][1]:.0f}, most {max(memory for _, memory in run.memory):.0f}")
    shutil.rmtree(out)
    return branches / run.seconds, project


def sources(options: argparse.Namespace, project: pathlib.Path, wanted: int, folder: pathlib.Path) -> list[pathlib.Path]:
    """Finished Typst sources of the first branches."""
    only = [part for number in range(wanted) for part in ["--only", f"M{number + 1:04}"]]
    kept, out = folder / "typst", folder / "out"
    kept.mkdir()
    Run([str(options.sources or options.manyi), "build", str(project), "--out", str(out), *only], {"MANYI_KEEP_TYPST": str(kept)})
    charts = {json.dumps(json.loads((path.parent / "data.json").read_bytes())).count('"type": "figure"') for path in kept.rglob("main.typ")}
    print(f"  charts in a document: {sorted(charts)}")
    return sorted(kept.rglob("main.typ"))


def typst_in_one(found: list[pathlib.Path]) -> float:
    run = Run([sys.executable, "-c", IN_ONE_PROCESS, *map(str, found)])
    memory = [int(line) / 1024 for line in run.output.split()]
    after = memory[min(100, len(memory)) - 1]
    print(f"  (a) typst of Python, {len(found)} sources in one process: {run.seconds:.2f} s, {len(found) / run.seconds:.1f} reports/s; "
          f"{after:.0f} MiB after report {min(100, len(memory))}, {memory[-1]:.0f} at the end, most {run.memory:.0f}")
    return len(found) / run.seconds


def typst_in_many(found: list[pathlib.Path]) -> float:
    runs = [Run([sys.executable, "-c", IN_ONE_PROCESS, str(source)]) for source in found]
    seconds = sum(run.seconds for run in runs)
    print(f"  (b) typst of Python, {len(found)} processes: {seconds:.2f} s, {len(found) / seconds:.2f} reports/s, "
          f"most {max(run.memory for run in runs):.0f} MiB")
    return len(found) / seconds


def r_markdown(found: list[pathlib.Path], folder: pathlib.Path) -> float | None:
    missing = [program for program in ["Rscript", "pandoc", "xelatex"] if not shutil.which(program)]
    if missing or subprocess.run(["Rscript", "-e", "library(rmarkdown)"], capture_output=True).returncode != 0:
        print(f"  (c) R Markdown: not measured, there is no {', '.join(missing) or 'package rmarkdown'} here")
        return None
    files = []
    for number, source in enumerate(found):
        path = folder / f"report-{number}.Rmd"
        path.write_text(rmd(json.loads((source.parent / "data.json").read_bytes())), encoding="utf-8")
        files.append(path)
    render = "for (f in commandArgs(TRUE)) rmarkdown::render(f, quiet = TRUE)"
    run = Run(["Rscript", "-e", render, *map(str, files)])
    print(f"  (c) R Markdown with xelatex, {len(files)} documents: {run.seconds:.2f} s, {len(files) / run.seconds:.3f} reports/s")
    return len(files) / run.seconds


def rmd(document: dict) -> str:
    """A finished document as R Markdown: its headings, paragraphs and tables, and a plot by R for every chart."""
    meta = document["meta"]
    parts = [
        f"---\ntitle: {json.dumps(meta['title'], ensure_ascii=False)}\ndate: {json.dumps(meta['date_text'], ensure_ascii=False)}\n"
        "output:\n  pdf_document:\n    latex_engine: xelatex\n    toc: true\ndocumentclass: ctexart\n"
        "geometry: margin=25mm\nheader-includes: \\usepackage{float}\\floatplacement{figure}{H}\n---\n"
    ]
    for block in document["blocks"]:
        kind = block["type"]
        if kind == "heading":
            parts.append(f"{'#' * block['level']} {plain(block['content'])}\n")
        elif kind in ("paragraph", "lead"):
            parts.append(plain(block["content"]) + "\n")
        elif kind == "table":
            parts.append(table(block))
        elif kind == "figure":
            parts.append(plot(block))
        elif kind == "cards":
            rows = [[card["title"], card["value"] + card["unit"], card["interval"], card["change"]] for card in block["cards"]]
            parts.append(grid(["", "", "", ""], rows))
        elif kind == "todos":
            parts += [f"{number}. {escaped(item['title'])} {escaped(item['detail'])}" for number, item in enumerate(block["items"], 1)] + [""]
    return "\n".join(parts)


def plain(content: list) -> str:
    return "".join(plain(piece["content"]) if isinstance(piece.get("content"), list) else escaped(piece.get("text", "")) for piece in content)


def escaped(text: str) -> str:
    return re.sub(r"([\\`*_{}\[\]()#+\-.!|<>$%&~^])", r"\\\1", text)


def grid(titles: list[str], rows: list[list[str]]) -> str:
    lines = ["| " + " | ".join(title or " " for title in titles) + " |", "|" + "---|" * len(titles)]
    return "\n".join(lines + ["| " + " | ".join(cell or " " for cell in row) + " |" for row in rows]) + "\n"


def table(block: dict) -> str:
    rows = [[plain(cell["content"]) for cell in row["cells"]] for row in block["rows"]]
    return grid([plain(column["title"]) for column in block["columns"]], rows) + f"\n: {plain(block['caption'])}\n"


def numbers(value: object) -> list[float]:
    if isinstance(value, bool):
        return []
    if isinstance(value, (int, float)):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return [number for part in inner for number in numbers(part)]


def plot(block: dict) -> str:
    """The numbers of a chart as bars or as lines."""
    chart = {key: value for key, value in block["chart"].items() if key not in ("axis", "kind", "alt")}
    values = ", ".join(f"{value:g}" for value in numbers(chart)[:60]) or "0"
    draw = "plot(y, type = 'b')" if block["chart"]["kind"] in ("trend", "small_multiples") else "barplot(y, horiz = TRUE)"
    caption = json.dumps(plain(block["caption"]).replace("\\", ""), ensure_ascii=False)
    return f"```{{r echo=FALSE, fig.cap={caption}, fig.height=2.4}}\ny <- c({values})\n{draw}\n```\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--manyi", type=pathlib.Path, default=default_manyi())
    parser.add_argument("--sources", type=pathlib.Path, help="another manyi that makes the sources for typst (default: the same)")
    parser.add_argument("--branches", type=int, nargs="+", default=[40, 1000])
    parser.add_argument("--repeat", type=int, default=1, help="ignored: each run is long enough by itself")
    parser.add_argument("--jobs", type=int, help="documents that manyi makes at once (default: one a core)")
    parser.add_argument("--folder", type=pathlib.Path, default=CACHE, help="where the data lie")
    options = parser.parse_args()
    print("one report for each branch of a supermarket chain")
    rates = {}
    for branches in options.branches:
        rates[branches], project = build(options, branches)
    most = max(options.branches)
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        found = sources(options, project, min(IN_ONE, most), folder)
        others = {
            "(a) typst in one process": typst_in_one(found),
            "(b) typst in a process each": typst_in_many(found[:IN_MANY]),
            "(c) R Markdown": r_markdown(found[:IN_R], folder),
        }
    for name, rate in others.items():
        if rate:
            ratios = ", ".join(f"{rates[branches] / rate:.1f} at {branches} branches" for branches in options.branches)
            print(f"  manyi makes so many times the reports of {name}: {ratios}")


if __name__ == "__main__":
    main()
