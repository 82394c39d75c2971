#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Are the simulated worlds able to find faults? Each patch in this folder puts one classic fault
into a copy of the sources; weir_sim, built with the address sanitizer, must find it.

usage: run.py WORK_FOLDER [--seconds S] [--compiler C++ ...] [--only NAME ...]

Prints for each fault after how many worlds and seconds it was found, and how it showed. Fails when
one was not found within S (60) seconds, or the sources without a fault do not pass.
"""

import argparse
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
OPTIONS = [
    "-Doptimization=1", "-Ddebug=false", "-Dcpp_args=-gline-tables-only",
    "-Db_sanitize=address,undefined", "-Dbenchmarks=disabled",
]
ENVIRONMENT = {
    "ASAN_OPTIONS": "abort_on_error=1:detect_stack_use_after_return=1",
    "UBSAN_OPTIONS": "halt_on_error=1:abort_on_error=1",
}
WORLDS_WITHOUT_FAULT = 100


def compilers(compiler):
    """The environment that makes Meson use `compiler`, and for C the one that goes with it."""
    if not compiler:
        return {}
    last = compiler[-1].replace("clang++", "clang").replace("g++", "gcc")
    return {"CXX": shlex.join(compiler), "CC": shlex.join([*compiler[:-1], last])}


def source_files():
    """Tracked and new files; all files where there is no git (a release archive)."""
    listed = subprocess.run(["git", "-C", ROOT, "ls-files", "-co", "--exclude-standard", "-z"],
                            check=False, capture_output=True, text=True)
    if listed.returncode == 0 and listed.stdout:
        return {name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()}
    every = (path for path in ROOT.rglob("*") if path.is_file())
    names = (path.relative_to(ROOT) for path in every)
    return {name.as_posix() for name in names if name.parts[0] not in ("build", ".git")}


class Workshop:
    """A copy of the sources that keeps its objects from one fault to the next."""

    def __init__(self, folder, compiler):
        self.tree = folder / "tree"
        self.build = folder / "build"
        self.program = self.build / "tests/sim/weir_sim"
        self._copy_sources()
        if not (self.build / "build.ninja").exists():
            subprocess.run(["meson", "setup", self.build, self.tree, *OPTIONS],
                           check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
                           env=os.environ | compilers(compiler))

    def _copy_sources(self):
        """Copies what has changed, so that only that is compiled again."""
        names = source_files()
        for old in list(self.tree.rglob("*")):
            if old.is_file() and old.relative_to(self.tree).as_posix() not in names:
                old.unlink()
        for name in names:
            target = self.tree / name
            if target.exists() and target.read_bytes() == (ROOT / name).read_bytes():
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target)

    def apply(self, patch, *options):
        subprocess.run(["git", "apply", *options, patch], cwd=self.tree, check=True,
                       env=os.environ | {"GIT_CEILING_DIRECTORIES": str(self.tree.parent)})

    def compile(self):
        subprocess.run(["ninja", "-C", self.build, "tests/sim/weir_sim"], check=True,
                       stdout=subprocess.DEVNULL)

    def simulate(self, *options):
        """The exit status and the output of weir_sim, and how long it took."""
        begin = time.monotonic()
        done = subprocess.run([self.program, "--threads", "1", *options], capture_output=True,
                              text=True, errors="replace", check=False,
                              env=os.environ | ENVIRONMENT)
        return done.returncode, done.stdout + done.stderr, time.monotonic() - begin


def symptom(output):
    """The line that says what was broken."""
    report = re.search(r"ERROR: AddressSanitizer: (\S+)", output)
    if report:
        return "AddressSanitizer: " + report.group(1)
    for pattern in (r"^seed \d+: (.+)$", r"^weir: (.+)$", r"runtime error: (.+)$"):
        found = re.search(pattern, output, re.MULTILINE)
        if found:
            return found.group(1)
    return output.strip().splitlines()[-1] if output.strip() else "it ended"


def try_fault(workshop, patch, seconds):
    """Prints what became of one fault; whether it was found."""
    workshop.apply(patch)
    try:
        workshop.compile()
        status, output, took = workshop.simulate("--seeds", "100000000", "--seconds", str(seconds))
    finally:
        workshop.apply(patch, "--reverse")
    seed = re.search(r"^seed (\d+)", output, re.MULTILINE)
    if status == 0 or not seed:
        print(f"{patch.stem:34} NOT FOUND in {took:.0f} s\n{output}", flush=True)
        return False
    print(f"{patch.stem:34} {seed.group(1):>5} worlds {took:6.1f} s  {symptom(output)}", flush=True)
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--compiler", nargs="+", default=[])
    parser.add_argument("--only", nargs="+", default=[])
    chosen = parser.parse_args()
    patches = sorted(HERE.glob("*.patch"))
    if chosen.only:
        patches = [each for each in patches if each.stem in chosen.only]
    workshop = Workshop(chosen.folder.resolve(), chosen.compiler)
    workshop.compile()
    status, output, _ = workshop.simulate("--seeds", str(WORLDS_WITHOUT_FAULT))
    if status != 0:
        print(f"without a fault:\n{output}")
        return 1
    missed = sum(not try_fault(workshop, each, chosen.seconds) for each in patches)
    print(f"{len(patches) - missed} of {len(patches)} faults found")
    return 1 if missed or not patches else 0


if __name__ == "__main__":
    sys.exit(main())
