# SPDX-License-Identifier: Apache-2.0
"""A machine of its own for a moment: QEMU starts a kernel, which runs one command and ends. Nothing
is virtualized by the processor, so it needs no rights and runs everywhere, at a tenth of the speed.

It has no disk of this machine and no network but its own loopback. What the command needs is
copied: programs with the libraries that they load, and files."""

import pathlib
import re
import shlex
import subprocess
import sys
import tempfile
import threading

from debian_kernel import DebianKernel
from requirements import need_command, need_file

SCRATCH_BYTES = 512 << 20
MAX_FILES = 1_000_000
BUSYBOX = pathlib.Path("/bin/busybox")
# For a disk: memory file systems cannot do all that its file system can.
OWN_MODULES = ("virtio_pci", "virtio_blk", "ext4", "crc32c_generic")
FILES = {"etc/hosts": b"127.0.0.1 localhost\n::1 localhost\n"}
DONE = "guest: exit code "

INIT = """#!/bin/busybox sh
export PATH=/usr/bin:/bin
busybox mount -t proc proc /proc
busybox mount -t sysfs sys /sys
busybox mount -t devtmpfs dev /dev
for module in {modules}; do busybox insmod /modules/$module; done
busybox mount -t ext4 /dev/vda /scratch
export TMPDIR=/scratch
busybox ifconfig lo 127.0.0.1 up
ulimit -n {max_files}
busybox uname -sr
cd {folder}
{command}
echo "{done}$?"
busybox poweroff -f
"""


class Guest:
    def __init__(self, kernel: DebianKernel, modules: tuple[str, ...] = ()) -> None:
        need_command("qemu-system-x86_64", "qemu-system-x86")
        need_command("mkfs.ext4", "e2fsprogs")
        need_file(BUSYBOX, "busybox-static")
        self._kernel = kernel
        self._modules = kernel.modules(*OWN_MODULES, *modules)

    def run(
        self,
        command: list[str],
        environment: dict[str, str] | None = None,
        timeout: float = 500,
        memory_mib: int = 2048,
        copies: list[pathlib.Path] | None = None,
    ) -> int:
        """Runs `command`, whose first word is a program of this machine, and shows what it prints.
        Returns its exit code. `copies` are what it needs besides: programs, libraries, folders."""
        settings = [f"{name}={value}" for name, value in (environment or {}).items()]
        init = INIT.format(
            modules=" ".join(path.name for path in self._modules),
            max_files=MAX_FILES,
            folder=pathlib.Path.cwd(),
            command=shlex.join(["busybox", "env", *settings, *command]),
            done=DONE,
        )
        with tempfile.TemporaryDirectory() as folder:
            archive = pathlib.Path(folder) / "initramfs"
            archive.write_bytes(self._archive(init, [pathlib.Path(command[0]), *(copies or [])]))
            disk = pathlib.Path(folder) / "disk"
            with disk.open("wb") as file:
                file.truncate(SCRATCH_BYTES)
            subprocess.run(["mkfs.ext4", "-q", "-F", disk], check=True)
            return self._start(archive, disk, memory_mib, timeout)

    def _archive(self, init: str, copies: list[pathlib.Path]) -> bytes:
        archive = Archive()
        for name in ("proc", "sys", "dev", "tmp", "scratch", str(pathlib.Path.cwd()).lstrip("/")):
            archive.add_folder(name)
        archive.add_file("init", init.encode(), 0o755)
        archive.add_copy(BUSYBOX)
        for path in self._modules:
            archive.add_file(f"modules/{path.name}", path.read_bytes())
        for name, content in FILES.items():
            archive.add_file(name, content)
        for path in copies:
            for file in [path] if path.is_file() else _files_below(path):
                archive.add_copy(file)
                for library in _libraries_of(file):
                    archive.add_copy(library)
        return archive.finish()

    def _start(
        self, archive: pathlib.Path, disk: pathlib.Path, memory_mib: int, timeout: float
    ) -> int:
        machine = [
            "qemu-system-x86_64",
            *("-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "2", "-m", f"{memory_mib}M"),
            *("-nodefaults", "-display", "none", "-serial", "stdio", "-no-reboot"),
            *("-kernel", str(self._kernel.image), "-initrd", str(archive)),
            *("-append", "console=ttyS0 quiet loglevel=0 panic=-1"),
            *("-drive", f"file={disk},format=raw,if=virtio"),
        ]
        code = None
        with subprocess.Popen(machine, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as guest:
            try:
                for line in _lines_within(guest, timeout):
                    found = re.search(re.escape(DONE) + r"(\d+)", line)
                    if found is not None:
                        code = int(found.group(1))
                    else:
                        print(line, flush=True)
            finally:
                guest.kill()
        if code is None:
            print(f"the guest gave no exit code within {timeout:.0f} s", file=sys.stderr)
            return 1
        return code


class Archive:
    """The files that a kernel starts with: the format "newc" of cpio."""

    def __init__(self) -> None:
        self._data = bytearray()
        self._names: set[str] = set()

    def add_folder(self, name: str) -> None:
        if name in self._names or name in ("", "."):
            return
        self.add_folder(str(pathlib.PurePosixPath(name).parent))
        self._add(name, 0o40755, b"")

    def add_file(self, name: str, content: bytes, mode: int = 0o644) -> None:
        if name in self._names:
            return
        self.add_folder(str(pathlib.PurePosixPath(name).parent))
        self._add(name, 0o100000 | mode, content)

    def add_copy(self, path: pathlib.Path) -> None:
        """A file of this machine, at the place where it lies here."""
        self.add_file(str(path).lstrip("/"), path.read_bytes(), 0o755)

    def finish(self) -> bytes:
        self._add("TRAILER!!!", 0, b"")
        return bytes(self._data)

    def _add(self, name: str, mode: int, content: bytes) -> None:
        self._names.add(name)
        # inode, mode, user, group, links, time, size, device (2), its own device (2), name, sum
        size = len(name) + 1
        fields = (len(self._names), mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, size, 0)
        self._data += b"070701" + b"".join(b"%08x" % field for field in fields)
        self._data += name.encode() + b"\0"
        self._pad()
        self._data += content
        self._pad()

    def _pad(self) -> None:
        self._data += b"\0" * (-len(self._data) % 4)


def _files_below(folder: pathlib.Path) -> list[pathlib.Path]:
    found = (path for path in folder.rglob("*") if "__pycache__" not in path.parts)
    return [path for path in found if path.is_file()]


def _libraries_of(file: pathlib.Path) -> list[pathlib.Path]:
    with file.open("rb") as content:
        if content.read(4) != b"\x7fELF":
            return []
    listed = subprocess.run(["ldd", file], capture_output=True, text=True, check=False).stdout
    return [pathlib.Path(path) for path in re.findall(r"(?:=> |^\s*)(/\S+)", listed, re.MULTILINE)]


def _lines_within(guest: subprocess.Popen[bytes], timeout: float):
    """What it prints; when the time is over, it is ended."""
    watch = threading.Timer(timeout, guest.kill)
    watch.start()
    try:
        assert guest.stdout is not None
        for line in guest.stdout:
            yield line.decode(errors="replace").rstrip()
    finally:
        watch.cancel()
