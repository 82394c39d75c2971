#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Style as a test: prints `file:line: rule: hint` for every broken rule and fails if there is one.

usage: tidy.py [root]
"""

import subprocess
import sys
from pathlib import Path

import rules

# Not written by us, or not code: licence text, corpora, patches.
IGNORED_TOP = {"build", "subprojects", ".git"}
IGNORED_PARTS = {"corpus", "node_modules", "__pycache__"}


def project_files(root):
    """Tracked and new files; all files where there is no git (a release archive)."""
    listed = subprocess.run(
        ["git", "-C", str(root), "ls-files", "-co", "--exclude-standard", "-z"],
        capture_output=True, text=True, check=False,
    )
    if listed.returncode == 0 and listed.stdout:
        paths = [Path(name) for name in listed.stdout.split("\0") if name]
    else:
        paths = [path.relative_to(root) for path in root.rglob("*") if path.is_file()]
    return sorted(
        path for path in paths
        if path.parts[0] not in IGNORED_TOP and not IGNORED_PARTS.intersection(path.parts)
        and (root / path).is_file()
    )


def read(root):
    sources = []
    for path in project_files(root):
        try:
            sources.append(rules.Source(path.as_posix(), (root / path).read_text("utf-8")))
        except UnicodeDecodeError:
            continue  # an image or another binary file
    return sources


def main():
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parents[2]).resolve()
    layers = rules.Layers((Path(__file__).parent / "layers.txt").read_text("utf-8"))
    sources = read(root)
    found = rules.findings(sources, layers)
    for path, line, rule, hint in found:
        print(f"{path}:{line}: {rule}: {hint}")
    print(f"tidy: {len(sources)} files read, {len(found)} findings")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
