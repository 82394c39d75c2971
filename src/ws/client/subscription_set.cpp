// SPDX-License-Identifier: Apache-2.0
#include <weir/ws/client/subscription_set.hpp>

#include <weir/ws/client/client_error.hpp>

#include <algorithm>
#include <charconv>
#include <optional>
#include <unordered_set>

namespace weir::ws {
namespace {

constexpr std::string_view state_header = "weir subscriptions 1\n";

/// Takes `LENGTH:TEXT\n` off the front of `rest`: a channel may hold any byte.
std::optional<std::string> take_channel(std::string_view& rest) {
    std::size_t length = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), length);
    if (error != std::errc() || end == rest.data() + rest.size() || *end != ':') return {};
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()) + 1);
    if (length >= rest.size() || rest[length] != '\n') return {};
    std::string channel(rest.substr(0, length));
    rest.remove_prefix(length + 1);
    return channel;
}

}  // namespace

std::string_view name_of(subscription_status status) noexcept {
    switch (status) {
        case subscription_status::pending:
            return "pending";
        case subscription_status::confirmed:
            return "confirmed";
        case subscription_status::failed:
            return "failed";
        case subscription_status::unsubscribed:
            return "unsubscribed";
        case subscription_status::expired:
            return "expired";
    }
    return "unknown";
}

subscription* subscription_set::look_up(std::string_view channel) noexcept {
    const auto found = numbers_.find(channel);
    return found == numbers_.end() ? nullptr : &by_number_.find(found->second)->second;
}
const subscription* subscription_set::find(std::string_view channel) const noexcept {
    const auto found = numbers_.find(channel);
    return found == numbers_.end() ? nullptr : &by_number_.find(found->second)->second;
}

subscription& subscription_set::add(std::string channel, bool is_wanted, time_point now) {
    const std::uint64_t number = ++last_;
    const auto made = by_number_.emplace(number, subscription(number, channel, now)).first;
    made->second.is_wanted_ = is_wanted;
    numbers_.emplace(std::move(channel), number);
    return made->second;
}

void subscription_set::change(subscription& which, subscription_status status,
                              time_point now) noexcept {
    which.status_ = status;
    which.since_ = now;
    which.question_ = 0;
}

void subscription_set::retire(subscription& which, subscription_status status, time_point now) {
    change(which, status, now);
    which.is_wanted_ = false;
    const std::uint64_t number = which.number();
    numbers_.erase(which.channel());
    history_.push_back(std::move(which));
    by_number_.erase(number);
    if (history_.size() > limits_.max_history) history_.pop_front();
}

subscription* subscription_set::asked(std::string_view channel, question which) noexcept {
    subscription* const known = look_up(channel);
    return known != nullptr && known->question_ == which ? known : nullptr;
}

subscription_set::question subscription_set::put_question(subscription& about) noexcept {
    about.question_ = ++last_question_;
    return about.question_;
}

result<std::optional<subscription_set::question>> subscription_set::begin(std::string channel,
                                                                          time_point now) {
    if (subscription* known = look_up(channel)) {
        switch (known->status()) {
            case subscription_status::confirmed:
                return std::optional<question>();
            case subscription_status::pending:
                return fail(make_error_code(client_errc::subscription_pending));
            default:  // it expired while it was restored
                change(*known, subscription_status::pending, now);
                return std::optional(put_question(*known));
        }
    }
    if (size() >= limits_.max_channels) {
        return fail(make_error_code(client_errc::too_many_subscriptions));
    }
    return std::optional(put_question(add(std::move(channel), false, now)));
}

std::optional<subscription_set::question> subscription_set::ask(std::string_view channel,
                                                                time_point now) {
    subscription* const which = look_up(channel);
    if (which == nullptr || which->status() != subscription_status::pending) return std::nullopt;
    which->since_ = now;
    return put_question(*which);
}

bool subscription_set::confirm(std::string_view channel, question which, time_point now) {
    subscription* const known = asked(channel, which);
    if (known == nullptr) return false;
    known->is_wanted_ = true;
    change(*known, subscription_status::confirmed, now);
    return true;
}

bool subscription_set::refuse(std::string_view channel, question which, time_point now) {
    subscription* const known = asked(channel, which);
    if (known == nullptr) return false;
    retire(*known, subscription_status::failed, now);
    return true;
}

bool subscription_set::interrupt(std::string_view channel, question which, time_point now) {
    subscription* const known = asked(channel, which);
    if (known == nullptr) return false;
    if (known->is_wanted()) {
        change(*known, subscription_status::expired, now);
    } else {
        retire(*known, subscription_status::failed, now);
    }
    return true;
}

bool subscription_set::end(std::string_view channel, time_point now) {
    subscription* const which = look_up(channel);
    if (which == nullptr) return false;
    retire(*which, subscription_status::unsubscribed, now);
    return true;
}

std::vector<std::string> subscription_set::expire(time_point now) {
    std::vector<std::string> expired;
    for (const auto& [number, each] : by_number_) {
        if (each.question_ != 0 && now - each.since() >= limits_.pending_timeout) {
            expired.push_back(each.channel());
        }
    }
    for (const std::string& channel : expired) {
        subscription& which = *look_up(channel);
        if (which.is_wanted()) {
            change(which, subscription_status::expired, now);
        } else {
            retire(which, subscription_status::expired, now);
        }
    }
    return expired;
}

subscription_set::time_point subscription_set::next_expiry() const noexcept {
    time_point first = time_point::max();
    for (const auto& [number, each] : by_number_) {
        if (each.question_ != 0) first = std::min(first, each.since() + limits_.pending_timeout);
    }
    return first;
}

std::vector<std::string> subscription_set::prepare_for_reconnect(time_point now) {
    std::vector<std::string> wanted;
    for (auto& [number, each] : by_number_) {
        if (!each.is_wanted()) continue;
        change(each, subscription_status::pending, now);
        wanted.push_back(each.channel());
    }
    return wanted;
}

std::vector<std::string> subscription_set::active() const {
    std::vector<std::string> channels;
    for (const auto& [number, each] : by_number_) {
        if (each.status() == subscription_status::confirmed) channels.push_back(each.channel());
    }
    return channels;
}

std::string subscription_set::export_state() const {
    std::string text(state_header);
    for (const auto& [number, each] : by_number_) {
        if (!each.is_wanted()) continue;
        text += std::to_string(each.channel().size()) + ':' + each.channel() + '\n';
    }
    return text;
}

result<void> subscription_set::import_state(std::string_view exported, time_point now) {
    if (!exported.starts_with(state_header)) {
        return fail(make_error_code(client_errc::malformed_state));
    }
    exported.remove_prefix(state_header.size());
    std::vector<std::string> added;
    std::unordered_set<std::string> seen;
    while (!exported.empty()) {
        auto channel = take_channel(exported);
        if (!channel || !seen.insert(*channel).second) {
            return fail(make_error_code(client_errc::malformed_state));
        }
        if (find(*channel) == nullptr) added.push_back(std::move(*channel));
    }
    if (added.size() > limits_.max_channels - size()) {
        return fail(make_error_code(client_errc::too_many_subscriptions));
    }
    for (std::string& channel : added) add(std::move(channel), true, now);
    return {};
}

}  // namespace weir::ws
