#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The example in README.md is, to the letter, the program that is built as examples/echo_server."""
import pathlib
import re
import sys

root = pathlib.Path(__file__).resolve().parents[2]
readme = (root / "README.md").read_text()
shown = re.search(r"```cpp\n(.*?)```", readme, re.S)
built = (root / "examples" / "echo_server.cpp").read_text()
built = built[built.index("#include") :]
if shown is None or shown.group(1) != built:
    sys.exit("README.md: the first C++ block differs from examples/echo_server.cpp")
