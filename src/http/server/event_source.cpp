// SPDX-License-Identifier: Apache-2.0
#include <weir/http/server/event_source.hpp>

#include <weir/base/refusal.hpp>
#include <weir/coro/ok.hpp>
#include <weir/coro/when_any.hpp>
#include <weir/http/server/exchange.hpp>
#include <weir/io/reactor.hpp>

#include <utility>

namespace weir::http {
namespace {

/// Counts one reader for as long as it reads.
class reader_count {
public:
    explicit reader_count(std::size_t& of) noexcept : of_(of) { ++of_; }
    reader_count(const reader_count&) = delete;
    reader_count& operator=(const reader_count&) = delete;
    ~reader_count() { --of_; }

private:
    std::size_t& of_;
};

}  // namespace

event_source::event_source(std::string epoch, const event_source_options& options)
    : history_(std::move(epoch), options.history), options_(options) {}

void event_source::publish(server_event event) {
    static_cast<void>(history_.append(std::move(event), reactor::current().now()));
    news_.set();  // wakes those who wait now; the others look before they wait
    news_.reset();
}

task<result<void>> event_source::serve(exchange& exchange) {
    if (readers_ >= options_.max_readers) {
        co_return fail(make_error_code(refusal::too_many_in_flight));
    }
    const reader_count counted(readers_);
    event_writer to(exchange, options_.writer);
    co_await ok(to.start());
    auto race = co_await when_any(deliver(to), to.keep_alive());
    if (race.winner() == 0) co_return race.outcome<0>();
    co_return race.outcome<1>();
}

task<result<void>> event_source::deliver(event_writer& to) {
    std::uint64_t place = co_await ok(begin(to));
    for (;;) {
        while (place < history_.next()) {
            if (place < history_.oldest()) {
                if (options_.slow == slow_reader::ends) co_return result<void>();
                place = history_.oldest();
                co_await ok(to.send(options_.gap));
                continue;
            }
            const send_buffer next = history_[place];
            ++place;
            co_await ok(to.send(next));
        }
        co_await ok(news_.wait());
    }
}

task<result<std::uint64_t>> event_source::begin(event_writer& to) {
    const std::string_view last_id = to.last_event_id();
    if (last_id.empty()) co_return history_.next();
    const auto missed = history_.since(last_id, reactor::current().now());
    const std::uint64_t place = history_.next() - missed.size();
    if (missed.outcome() != replay_outcome::complete) co_await ok(to.send(options_.gap));
    co_return place;
}

}  // namespace weir::http
