// SPDX-License-Identifier: Apache-2.0
#include "server_metrics.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <fstream>

namespace {

using weir::metrics::description;

double processor_seconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double start_time() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration<double>(now).count();
}

}  // namespace

double resident_bytes() {
    std::ifstream memory("/proc/self/statm");
    double all = 0;
    double resident = 0;
    memory >> all >> resident;
    return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

server_metrics::server_metrics(unsigned shards)
    : registry_(shards),
      clients(registry_.add_gauge(
          description("event_server_clients", "WebSocket clients that are connected."))),
      refused(registry_.add_counter(description(
          "event_server_refused_total", "Connections refused because there were too many."))),
      messages(registry_.add_counter(
          description("event_server_messages_total", "Messages received from clients."))),
      errors(registry_.add_counter(
          description("event_server_errors_total", "Messages that were answered with an error."))),
      publishing(registry_.add_latency(description(
          "event_server_publish_seconds", "From a received publish to its delivery here."))),
      http(weir::http::add_server_statistics(registry_)),
      websocket(weir::ws::add_connection_statistics(registry_)) {
    registry_.add_reading(description("process_resident_memory_bytes", "Resident memory."), "gauge",
                          &resident_bytes);
    registry_.add_reading(description("process_cpu_seconds_total", "User and system time."),
                          "counter", &processor_seconds);
    registry_.add_reading(description("process_start_time_seconds", "Start, Unix time."), "gauge",
                          [started = start_time()] { return started; });
}

void server_metrics::show(const event_rooms& rooms) {
    weir::pubsub::add_rooms_statistics(registry_, rooms);
}
