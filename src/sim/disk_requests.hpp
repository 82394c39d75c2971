// SPDX-License-Identifier: Apache-2.0
// disk_requests: open, read, write, fsync, statx and rename on a simulated machine's disk.
#pragma once

#include "request.hpp"

namespace weir::sim {

class machine;

/// Takes a file request; it completes when the disk has done it.
void begin_disk_request(machine& home, const request_ptr& asked);

}  // namespace weir::sim
