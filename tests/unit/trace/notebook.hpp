// SPDX-License-Identifier: Apache-2.0
// notebook: a recorder that writes down what it is told, a line each.
#pragma once

#include <weir/trace/recorder.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace weir::test {

class notebook final : public trace::recorder {
public:
    class begun_span {
    public:
        explicit begun_span(const trace::span_start& start)
            : name(start.place.path->name()), context(*start.place.in), parent(start.parent) {}
        std::string name;
        trace::span_context context;
        trace::span_id parent;
    };

    std::vector<begun_span> spans;
    std::vector<std::string> lines;

    void span_began(const trace::span_start& start) noexcept override {
        spans.emplace_back(start);
        note(start.place, start.is_outermost ? "began outermost" : "began", start.attributes);
    }
    void span_ended(const trace::record_place& end,
                    const trace::span_outcome& outcome) noexcept override {
        note(end, outcome.to_string(), {});
    }
    void event(const trace::record_place& at, std::string_view name,
               std::span<const trace::attribute> with) noexcept override {
        note(at, "event " + std::string(name), with);
    }
    void attributes(const trace::record_place& at,
                    std::span<const trace::attribute> added) noexcept override {
        note(at, "has", added);
    }
    void metric(const trace::record_place& at, const class trace::metric& measured,
                std::span<const trace::attribute> with) noexcept override {
        note(at, "metric " + std::string(measured.name()) + " " + std::to_string(measured.value()),
             with);
    }
    void log(const trace::record_place& at, trace::log_level level, std::string_view text,
             std::span<const trace::attribute> with) noexcept override {
        note(at, std::string(trace::name_of(level)) + " " + std::string(text), with);
    }

private:
    void note(const trace::record_place& at, const std::string& what,
              std::span<const trace::attribute> with) {
        std::string line = (at.path == nullptr ? "-" : at.path->to_string()) + ": " + what;
        for (const trace::attribute& each : with) line += " " + std::string(each.name());
        lines.push_back(line);
    }
};

}  // namespace weir::test
