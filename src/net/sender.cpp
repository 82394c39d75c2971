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

/// A key may seal 2^24.5 records of 16 KiB (RFC 8446 5.5). Smaller ones cost less, 1 KiB at least.
constexpr std::uint64_t worn_unit_bytes = 1024;
constexpr std::uint64_t worn_units_of_record = 16;
constexpr std::uint32_t max_worn_units = 23'700'000U * worn_units_of_record;

}  // namespace

sender::~sender() { delete queue_; }

send_queue& sender::queue() {
    if (queue_ == nullptr) [[unlikely]]
        make_queue();
    return *queue_;
}
void sender::make_queue() { queue_ = new send_queue(*this); }

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

// --- the kernel seals --------------------------------------------------------------------------

bool sender::hand_to_kernel(std::uint64_t bytes) noexcept {
    if (!seals()) return true;
    WEIR_ASSERT(queue_ == nullptr, "records were handed to the kernel amid others");
    if (error_ != 0 || has_end_ || bytes / worn_unit_bytes >= max_worn_units / 2) return false;
    const std::optional<std::uint64_t> sealed = layer_->hand_to_kernel(fd_);
    if (!sealed) return false;
    kernel_seals_ = true;
    worn_units_ = static_cast<std::uint32_t>(
        std::min<std::uint64_t>(*sealed * worn_units_of_record, max_worn_units));
    ++reactor::current().stats().kernel_tls;
    return true;
}
mutable_bytes sender::append_message(std::uint8_t record_type, std::size_t size) {
    WEIR_ASSERT(kernel_seals_, "messages need a type only when the kernel seals them");
    return queue().append_message(record_type, size);
}
void sender::refuse_contents() noexcept {
    if (!kernel_seals_ || error_ != 0) return;
    // The end that was said stands behind contents, and must not outlive any.
    if (has_end_) {
        if (queue_ != nullptr && !queue_->only_ends()) fail(EPIPE);
        return;
    }
    refuses_contents_ = true;
    if (queue_ == nullptr) {
        error_ = EPIPE;
    } else {
        queue_->refuse_contents();
    }
}
bool sender::is_half_worn() const noexcept { return worn_units_ >= max_worn_units / 2; }
void sender::wear_keys(std::size_t size) noexcept {
    const std::uint64_t units = 1 + size / worn_unit_bytes;
    const std::uint64_t left = max_worn_units - worn_units_;
    worn_units_ += static_cast<std::uint32_t>(std::min(units, left));
    if (units >= left && error_ == 0) error_ = EKEYEXPIRED;
}

std::size_t sender::queued_bytes() const noexcept {
    return queue_ == nullptr ? 0 : queue_->queued_bytes();
}
bool sender::is_active() const noexcept { return queue_ != nullptr && queue_->is_busy(); }

wait_queue& sender::progress() noexcept {
    WEIR_ASSERT(queue_ != nullptr, "progress was awaited of a sender that has nothing to send");
    return queue_->progress();
}

bool sender::only_ends() const noexcept { return queue_ != nullptr && queue_->only_ends(); }

void sender::fail(int error) noexcept {
    if (error_ == 0) error_ = static_cast<std::int16_t>(error);
    if (queue_ != nullptr) queue_->abandon();
}

}  // namespace weir::net::detail
