# SPDX-License-Identifier: Apache-2.0
"""nginx with the directives that a test gives it."""

import os

from configured_process import ConfiguredProcess
from requirements import need_command, need_file

STREAM_MODULE = "/usr/lib/nginx/modules/ngx_stream_module.so"

MAIN = """
daemon off;
@USER@
worker_processes 1;
pid @FOLDER@/pid;
error_log stderr warn;
load_module @STREAM@;
events { worker_connections 1000; }
http {
    access_log off;
    client_body_temp_path @FOLDER@/bodies;
    proxy_temp_path @FOLDER@/answers;
    fastcgi_temp_path @FOLDER@/unused1;
    uwsgi_temp_path @FOLDER@/unused2;
    scgi_temp_path @FOLDER@/unused3;
    client_max_body_size 20m;
    proxy_http_version 1.1;
    proxy_buffering off;
    proxy_request_buffering off;
    proxy_next_upstream off;  # a request that fails is told, not tried again
    @HTTP@
}
stream { @STREAMS@ }
"""


def nginx(ports, http="", streams="", **values):
    """Listens on `ports` (each `listen` needs `reuseport`); what it says is in its `output`."""
    need_command("nginx", "nginx-light")
    need_file(STREAM_MODULE, "libnginx-mod-stream")
    # Its workers could not open our folder as somebody else.
    user = "user root;" if os.geteuid() == 0 else ""
    configuration = MAIN.replace("@HTTP@", http).replace("@STREAMS@", streams)
    return ConfiguredProcess(
        "nginx", lambda file: ["-p", file.parent, "-e", "stderr", "-c", file], configuration, ports,
        USER=user, STREAM=STREAM_MODULE, **values)
