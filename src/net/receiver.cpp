// SPDX-License-Identifier: Apache-2.0
#include <weir/net/detail/receiver.hpp>

#include "io/kernel.hpp"
#include "io/op/requests.hpp"
#include "io/receive_buffers.hpp"
#include "unread_queue.hpp"

#include <weir/base/assert.hpp>

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <utility>

namespace weir::net::detail {

namespace {
constexpr std::uint32_t buffer_more_follows = 1U << 4;  // IORING_CQE_F_BUF_MORE, Linux 6.12
constexpr unsigned buffer_id_shift = 16;                // IORING_CQE_BUFFER_SHIFT
constexpr std::size_t scarce_read_bytes = 64 * 1024;

std::error_code end_of(int error) noexcept {
    return error == 0 ? std::error_code() : error_from_errno(error);
}
}  // namespace

bool receive_waiter::take_direct(std::size_t) noexcept {
    WEIR_ASSERT(false, "bytes were put into direct space that nobody offered");
    return true;
}

receiver::~receiver() {
    if (is_linked()) unlink();
    delete unread_;
}

bool receiver::wait(receive_waiter& waiter) noexcept {
    WEIR_ASSERT(reader() == nullptr, "a second read was started while one is in flight");
    if (unread_ != nullptr && give_unread(waiter)) return true;
    if (ended_) {
        waiter.take_end(end_error());
        return true;
    }
    waiter_ = &waiter;
    if (!is_active()) {
        start();
    } else if (way_ == way::bulk && readable_) {
        reactor::current().queue_bulk(*this);
    }
    return false;
}

bool receiver::give_unread(receive_waiter& waiter) noexcept {
    while (unread_ != nullptr && !unread_->empty()) {
        buffer_lease lease = unread_->pop_front();
        if (unread_->empty() && !is_layered_) delete std::exchange(unread_, nullptr);
        if (waiter.take_bytes(std::move(lease))) return true;
    }
    return false;
}

void receiver::put_back(buffer_lease&& rest) noexcept { unread().push_front(std::move(rest)); }

void receiver::end(end_listener& listener) noexcept {
    receive_waiter* last = reader();
    closing_ = true;
    end_listener_ = &listener;
    if (is_linked()) unlink();
    cancel();
    if (last != nullptr) last->take_end(error_from_errno(EBADF));
}

std::size_t receiver::unread_bytes() const noexcept {
    return unread_ == nullptr ? 0 : unread_->bytes();
}
bool receiver::is_quiet() noexcept {
    WEIR_ASSERT(reader() == nullptr, "a receiver was asked for quiet while a read is in flight");
    if (way_ == way::bulk && readable_ && !ended_) {
        ++reactor::current().stats().direct_calls;
        const int got = read_leased();
        if (got == -EAGAIN) readable_ = false;
        if (got == 0 || (got < 0 && got != -EAGAIN && got != -EINTR)) finish(-got);
    }
    return !ended_ && unread_bytes() == 0;
}
bool receiver::is_paused() const noexcept {
    return unread_ != nullptr &&
           (unread_->bytes() >= max_unread_bytes || unread_->pieces() >= max_unread_pieces);
}
unread_queue& receiver::unread() {
    if (unread_ == nullptr) unread_ = new unread_queue();
    return *unread_;
}

void receiver::prepare(io_uring_sqe& sqe) noexcept {
    if (way_ == way::small) {
        op::fill_receive_multishot(sqe, fd_, receive_buffers::group);
    } else {
        op::fill_poll_multishot(sqe, fd_, POLLIN | POLLRDHUP);
    }
}

[[gnu::always_inline]] inline void receiver::deliver(buffer_lease&& arrived) noexcept {
    if (closing_) return;
    if (is_layered_) return open_records(arrived.data());
    hand_over(std::move(arrived));
}

inline void receiver::hand_over(buffer_lease&& arrived) noexcept {
    if (waiter_ == nullptr) return keep(std::move(arrived));
    if (waiter_->take_bytes(std::move(arrived))) forget();
}

void receiver::complete(int result, std::uint32_t flags, bool more) noexcept {
    if (way_ == way::small) {
        complete_small(result, flags, more);
    } else {
        complete_bulk(result);
    }
    if (!more) disarmed();
}

void receiver::complete_small(int result, std::uint32_t flags, bool more) noexcept {
    if (result > 0) {
        const auto id = static_cast<std::uint16_t>(flags >> buffer_id_shift);
        const auto size = static_cast<std::size_t>(result);
        buffer_lease arrived =
            reactor::current().buffers().take(id, size, (flags & buffer_more_follows) != 0);
        if (size >= bulk_threshold_bytes) next_way_ = way::bulk;
        deliver(std::move(arrived));
        if (more && (next_way_ == way::bulk || is_paused())) cancel();
    } else if (result == -ENOBUFS) {
        ++reactor::current().stats().buffer_shortages;
        next_way_ = way::bulk;  // which has its own buffers, and a queue for them
    } else if (result != -ECANCELED) {
        finish(-result);
    }
}

void receiver::complete_bulk(int result) noexcept {
    if (result == -ECANCELED) return;
    if (result < 0) return finish(-result);
    readable_ = true;
    // Bytes and the end behind them may share one report: then only reading on finds the end.
    hung_up_ = hung_up_ || (result & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
    if (reader() != nullptr) reactor::current().queue_bulk(*this);
}

void receiver::disarmed() noexcept {
    if (closing_) {
        end_listener_->receiver_ended();
        return;
    }
    if (ended_) return;
    if (way_ != next_way_) {
        way_ = next_way_;
        readable_ = false;  // a new poll reports at once what is there already
        hung_up_ = false;
        small_pieces_ = 0;
    }
    if (waiter_ != nullptr || !is_paused()) start();
}

/// What the record layer finds goes on as if it had arrived.
class receiver::opening final : public opened_input {
public:
    explicit opening(receiver& of) noexcept : of_(of) {}
    [[nodiscard]] bool take_opened(buffer_lease&& contents) noexcept override {
        of_.hand_over(std::move(contents));
        return !of_.closing_;
    }

private:
    receiver& of_;
};

void receiver::open_records(bytes wire) noexcept {
    opening to(*this);
    const bool goes_on = layer().open(wire, to);
    if (!goes_on && !closing_ && !ended_) finish_reading();
}

void receiver::keep(buffer_lease&& arrived) noexcept {
    // The shared buffers are for connections that somebody reads.
    if (arrived.is_shared_memory()) arrived = buffer_lease::copy_of(arrived.data());
    unread().push_back(std::move(arrived));
}

void receiver::finish(int error) noexcept {
    if (ended_) return;
    error_ = error;
    if (is_layered_) layer().wire_ended(end_of(error));
    finish_reading();
}

void receiver::finish_reading() noexcept {
    ended_ = true;
    cancel();  // a poll would go on reporting the end
    if (closing_) return;
    if (receive_waiter* waiter = std::exchange(waiter_, nullptr)) waiter->take_end(end_error());
}

std::error_code receiver::end_error() const noexcept {
    return is_layered_ ? layer().end_error() : end_of(error_);
}

record_layer& receiver::layer() const noexcept { return *unread_->layer; }

void receiver::set_layer(record_layer& layer) noexcept {
    WEIR_ASSERT(reader() == nullptr, "a record layer was put under a read in flight");
    const bool wire_has_ended = ended_;
    const std::unique_ptr<unread_queue> records(std::exchange(unread_, nullptr));
    unread().layer = &layer;
    is_layered_ = true;
    while (records != nullptr && !records->empty()) open_records(records->pop_front().data());
    if (wire_has_ended) layer.wire_ended(end_of(error_));
}

void receiver::read_bulk() noexcept {
    if (reader() == nullptr || ended_ || way_ != way::bulk) return;
    ++reactor::current().stats().direct_calls;
    const mutable_bytes space = is_layered_ ? mutable_bytes() : waiter_->direct_space();
    const int got = space.empty() ? read_leased() : read_directly(space);
    if (got == -EAGAIN || got == -EINTR) {
        readable_ = got == -EINTR;
    } else if (got <= 0) {
        finish(-got);
    } else {
        note_bulk_piece(static_cast<std::size_t>(got));
    }
    if (reader() != nullptr && readable_) reactor::current().queue_bulk(*this);
}

int receiver::read_directly(mutable_bytes space) noexcept {
    const int got = reactor::current().system().receive_now(fd_, space.data(), space.size());
    if (got <= 0) return got;
    readable_ = hung_up_ || static_cast<std::size_t>(got) == space.size();
    if (waiter_->take_direct(static_cast<std::size_t>(got))) forget();
    return got;
}

int receiver::read_leased() noexcept {
    receive_buffers& buffers = reactor::current().buffers();
    // The last free buffer is never lent: its bytes are copied out, so it is free again at once.
    const bool scarce = buffers.bulk_is_scarce();
    weir::detail::buffer_block& block = *buffers.try_bulk();
    mutable_bytes memory = buffers.bulk_memory(block);
    if (scarce) memory = memory.first(std::min(memory.size(), scarce_read_bytes));
    const int got = reactor::current().system().receive_now(fd_, memory.data(), memory.size());
    if (got <= 0) {
        buffers.untouched(block);
        return got;
    }
    const mutable_bytes arrived = memory.first(static_cast<std::size_t>(got));
    readable_ = hung_up_ || arrived.size() == memory.size();
    if (scarce) {
        buffer_lease copy = buffer_lease::copy_of(arrived);
        buffers.untouched(block);
        deliver(std::move(copy));
    } else {
        deliver(buffer_lease(block, arrived));
    }
    return got;
}

void receiver::note_bulk_piece(std::size_t size) noexcept {
    if (size >= bulk_threshold_bytes / 2) {
        small_pieces_ = 0;
    } else if (++small_pieces_ == small_pieces_to_return) {
        next_way_ = way::small;
        cancel();
    }
}

}  // namespace weir::net::detail
