# SPDX-License-Identifier: Apache-2.0
"""An authority for tests and what it signs, made by the tools of OpenSSL."""

import subprocess


def openssl(*arguments, **options):
    return subprocess.run(["openssl", *arguments], check=True, capture_output=True, **options)


class Authority:
    """Keeps its files in `folder`."""

    def __init__(self, folder):
        self.folder = folder
        self.file = str(folder / "ca.pem")
        self.key = str(folder / "ca.key")
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj",
                "/CN=authority of a test", "-addext", "keyUsage=critical,keyCertSign",
                "-keyout", self.key, "-out", self.file)

    def issue(self, name, alternatives, kind=("rsa:2048",), days="30"):
        """The paths of a certificate and its key."""
        chain, key = (str(self.folder / f"{name}.{end}") for end in ("pem", "key"))
        request = str(self.folder / f"{name}.csr")
        openssl("req", "-newkey", *kind, "-nodes", "-subj", f"/CN={name}", "-keyout", key,
                "-out", request)
        extensions = self.folder / f"{name}.ext"
        extensions.write_text(f"subjectAltName={alternatives}\n", encoding="ascii")
        openssl("x509", "-req", "-in", request, "-CA", self.file, "-CAkey", self.key,
                "-CAcreateserial", "-days", days, "-extfile", str(extensions), "-out", chain)
        subprocess.run(["chmod", "600", key], check=True)
        return chain, key
