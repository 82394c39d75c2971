#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Shows which co_await patterns a compiler miscompiles, and reports every change.

The shape of weir's public API rests on these verdicts (expected.txt): a compiler update that
changes one must be seen. Patterns that compile share one program a file, since compiling is what
costs; each still runs in a process of its own under the address sanitizer.

usage: canary.py [--all] compiler...      --all prints the sound patterns too
"""

import os
import re
import resource
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).parent
FLAGS = ["-std=c++20", "-O2", "-g1", "-w", "-fsanitize=address", f"-I{HERE}"]
RUN_SECONDS, COMPILE_SECONDS = 10, 180
MAIN = """
int main(int count, char** arguments) {
    const std::string_view wanted = count > 1 ? arguments[1] : "";
    task<int> (*body)() = nullptr;
%s
    if (body == nullptr) return 2;
    const bool ran = runs_cleanly(body);
    return dies_cleanly(body) && ran ? 0 : 1;
}
"""


def read_patterns():
    """name -> its block of C++; and file -> its names."""
    blocks, groups = {}, {}
    for path in sorted((HERE / "patterns").glob("*.cpp")):
        parts = re.split(r"^// ([PV]\d\d): ", path.read_text("utf-8"), flags=re.MULTILINE)
        names = parts[1::2]
        blocks.update({name: "// " + text for name, text in zip(names, parts[2::2])})
        groups[path.stem] = names
    return blocks, groups


def compiler_name(compiler):
    """`clang`, or g++ with its major version: the key of expected.txt."""
    shown = subprocess.run([*compiler, "--version"], capture_output=True, text=True, check=True)
    if "clang" in shown.stdout:
        return "clang"
    version = subprocess.run([*compiler, "-dumpversion"], capture_output=True, text=True)
    return "g++-" + version.stdout.strip().split(".")[0]


def expectations(compiler):
    """name -> verdict for the patterns that are not sound; None when nobody has looked yet."""
    known, verdicts = False, {}
    for line in (HERE / "expected.txt").read_text("utf-8").splitlines():
        words = line.split("#")[0].split()
        if words and words[0] == compiler:
            known = True
            verdicts.update({name: words[1] for name in words[2:]})
    return verdicts if known else None


class Workshop:
    def __init__(self, compiler, blocks, directory):
        self.compiler, self.blocks, self.directory = compiler, blocks, Path(directory)

    def compile(self, label, names):
        """The program of these patterns, or None when the compiler refuses or crashes."""
        source, program = self.directory / f"{label}.cpp", self.directory / label
        cases = [f'    if (wanted == "{name}") body = {name.lower()}::body;' for name in names]
        text = '#include "canary.hpp"\n' + "\n".join(self.blocks[name] for name in names)
        source.write_text("// " + label + "\n" + text + MAIN % "\n".join(cases), "utf-8")
        try:
            done = subprocess.run(
                [*self.compiler, *FLAGS, str(source), "-o", str(program)],
                capture_output=True, timeout=COMPILE_SECONDS, check=False,
            )
        except subprocess.TimeoutExpired:
            return None
        return program if done.returncode == 0 else None

    def run(self, program, name):
        environment = {**os.environ, "ASAN_OPTIONS": "detect_leaks=1"}
        try:
            done = subprocess.run(
                [program, name], capture_output=True, timeout=RUN_SECONDS, check=False,
                env=environment,
            )
        except subprocess.TimeoutExpired:
            return "unsound"
        return "sound" if done.returncode == 0 else "unsound"

    def judge(self, label, names):
        """name -> verdict; a group that does not compile is taken apart."""
        program = self.compile(label, names)
        if program:
            return {name: self.run(program, name) for name in names}
        if len(names) == 1:
            return {names[0]: "uncompilable"}
        verdicts = {}
        for name in names:
            verdicts.update(self.judge(f"{label}_{name}", [name]))
        return verdicts


def judge_all(compiler, expected):
    blocks, groups = read_patterns()
    apart = {name for name, verdict in (expected or {}).items() if verdict == "uncompilable"}
    jobs = [(label, [n for n in names if n not in apart]) for label, names in groups.items()]
    jobs += [(name, [name]) for name in sorted(apart)]
    jobs.sort(key=lambda job: -len(job[1]))
    verdicts = {}
    with tempfile.TemporaryDirectory(prefix="canary-") as directory:
        workshop = Workshop(compiler, blocks, directory)
        with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            for found in pool.map(lambda job: workshop.judge(*job), jobs):
                verdicts.update(found)
    return dict(sorted(verdicts.items()))


def main(arguments):
    show_all = "--all" in arguments
    compiler = [argument for argument in arguments if argument != "--all"] or ["c++"]
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    name = compiler_name(compiler)
    expected = expectations(name)
    verdicts = judge_all(compiler, expected)
    changed = 0
    for pattern, verdict in verdicts.items():
        before = (expected or {}).get(pattern, "sound")
        if expected is not None and verdict != before:
            changed += 1
            print(f"{pattern}: {verdict}, expected {before}")
        elif show_all or expected is None and verdict != "sound":
            print(f"{pattern}: {verdict}")
    sound = list(verdicts.values()).count("sound")
    print(f"canary: {name}: {sound} of {len(verdicts)} patterns sound, {changed} changed")
    if expected is None:
        print(f"canary: {name} is not in expected.txt: nothing to compare with")
    return 1 if changed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
