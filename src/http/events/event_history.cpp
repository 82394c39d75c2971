// SPDX-License-Identifier: Apache-2.0
#include <weir/http/events/event_history.hpp>

#include <weir/base/assert.hpp>

#include <charconv>
#include <optional>
#include <utility>

namespace weir::http {
namespace {

/// The number of an ID of this epoch; nullopt = it is none.
std::optional<std::uint64_t> number_of(std::string_view id, std::string_view epoch) noexcept {
    if (!id.starts_with(epoch) || id.substr(epoch.size(), 1) != "-") return std::nullopt;
    id.remove_prefix(epoch.size() + 1);
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), number);
    if (error != std::errc() || end != id.data() + id.size()) return std::nullopt;
    return number;
}

}  // namespace

const send_buffer& event_history::replay::operator[](std::size_t index) const noexcept {
    WEIR_ASSERT(index < size(), "an event to replay must be below size()");
    return owner_->kept_[first_ + index].text;
}

const send_buffer& event_history::operator[](std::uint64_t number) const noexcept {
    WEIR_ASSERT(number >= oldest() && number < next_, "an event that is not kept was asked for");
    return kept_[static_cast<std::size_t>(number - oldest())].text;
}

event_history::event_history(std::string epoch, const event_history_options& options)
    : epoch_(std::move(epoch)), options_(options) {
    WEIR_ASSERT(epoch_.find('-') == epoch_.npos, "an epoch has no dash");
    WEIR_ASSERT(options_.max_events > 0, "a history keeps an event");
}

send_buffer event_history::append(server_event event, time_point now) {
    event.id(epoch_ + "-" + std::to_string(next_));
    send_buffer text = format_event(event);
    ++next_;
    if (text.size() > options_.max_bytes) {
        while (!kept_.empty()) drop_oldest();
        return text;
    }
    bytes_ += text.size();
    kept_.push_back(kept_event{text, now});
    while (kept_.size() > options_.max_events || bytes_ > options_.max_bytes) drop_oldest();
    expire(now);
    return text;
}

event_history::replay event_history::since(std::string_view last_event_id, time_point now) {
    expire(now);
    const std::size_t nothing = kept_.size();
    const auto last = number_of(last_event_id, epoch_);
    if (!last || *last >= next_) return {*this, nothing, replay_outcome::unknown};
    if (*last + 1 < oldest()) return {*this, 0, replay_outcome::gap};
    return {*this, static_cast<std::size_t>(*last + 1 - oldest()), replay_outcome::complete};
}

void event_history::drop_oldest() noexcept {
    bytes_ -= kept_.front().text.size();
    kept_.pop_front();
}

void event_history::expire(time_point now) noexcept {
    while (!kept_.empty() && now - kept_.front().since > options_.max_age) drop_oldest();
}

}  // namespace weir::http
