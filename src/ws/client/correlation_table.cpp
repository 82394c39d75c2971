// SPDX-License-Identifier: Apache-2.0
#include <weir/ws/client/correlation_table.hpp>

#include <weir/base/assert.hpp>
#include <weir/base/refusal.hpp>
#include <weir/ws/client/client_error.hpp>

#include <algorithm>
#include <utility>

namespace weir::ws {

result<void> correlation_table::add(pending_request& request, time_point now) {
    forget_overdue(now);
    if (count_of(request) >= limits_.max_pending)
        return fail(make_error_code(refusal::too_many_in_flight));
    if (request.by().has_id() && !by_id_.try_emplace(request.by().id(), &request).second) {
        return fail(make_error_code(client_errc::duplicate_id));
    }
    request.is_sent_ = false;
    all_.push_back(request);
    ++count_of(request);
    return {};
}

void correlation_table::note_sent(pending_request& request) noexcept {
    WEIR_ASSERT(request.is_linked(), "a request was sent that does not stand in its table");
    request.is_sent_ = true;
    request.turn_ = ++turns_;
    request.unlink();
    all_.push_back(request);
}

void correlation_table::unlist(pending_request& request) noexcept {
    request.unlink();
    --count_of(request);
}

void correlation_table::leave(pending_request& request, time_point now) {
    if (!request.is_linked()) return;
    unlist(request);
    if (!request.is_sent_) {
        if (request.by().has_id()) by_id_.erase(request.by().id());
        return;
    }
    if (request.by().has_id()) by_id_.find(request.by().id())->second = nullptr;
    late_.emplace_back(request.by(), request.turn_, now + limits_.late_for);
    if (late_.size() > limits_.max_late) forget_oldest();
}

void correlation_table::forget_oldest() {
    if (const correlation& by = late_.front().by; by.has_id()) by_id_.erase(by.id());
    late_.pop_front();
}

void correlation_table::forget_overdue(time_point now) {
    while (!late_.empty() && late_.front().until <= now) forget_oldest();
}

void correlation_table::settle(pending_request& request, result<message>&& how) noexcept {
    if (request.by().has_id()) by_id_.erase(request.by().id());
    unlist(request);
    request.settle(std::move(how));
}

correlation_table::outcome correlation_table::take(message& arrived, std::string_view id,
                                                   time_point now) {
    forget_overdue(now);
    if (!id.empty()) {
        const outcome found = take_by_id(arrived, id);
        if (found != outcome::unsolicited) return found;
    }
    return take_by_match(arrived);
}

correlation_table::outcome correlation_table::take_by_id(message& arrived, std::string_view id) {
    const auto found = by_id_.find(id);
    if (found == by_id_.end()) return outcome::unsolicited;
    if (found->second == nullptr) {
        by_id_.erase(found);
        late_.erase(std::find_if(late_.begin(), late_.end(),
                                 [id](const absentee& each) { return each.by.id() == id; }));
        return outcome::late;
    }
    // Nothing can answer what was not sent yet: it belongs to an earlier user of that id.
    if (!found->second->is_sent_) return outcome::unsolicited;
    settle(*found->second, result<message>(std::move(arrived)));
    return outcome::answered;
}

correlation_table::outcome correlation_table::take_by_match(message& arrived) {
    const auto matches = [&arrived](const correlation& by) {
        return !by.has_id() && by.matches(arrived);
    };
    pending_request* first = nullptr;
    all_.for_each([&](pending_request& each) {
        if (first == nullptr && each.is_sent_ && matches(each.by())) first = &each;
    });
    const auto earlier = std::find_if(late_.begin(), late_.end(), [&](const absentee& each) {
        return (first == nullptr || each.turn < first->turn_) && matches(each.by);
    });
    if (earlier != late_.end()) {
        late_.erase(earlier);
        return outcome::late;
    }
    if (first == nullptr) return outcome::unsolicited;
    settle(*first, result<message>(std::move(arrived)));
    return outcome::answered;
}

std::size_t correlation_table::break_off(std::error_code why) {
    while (!late_.empty()) forget_oldest();
    std::size_t count = 0;
    all_.for_each([&](pending_request& each) {
        if (!each.is_sent_) return;
        settle(each, result<message>(fail(why)));
        ++count;
    });
    return count;
}

void correlation_table::refuse(pending_request& request, std::error_code why) {
    if (request.is_linked()) settle(request, result<message>(fail(why)));
}

}  // namespace weir::ws
