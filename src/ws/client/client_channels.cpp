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
    explicit open_question(client_core& of, const std::string& channel) noexcept
        : of_(of), channel_(channel) {}
    open_question(const open_question&) = delete;
    open_question& operator=(const open_question&) = delete;
    ~open_question() { static_cast<void>(of_.subscriptions_.interrupt(channel_, of_.now())); }

private:
    client_core& of_;
    const std::string& channel_;
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
    switch (ok(subscriptions_.begin(channel, now()))) {
        case subscription_set::begun::has_it:
            co_return {};
        case subscription_set::begun::pending:
            co_return fail(make_error_code(client_errc::subscription_pending));
        case subscription_set::begun::asked:
            break;
    }
    publish(subscription_changed(channel, subscription_status::pending));
    co_return co_await ask_for(std::move(channel), link());
}

task<result<void>> client_core::ask_for(std::string channel, client_link over) {
    const open_question asked(*this, channel);
    auto answering =
        with_timeout(setup_.subscriptions.pending_timeout, setup_.subscribe(over, channel));
    const auto answer = co_await answering;
    co_return settle(channel, answer, over);
}

result<void> client_core::settle(const std::string& channel, const result<void>& answer,
                                 const client_link& over) {
    // What was agreed on over a connection has ended with it.
    if (!over.is_alive()) return fail(make_error_code(client_errc::connection_lost));
    if (answer) {
        if (subscriptions_.confirm(channel, now())) {
            publish(subscription_changed(channel, subscription_status::confirmed));
        }
        return {};
    }
    const std::error_code why = answer.error();
    if (is_stopped(why) || why == client_errc::connection_lost) return answer;
    static_cast<void>(subscriptions_.expire(now()));
    // One that ran into a limit of its own, before that of the set, has failed.
    const bool has_failed = subscriptions_.refuse(channel, now());
    publish(subscription_changed(
        channel, has_failed ? subscription_status::failed : subscription_status::expired, why));
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
    if (subscriptions_.find(channel) == nullptr) co_return {};  // ended meanwhile
    subscriptions_.ask(channel, now());
    const auto answer = co_await ask_for(std::move(channel), over);
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
