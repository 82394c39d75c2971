// SPDX-License-Identifier: Apache-2.0
#include <weir/ws/client/inbox.hpp>

#include <weir/base/assert.hpp>
#include <weir/io/buffer_ring.hpp>

#include <utility>

namespace weir::ws {

inbox::inbox(const inbox_options& options) noexcept : options_(options) {
    WEIR_ASSERT(options.max_messages > 0, "an inbox needs room for at least one message");
    WEIR_ASSERT(options.policy != when_full::reject && options.policy != when_full::conflate,
                "an inbox cannot refuse what has arrived: wait, drop_oldest or drop_newest");
}

void inbox::push(const message& arrived) {
    while (!has_room(arrived.size())) {
        ++dropped_;
        if (options_.policy == when_full::drop_newest) return;
        bytes_ -= waiting_.front().size();
        waiting_.pop_front();
    }
    waiting_.emplace_back(arrived.kind(), buffer_lease::copy_of(arrived.data()));
    bytes_ += arrived.size();
}

std::optional<message> inbox::take() {
    if (waiting_.empty()) return std::nullopt;
    std::optional<message> oldest(std::move(waiting_.front()));
    waiting_.pop_front();
    bytes_ -= oldest->size();
    return oldest;
}

}  // namespace weir::ws
