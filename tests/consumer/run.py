#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Uses weir the two ways a user can: as a Meson subproject, and installed through pkg-config.

Both share one build, without the optimiser: what is asked is whether it links, not how fast it is.

usage: run.py weir-source-directory compiler...
"""

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent


def run(*command, **more):
    print("$", shlex.join(str(word) for word in command), flush=True)
    return subprocess.run([str(word) for word in command], check=True, **more)


def as_subproject(directory, source):
    """Builds and runs the consumer with weir in its subprojects/, and installs both."""
    project = directory / "consumer"
    (project / "subprojects").mkdir(parents=True)
    for name in ("meson.build", "consumer.cpp"):
        shutil.copy(HERE / name, project)
    (project / "subprojects" / "weir").symlink_to(source, target_is_directory=True)
    build = directory / "build"
    run("meson", "setup", build, project, "--prefix", directory / "prefix",
        "--libdir", "lib", "-Dbuildtype=debug", "-Ddebug=false")
    run("meson", "compile", "-C", build)
    run("meson", "test", "-C", build, "--no-rebuild", "consumer:", "--print-errorlogs")
    run("meson", "install", "-C", build, "--no-rebuild", "--quiet")


def as_package(directory, compiler):
    """Compiles the consumer against what was installed, with the flags that pkg-config gives."""
    environment = {**os.environ, "PKG_CONFIG_PATH": str(directory / "prefix/lib/pkgconfig")}
    flags = run("pkg-config", "--static", "--cflags", "--libs", "weir", env=environment,
                capture_output=True, text=True).stdout.split()
    program = directory / "packaged"
    run(*compiler, HERE / "consumer.cpp", "-o", program, *flags)
    run(program)


def main():
    source, compiler = Path(sys.argv[1]).resolve(), sys.argv[2:]
    os.environ["CXX"] = shlex.join(compiler)
    with tempfile.TemporaryDirectory(prefix="weir-consumer-") as name:
        as_subproject(Path(name), source)
        as_package(Path(name), compiler)
    return 0


if __name__ == "__main__":
    sys.exit(main())
