// SPDX-License-Identifier: Apache-2.0
// tee: a recorder that tells several: a report and an exporter, for example.
#pragma once

#include <weir/trace/recorder.hpp>

#include <functional>
#include <utility>
#include <vector>

namespace weir::trace {

/// Tells each of them, in their order. They must outlive it.
class tee final : public recorder {
public:
    explicit tee(std::vector<std::reference_wrapper<recorder>> all) noexcept
        : all_(std::move(all)) {}

    void span_began(const span_start& start) noexcept override {
        for (recorder& each : all_) each.span_began(start);
    }
    void span_ended(const record_place& end, const span_outcome& outcome) noexcept override {
        for (recorder& each : all_) each.span_ended(end, outcome);
    }
    void event(const record_place& at, std::string_view name,
               std::span<const attribute> with) noexcept override {
        for (recorder& each : all_) each.event(at, name, with);
    }
    void attributes(const record_place& at, std::span<const attribute> added) noexcept override {
        for (recorder& each : all_) each.attributes(at, added);
    }
    void metric(const record_place& at, const class metric& measured,
                std::span<const attribute> with) noexcept override {
        for (recorder& each : all_) each.metric(at, measured, with);
    }
    void log(const record_place& at, log_level level, std::string_view text,
             std::span<const attribute> with) noexcept override {
        for (recorder& each : all_) each.log(at, level, text, with);
    }

private:
    std::vector<std::reference_wrapper<recorder>> all_;
};

}  // namespace weir::trace
