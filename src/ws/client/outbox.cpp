// SPDX-License-Identifier: Apache-2.0
#include <weir/ws/client/outbox.hpp>

#include <weir/base/assert.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace weir::ws {

std::size_t outbox::size_bytes() const noexcept {
    return queued_bytes_ + (in_hand_ ? in_hand_->what.payload().size() : 0);
}

bool outbox::has_room(const outgoing& what) const noexcept {
    return size() < options_.max_messages &&
           what.payload().size() <= options_.max_bytes - std::min(options_.max_bytes, size_bytes());
}

outbox::entry outbox::remove(line& from, line::iterator place) {
    entry gone = std::move(*place);
    from.erase(place);
    --count_;
    queued_bytes_ -= gone.what.payload().size();
    return gone;
}

std::optional<outbox::entry> outbox::take_out(ticket id) noexcept {
    for (line& each : lines_) {
        const auto found =
            std::find_if(each.begin(), each.end(), [id](const entry& one) { return one.id == id; });
        if (found != each.end()) return remove(each, found);
    }
    return std::nullopt;
}

outbox::entry* outbox::same_key(const outgoing& what) noexcept {
    if (what.key().empty()) return nullptr;
    for (line& queued : lines_) {
        const auto found = std::find_if(queued.rbegin(), queued.rend(), [&what](const entry& each) {
            return each.what.key() == what.key();
        });
        if (found != queued.rend()) return &*found;
    }
    return nullptr;
}

bool outbox::make_room(const outgoing& what, std::vector<entry>& displaced) {
    // The least urgent leave first, and of those the oldest.
    while (!has_room(what)) {
        const auto last = std::find_if(lines_.rbegin(), lines_.rend(),
                                       [](const line& each) { return !each.empty(); });
        if (last == lines_.rend()) return false;
        displaced.push_back(remove(*last, last->begin()));
    }
    return true;
}

result<outbox::ticket> outbox::push(outgoing what, std::vector<entry>& displaced) {
    if (what.payload().size() > options_.max_bytes) return fail(std::errc::message_size);
    const ticket id = ++last_;
    if (options_.policy == when_full::conflate) {
        if (entry* older = same_key(what)) {
            const std::size_t others = size_bytes() - older->what.payload().size();
            if (what.payload().size() > options_.max_bytes - others) {
                return fail(std::errc::no_buffer_space);
            }
            if (older->what.urgency() == what.urgency()) {
                queued_bytes_ += what.payload().size() - older->what.payload().size();
                displaced.push_back(std::exchange(*older, entry(id, std::move(what))));
                return id;
            }
            displaced.push_back(*take_out(older->id));
        }
    }
    if (!has_room(what)) {
        if (options_.policy == when_full::drop_newest) {
            displaced.emplace_back(id, std::move(what));
            return id;
        }
        const bool makes_room = options_.policy == when_full::drop_oldest;
        if (!makes_room || !make_room(what, displaced)) return fail(std::errc::no_buffer_space);
    }
    queued_bytes_ += what.payload().size();
    ++count_;
    line& queued = line_of(what);
    queued.emplace_back(id, std::move(what));
    return id;
}

bool outbox::withdraw(ticket id) noexcept {
    if (in_hand_ && in_hand_->id == id) {
        withdrawn_ = true;
        return true;
    }
    return take_out(id).has_value();
}

const outbox::entry* outbox::take() {
    WEIR_ASSERT(!in_hand_, "a message was taken from an outbox while another is in the hand");
    const auto first =
        std::find_if(lines_.begin(), lines_.end(), [](const line& each) { return !each.empty(); });
    if (first == lines_.end()) return nullptr;
    in_hand_.emplace(remove(*first, first->begin()));
    withdrawn_ = false;
    return &*in_hand_;
}

outgoing outbox::release() {
    WEIR_ASSERT(in_hand_, "a message was released from an outbox that none was taken from");
    outgoing what = std::move(in_hand_->what);
    in_hand_.reset();
    return what;
}

void outbox::put_back() {
    WEIR_ASSERT(in_hand_, "a message was put back into an outbox that none was taken from");
    entry back = std::move(*in_hand_);
    in_hand_.reset();
    if (withdrawn_) return;
    ++count_;
    queued_bytes_ += back.what.payload().size();
    line& queued = line_of(back.what);
    queued.push_front(std::move(back));
}

std::vector<outbox::entry> outbox::clear() {
    std::vector<entry> all;
    if (in_hand_) {
        if (!withdrawn_) all.push_back(std::move(*in_hand_));
        in_hand_.reset();
    }
    for (line& each : lines_) {
        std::move(each.begin(), each.end(), std::back_inserter(all));
        each.clear();
    }
    count_ = 0;
    queued_bytes_ = 0;
    return all;
}

}  // namespace weir::ws
