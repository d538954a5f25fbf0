"""Grading a class of 200 with all reports, and one of 60 against an archive of 5,000 plans, beside a script with python-docx and
scikit-learn that only looks for similar pairs in the same files (grading_peer.py).

Usage: python grading.py [--manyi PATH] [--repeat N]. Needs: pip install python-docx scikit-learn. Linux: the memory is the largest
process's, children included.
"""

import argparse
import importlib.util
import pathlib
import shutil
import sys
import tempfile

from make_class import make
from run import best, default_manyi

HERE = pathlib.Path(__file__).resolve().parent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--manyi", type=pathlib.Path, default=default_manyi())
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    peer = all(importlib.util.find_spec(name) for name in ["docx", "sklearn"])
    for title, students, archived, limit in [("class of 200", 200, 0, 10), ("class of 60, archive of 5,000", 60, 5_000, 60)]:
        with tempfile.TemporaryDirectory() as scratch:
            folder = pathlib.Path(scratch) / "course"
            make(folder, students, archived)
            print(f"\n{title}\n  manyi grade, all reports (aim: below {limit} s)")
            run = best([str(options.manyi), "grade", str(folder)], options.repeat)
            made = len(list((folder / "out").rglob("*.pdf")))
            print(f"    {made} PDF files; aim {'reached' if run.seconds < limit else 'missed'}")
            shutil.rmtree(folder / "out")
            if not peer:
                print("  skipped the peer: python-docx or scikit-learn is not installed")
                continue
            print("  python-docx and scikit-learn, pairs only")
            other = best([sys.executable, str(HERE / "grading_peer.py"), str(folder)], options.repeat)
            print(f"    manyi takes {run.seconds / other.seconds:.1f} times as long and {run.memory / other.memory:.2f} times the memory")


if __name__ == "__main__":
    main()
