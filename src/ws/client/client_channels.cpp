// SPDX-License-Identifier: Apache-2.0
// The part of a client that authenticates and subscribes.
#include "client_core.hpp"

#include <weir/coro/ok.hpp>
#include <weir/io/sleep.hpp>
#include <weir/io/timeout.hpp>
#include <weir/sync/for_each_concurrent.hpp>
#include <weir/ws/client/client_error.hpp>
#include <weir/ws/client/renewal.hpp>

#include <utility>

namespace weir::ws::detail {

/// While the peer is asked for a channel: an answer settles it, whatever else ends it does not.
class client_core::open_question {
public:
    explicit open_question(client_core& of, std::string channel,
                           subscription_set::question number) noexcept
        : of_(of), channel_(std::move(channel)), number_(number) {}
    open_question(const open_question&) = delete;
    open_question& operator=(const open_question&) = delete;
    ~open_question() { static_cast<void>(interrupt()); }

    [[nodiscard]] const std::string& channel() const noexcept { return channel_; }
    // False when it is settled already.
    [[nodiscard]] bool confirm() const {
        return of_.subscriptions_.confirm(channel_, number_, of_.now());
    }
    [[nodiscard]] bool refuse() const {
        return of_.subscriptions_.refuse(channel_, number_, of_.now());
    }
    [[nodiscard]] bool interrupt() const {
        return of_.subscriptions_.interrupt(channel_, number_, of_.now());
    }

private:
    client_core& of_;
    std::string channel_;
    subscription_set::question number_;
};

task<result<void>> client_core::authenticate(client_link over) {
    if (!setup_.authenticate) co_return fail(std::errc::function_not_supported);
    const auto turn = co_await ok(authenticating_.lock());
    if (!over.is_alive()) co_return fail(make_error_code(client_errc::connection_lost));
    const auto life = co_await ok(setup_.authenticate(over));
    if (!over.is_alive()) co_return fail(make_error_code(client_errc::connection_lost));
    const auto later = renewal_delay(life, setup_.renew_before);
    renew_at_ = later > time_point::max() - now() ? time_point::max() : now() + later;
    renewed_.set();
    co_return {};
}

task<result<void>> client_core::subscribe(std::string channel) {
    if (!setup_.subscribe) co_return fail(std::errc::function_not_supported);
    co_await ok(until_ready());
    const auto number = ok(subscriptions_.begin(channel, now()));
    if (!number) co_return {};  // it is confirmed already
    publish(subscription_changed(channel, subscription_status::pending));
    co_return co_await ask_for(std::move(channel), *number, link());
}

task<result<void>> client_core::ask_for(std::string channel, subscription_set::question number,
                                        client_link over) {
    const open_question asked(*this, std::move(channel), number);
    auto answering =
        with_timeout(setup_.subscriptions.pending_timeout, setup_.subscribe(over, asked.channel()));
    const auto answer = co_await answering;
    co_return settle(asked, answer, over);
}

bool client_core::is_refusal(std::error_code why) const {
    if (why == client_errc::subscription_refused) return true;
    return policy_.class_of(failure(why, close_code::no_status, true)) == error_class::critical;
}

result<void> client_core::settle(const open_question& asked, const result<void>& answer,
                                 const client_link& over) {
    // What was agreed on over a connection has ended with it.
    if (!over.is_alive()) return fail(make_error_code(client_errc::connection_lost));
    if (answer) {
        if (asked.confirm()) {
            publish(subscription_changed(asked.channel(), subscription_status::confirmed));
        }
        return {};
    }
    const std::error_code why = answer.error();
    if (is_stopped(why) || why == client_errc::connection_lost || why == client_errc::closed) {
        return answer;
    }
    for (const std::string& each : subscriptions_.expire(now())) {
        publish(subscription_changed(each, subscription_status::expired,
                                     std::make_error_code(std::errc::timed_out)));
    }
    // Only the peer's word ends one that is wanted: any other error may pass.
    const bool has_changed = is_refusal(why) ? asked.refuse() : asked.interrupt();
    if (has_changed) {
        const bool is_kept = subscriptions_.find(asked.channel()) != nullptr;
        publish(subscription_changed(
            asked.channel(), is_kept ? subscription_status::expired : subscription_status::failed,
            why));
    }
    return answer;
}

task<result<void>> client_core::restore(client_link over) {
    std::vector<std::string> wanted = subscriptions_.prepare_for_reconnect(now());
    if (wanted.empty() || !setup_.subscribe) co_return {};
    co_await ok(sleep_for(chance_.between(std::chrono::nanoseconds(0), setup_.restore_jitter)));
    const auto ask = [this, over](std::string channel) {
        return restore_one(std::move(channel), over);
    };
    co_return co_await for_each_concurrent(std::move(wanted), setup_.max_restoring, ask);
}

task<result<void>> client_core::restore_one(std::string channel, client_link over) {
    const auto number = subscriptions_.ask(channel, now());
    if (!number) co_return {};  // ended meanwhile
    const auto answer = co_await ask_for(std::move(channel), *number, over);
    // One that is refused does not cost the others; its event says so.
    if (!over.is_alive()) co_return fail(make_error_code(client_errc::connection_lost));
    if (!answer && is_stopped(answer.error())) co_return fail(answer.error());
    co_return {};
}

task<result<void>> client_core::unsubscribe(std::string channel) {
    if (!setup_.unsubscribe) co_return fail(std::errc::function_not_supported);
    co_await ok(check_stopped());
    if (!subscriptions_.end(channel, now())) co_return fail(std::errc::invalid_argument);
    publish(subscription_changed(channel, subscription_status::unsubscribed));
    if (!is_alive(epoch_)) co_return {};  // the peer has forgotten it already
    auto asking = with_timeout(setup_.subscriptions.pending_timeout,
                               setup_.unsubscribe(link(), std::move(channel)));
    co_return co_await asking;
}

}  // namespace weir::ws::detail
