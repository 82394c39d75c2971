// SPDX-License-Identifier: Apache-2.0
// server_metrics: what the event server counts, and shows on /metrics.
#pragma once

#include <weir/metrics/registry.hpp>

#include <functional>

/// Gives the server's rooms a voice among the metrics.
using read_number = std::function<double()>;

/// The metrics by name. Each shard counts in its own cell.
class server_metrics {
public:
    explicit server_metrics(unsigned shards);

    /// Adds a counter that is kept elsewhere.
    void add_counter(const char* name, const char* help, read_number read);

    [[nodiscard]] std::string text() const { return registry_.text(); }

private:
    weir::metrics::registry registry_;

public:
    weir::metrics::sharded<weir::metrics::gauge>& clients;
    weir::metrics::sharded<weir::metrics::counter>& accepted;
    weir::metrics::sharded<weir::metrics::counter>& refused;
    weir::metrics::sharded<weir::metrics::counter>& requests;
    weir::metrics::sharded<weir::metrics::counter>& messages;
    weir::metrics::sharded<weir::metrics::counter>& errors;
    weir::metrics::sharded<weir::metrics::histogram>& publishing;
};

/// Resident memory of this process. Source: proc(5), /proc/self/statm.
[[nodiscard]] double resident_bytes();
