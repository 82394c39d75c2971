# SPDX-License-Identifier: Apache-2.0
"""The kernel of a Debian package, unpacked beside the build: not the one that runs here."""

import pathlib
import re
import subprocess

PACKAGE = "linux-image-cloud-amd64"


class DebianKernel:
    def __init__(self, folder: pathlib.Path) -> None:
        self._folder = folder
        self._unpacked = folder / "kernel"
        if not self._unpacked.is_dir():
            self._unpack(self._download())
        self.image = next((self._unpacked / "boot").glob("vmlinuz-*"))
        self._modules = {
            _module_name(path.name.removesuffix(".ko")): path
            for path in (self._unpacked / "lib/modules").rglob("*.ko")
        }
        if not self._modules:
            raise SystemExit("this kernel's modules are packed: the guest is made for Debian 12")

    def modules(self, *names: str) -> list[pathlib.Path]:
        """The named modules and those that they need, in the order of loading. What the kernel has
        built in has no file."""
        ordered: dict[pathlib.Path, None] = {}
        for name in names:
            path = self._modules.get(_module_name(name))
            if path is None or path in ordered:
                continue
            ordered.update(dict.fromkeys(self.modules(*_needs_of(path))))
            ordered[path] = None
        return list(ordered)

    def _download(self) -> pathlib.Path:
        """Nothing is installed: a kernel's package would change how this machine starts."""
        self._folder.mkdir(parents=True, exist_ok=True)
        for attempt in range(2):
            listed = subprocess.run(
                ["apt-cache", "depends", PACKAGE], capture_output=True, text=True, check=False
            ).stdout
            found = re.search(r"Depends: (linux-image-\S+)", listed)
            if found is not None:
                get = ["apt-get", "-q", "download", found.group(1)]
                if subprocess.run(get, cwd=self._folder, check=False).returncode == 0:
                    return next(self._folder.glob("linux-image-*.deb"))
            if attempt == 0:
                subprocess.run(["apt-get", "-q", "update"], check=False)
        raise SystemExit(f"no kernel to start; try: apt-get update && apt-get download {PACKAGE}")

    def _unpack(self, package: pathlib.Path) -> None:
        beside = self._folder / "unpacking"
        subprocess.run(["dpkg-deb", "-x", package, beside], check=True)
        beside.rename(self._unpacked)  # whole, or not there
        package.unlink()


def _module_name(name: str) -> str:
    return name.replace("-", "_")


def _needs_of(module: pathlib.Path) -> list[str]:
    found = re.search(rb"\0depends=([^\0]*)\0", module.read_bytes())
    return [name for name in found.group(1).decode().split(",") if name] if found else []
