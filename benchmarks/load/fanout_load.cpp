// SPDX-License-Identifier: Apache-2.0
#include "fanout_load.hpp"

#include <weir/coro/when_all.hpp>
#include <weir/io/sleep.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <iterator>
#include <optional>
#include <utility>

namespace {

/// The whole number behind `"key":`. The server hands data on as it came, so no parser is needed.
std::optional<std::int64_t> number_after(std::string_view text, std::string_view key) {
    const auto at = text.find(key);
    if (at == std::string_view::npos) return std::nullopt;
    std::int64_t value = 0;
    const char* first = text.data() + at + key.size();
    const auto parsed = std::from_chars(first, text.data() + text.size(), value);
    return parsed.ec == std::errc() ? std::optional(value) : std::nullopt;
}

std::int64_t to_number(load_clock::time_point moment) {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(moment.time_since_epoch()).count();
}

}  // namespace

fanout_load::fanout_load(load_shard& load, weir::ws::connection peer, std::size_t index)
    : load_(load),
      peer_(std::move(peer)),
      index_(index),
      is_publisher_(index < load.options.publishers) {}

weir::task<> fanout_load::run() {
    const auto subscribed = co_await subscribe();
    if (!subscribed) co_return;
    load_.counts.opened.add();
    if (is_publisher_) {
        static_cast<void>(co_await weir::when_all(receive_all(), publish_all()));
    } else {
        co_await receive_all();
    }
}

weir::task<bool> fanout_load::subscribe() {
    const std::string request =
        fmt::format(R"({{"type":"subscribe","room":"{}"}})", load_.options.room);
    const auto sent = co_await peer_.send_text(request);
    auto answer = co_await peer_.receive();
    if (!answer || !sent) {
        if (!answer && weir::is_stopped(answer.error())) co_return false;
        load_.counts.note(trouble::refused, answer ? sent.error() : answer.error());
        co_return false;
    }
    const bool is_subscribed = answer->text().starts_with(R"({"type":"subscribed")");
    if (!is_subscribed) load_.counts.note(trouble::refused);
    co_return is_subscribed;
}

weir::task<> fanout_load::receive_all() {
    for (;;) {
        auto arrived = co_await peer_.receive();
        if (arrived) {
            take(arrived->text());
            continue;
        }
        if (!weir::is_stopped(arrived.error())) load_.counts.note(trouble::lost, arrived.error());
        co_return;
    }
}

void fanout_load::take(std::string_view event) {
    const auto now = load_clock::now();
    const auto moment = number_after(event, R"("t":)");
    const auto publisher = number_after(event, R"("p":)");
    if (!moment || !publisher) return load_.counts.note(trouble::wrong_answer);
    load_.counts.received.add();
    load_.counts.latency.record(std::chrono::nanoseconds(to_number(now) - *moment));
    if (!is_publisher_ || *publisher != static_cast<std::int64_t>(index_)) return;
    --in_flight_;
    room_.set();
}

weir::task<> fanout_load::publish_all() {
    const auto& options = load_.options;
    if (!co_await load_.go.wait()) co_return;
    const double rate = std::max(options.rate, 1e-9);
    const std::chrono::duration<double> between_all(1 / rate);
    const auto between = std::chrono::duration_cast<std::chrono::nanoseconds>(
        between_all * static_cast<double>(options.publishers));
    auto moment = load_.window_begin + between / options.publishers * index_;
    while (!load_.is_sending_over()) {
        if (options.is_open_loop()) {
            if (moment >= load_.window_end || !co_await weir::sleep_until(moment)) co_return;
        }
        while (in_flight_ >= options.depth) {
            room_.reset();
            if (!co_await room_.wait()) co_return;
        }
        if (!options.is_open_loop()) moment = load_clock::now();
        const bool sent = co_await publish(moment);
        if (!sent) co_return;
        moment += between;
    }
}

weir::task<bool> fanout_load::publish(load_clock::time_point moment) {
    text_.clear();
    fmt::format_to(std::back_inserter(text_),
                   R"({{"type":"publish","room":"{}","data":{{"t":{},"p":{},"x":")",
                   load_.options.room, to_number(moment), index_);
    constexpr std::string_view end = R"("}})";
    const std::size_t used = text_.size() + end.size();
    text_.append(load_.options.size - std::min(load_.options.size, used), 'x');
    text_ += end;
    ++in_flight_;
    load_.counts.sent.add();
    const auto sent = co_await peer_.send_text(text_);
    co_return sent.has_value();
}
