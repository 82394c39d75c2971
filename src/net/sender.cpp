// SPDX-License-Identifier: Apache-2.0
#include <weir/net/detail/sender.hpp>

#include "send_queue.hpp"

#include <weir/base/assert.hpp>
#include <weir/io/reactor.hpp>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <optional>
#include <utility>

namespace weir::net::detail {
namespace {

/// What the kernel puts into a record when there is more.
constexpr std::size_t kernel_record_bytes = 16 * 1024;
/// With one key: 2^24.5, of that size (RFC 8446 5.5).
constexpr std::uint32_t max_kernel_records = 23'700'000;

}  // namespace

sender::~sender() { delete queue_; }

send_queue& sender::queue() {
    if (queue_ == nullptr) queue_ = new send_queue(*this);
    return *queue_;
}

void sender::push_copy(bytes data) {
    if (error_ == 0 && !data.empty()) queue().push_copy(data);
}
void sender::push(buffer_lease&& data) {
    if (error_ == 0 && !data.empty()) queue().push(std::move(data));
}
void sender::push(const send_buffer& data) {
    if (error_ == 0 && !data.empty()) queue().push(data);
}
std::uint64_t sender::push_borrowed(bytes data) {
    if (error_ == 0 && !data.empty()) queue().push_borrowed(data);
    return queued_through();
}
mutable_bytes sender::append(std::size_t size) {
    WEIR_ASSERT(error_ == 0, "bytes were appended to a send queue that has failed");
    return queue().append(size);
}

void sender::set_layer(std::unique_ptr<record_layer> layer) noexcept {
    WEIR_ASSERT(queued_bytes() == 0, "a record layer was put under bytes that are being sent");
    layer_ = std::move(layer);
}
mutable_bytes sender::append_record(std::size_t size) { return queue().append_record(size); }
void sender::go_on() noexcept {
    if (queue_ != nullptr) queue_->go_on();
}
void sender::push_end() {
    if (layer_ == nullptr || error_ != 0 || has_end_) return;
    has_end_ = true;
    if (!kernel_seals_) return queue().push_end();
    if (layer_->seal_end() != sealing::done) fail(EPIPE);
}

// --- the kernel seals
// -----------------------------------------------------------------------------

bool sender::hand_to_kernel(std::uint64_t bytes) noexcept {
    if (!seals()) return true;
    WEIR_ASSERT(queue_ == nullptr, "records were handed to the kernel amid others");
    if (error_ != 0 || has_end_ || bytes / kernel_record_bytes >= max_kernel_records / 2)
        return false;
    const std::optional<std::uint64_t> sealed = layer_->hand_to_kernel(fd_);
    if (!sealed) return false;
    kernel_seals_ = true;
    kernel_records_ =
        static_cast<std::uint32_t>(std::min<std::uint64_t>(*sealed, max_kernel_records));
    ++reactor::current().stats().kernel_tls;
    return true;
}
mutable_bytes sender::append_message(std::uint8_t record_type, std::size_t size) {
    WEIR_ASSERT(kernel_seals_, "messages need a type only when the kernel seals them");
    return queue().append_message(record_type, size);
}
void sender::refuse_contents() noexcept {
    if (!kernel_seals_ || error_ != 0) return;
    refuses_contents_ = true;
    if (queue_ == nullptr) {
        error_ = EPIPE;
    } else {
        queue_->refuse_contents();
    }
}
bool sender::is_half_worn() const noexcept { return kernel_records_ >= max_kernel_records / 2; }
void sender::note_sent(std::size_t size) noexcept {
    if (!kernel_seals_) return;
    const std::size_t records = 1 + size / kernel_record_bytes;
    const std::size_t left = max_kernel_records - kernel_records_;
    kernel_records_ += static_cast<std::uint32_t>(std::min(records, left));
    if (records >= left && error_ == 0) error_ = EKEYEXPIRED;
}

std::size_t sender::queued_bytes() const noexcept {
    return queue_ == nullptr ? 0 : queue_->queued_bytes();
}
bool sender::is_active() const noexcept { return queue_ != nullptr && queue_->is_busy(); }

wait_queue& sender::progress() noexcept {
    WEIR_ASSERT(queue_ != nullptr, "progress was awaited of a sender that has nothing to send");
    return queue_->progress();
}

void sender::fail(int error) noexcept {
    if (error_ == 0) error_ = static_cast<std::int16_t>(error);
    if (queue_ != nullptr) queue_->abandon();
}

}  // namespace weir::net::detail
