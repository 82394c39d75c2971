// SPDX-License-Identifier: Apache-2.0
#include "send_queue.hpp"

#include "io/kernel.hpp"
#include "io/op/requests.hpp"
#include "send_queue_piece.hpp"
#include "zero_copy_send.hpp"

#include <weir/base/assert.hpp>
#include <weir/coro/detail/frame_pool.hpp>

#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <new>
#include <utility>

namespace weir::net::detail {

namespace {

constexpr std::size_t max_gathered_pieces = 64;
constexpr std::size_t max_gathered_bytes = 1024 * 1024;
/// From here on, sending at once while the bytes are hot beats waiting for the end of the turn.
constexpr std::size_t direct_send_bytes = 8 * 1024;
/// Up to this size bytes are copied behind those that wait already; others are referred to.
constexpr std::size_t max_copied_bytes = 512;
/// Contents that are sealed before they are sent; the next are when these have left.
constexpr std::size_t sealed_at_once_bytes = 256 * 1024;
/// Pieces are joined until they fill a record.
constexpr std::size_t full_record_bytes = 16 * 1024;
/// Pieces from here on are sealed where they lie.
constexpr std::size_t max_joined_bytes = 4 * 1024;
constexpr std::size_t record_piece_bytes = full_record_bytes + 1024;  // what it adds, too
/// Room for the answers of a turn in a usual case; and what it grows to once, so that many small
/// messages leave as one run.
constexpr std::size_t smallest_copy_piece = 512;
constexpr std::size_t largest_grown_piece = weir::detail::max_pooled_frame_bytes;

}  // namespace

send_queue::piece& send_queue::add(piece* made) noexcept {
    (first_ == nullptr ? first_ : last_->next) = made;
    last_ = made;
    queued_ += made->size;
    schedule();
    return *made;
}

void send_queue::schedule() noexcept {
    if (!is_busy()) reactor::current().at_turn_end(*this);
}

mutable_bytes send_queue::append(std::size_t size) {
    // Bytes may be added to a piece in flight too: the kernel was told the length that it had then.
    const bool fits = last_ != nullptr && last_->room() >= size;
    if (!fits && !try_grow(size))
        add(piece::with_room(std::max(size, smallest_copy_piece - sizeof(piece))));
    auto* begin = const_cast<std::byte*>(last_->data) + last_->size;
    last_->size += size;
    queued_ += size;
    return {begin, size};
}

bool send_queue::try_grow(std::size_t more) {
    if (first_ == nullptr || first_ != last_ || first_->capacity == 0 || is_busy()) return false;
    if (first_->is_record) return false;
    constexpr std::size_t room = largest_grown_piece - sizeof(piece);
    if (first_->size + more > room) return false;
    piece* grown = piece::with_room(room);
    std::memcpy(grown->own_memory(), first_->data, first_->size);
    grown->size = first_->size;
    piece::destroy(std::exchange(first_, grown));
    last_ = grown;
    return true;
}

void send_queue::push_copy(bytes data) {
    std::memcpy(append(data.size()).data(), data.data(), data.size());
}

void send_queue::push(buffer_lease&& data) {
    // What follows the last piece in memory goes with it.
    if (last_ == nullptr || is_busy() || !last_->lease.try_extend(data)) {
        return push_apart(std::move(data));
    }
    last_->size += data.size();
    queued_ += data.size();
    data.reset();
}

void send_queue::push_apart(buffer_lease&& data) {
    if (data.size() <= max_copied_bytes && first_ != nullptr) {
        push_copy(data.data());
        return data.reset();
    }
    if (waits_for_peer() && data.is_shared_memory()) {
        // It would stay behind what waits, for as long as the peer likes.
        data = buffer_lease::copy_of(data.data());
    }
    const bytes where = data.data();
    add(piece::referring(where, std::move(data)));
}

void send_queue::push(const send_buffer& data) {
    if (data.size() <= max_copied_bytes && first_ != nullptr) return push_copy(data.view());
    add(piece::referring(data.view())).shared = data;
}

void send_queue::push_borrowed(bytes data) { add(piece::referring(data)); }

// --- records -----------------------------------------------------------------------------------

bool send_queue::can_leave(const piece& each) const noexcept {
    return !owner_.seals() || each.is_record;
}

send_queue::piece* send_queue::joined_to(const piece& before) const noexcept {
    piece* next = before.next;
    if (next == nullptr || !can_leave(*next)) return nullptr;
    return before.is_message || next->is_message ? nullptr : next;
}

send_queue::piece* send_queue::unsealed() const noexcept {
    return last_record_ == nullptr ? first_ : last_record_->next;
}

mutable_bytes send_queue::append_record(std::size_t size) {
    if (last_record_ == nullptr || last_record_->room_for_records() < size) {
        const std::size_t room = std::max(size, std::min(queued_ + size, record_piece_bytes));
        piece* made = piece::with_room(room);
        made->is_record = true;
        made->next = unsealed();
        (last_record_ == nullptr ? first_ : last_record_->next) = made;
        if (made->next == nullptr) last_ = made;
        last_record_ = made;
        schedule();
    }
    auto* begin = const_cast<std::byte*>(last_record_->data) + last_record_->size;
    last_record_->size += size;
    return {begin, size};
}

mutable_bytes send_queue::append_message(std::uint8_t record_type, std::size_t size) {
    piece& made = add(piece::with_room(piece::type_bytes + size));
    made.write_type(record_type);
    made.data += piece::type_bytes;
    made.size = size;
    made.is_record = made.is_message = true;
    return {made.own_memory() + piece::type_bytes, size};
}

bool send_queue::only_ends() const noexcept { return first_ == nullptr || first_->is_message; }

void send_queue::refuse_contents() noexcept {
    if (is_active()) return cancel();  // and then again
    while (first_ != nullptr && !first_->is_message) {
        piece::destroy(std::exchange(first_, first_->next));
    }
    // A peer whose socket is full will not hear of it, but of the end.
    if (first_ != nullptr) static_cast<void>(send_now());
    owner_.error_ = EPIPE;
    drop_all();
    static_cast<void>(settle());
}

void send_queue::push_end() { add(piece::with_room(0)).is_end = true; }

bool send_queue::seal_pieces() {
    sealing outcome = sealing::done;
    std::size_t sealed = 0;
    for (piece* next = unsealed(); next != nullptr && sealed < sealed_at_once_bytes;
         next = unsealed()) {
        std::size_t size = 0;
        outcome = next->is_end ? owner_.layer_->seal_end() : seal_some(*next, size);
        if (outcome != sealing::done) break;
        drop_sealed(size);
        sealed += size;
    }
    must_wait_ = outcome == sealing::later;
    if (must_wait_) keep_unsent();
    if (last_record_ != nullptr) return true;  // the layer's last words leave before it fails
    if (first_ == nullptr) {
        static_cast<void>(settle());
    } else if (outcome == sealing::never) {
        owner_.fail(EPIPE);
    }
    return false;
}

sealing send_queue::seal_some(const piece& next, std::size_t& size) {
    const bool is_alone = next.next == nullptr || next.next->is_end;
    if (is_alone || next.size > max_joined_bytes) {
        size = std::min(next.size, full_record_bytes);
        return owner_.layer_->seal({next.data, size});
    }
    std::array<std::byte, full_record_bytes> joined;
    for (const piece* each = &next; each != nullptr && !each->is_end && size < joined.size();
         each = each->next) {
        const std::size_t part = std::min(each->size, joined.size() - size);
        std::memcpy(joined.data() + size, each->data, part);
        size += part;
    }
    return owner_.layer_->seal(bytes(joined).first(size));
}

void send_queue::drop_sealed(std::size_t size) noexcept {
    if (last_record_ != nullptr) last_record_->contents += size;
    piece*& first = last_record_ == nullptr ? first_ : last_record_->next;
    while (first != nullptr && size >= first->size) {
        const bool is_end = first->is_end;
        if (is_end && size > 0) break;
        size -= first->size;
        piece::destroy(std::exchange(first, first->next));
        if (is_end || size == 0) break;
    }
    if (first == nullptr) last_ = last_record_;
    if (size == 0 || first == nullptr) return;
    first->data += size;
    first->size -= size;
}

void send_queue::turn_ends() noexcept {
    if (first_ == nullptr || is_busy()) return;
    if (owner_.seals() && !seal_pieces()) return;
    if (owner_.has_said_last_) return owner_.fail(EPIPE);
    if (first_->is_message) {
        return std::exchange(has_room_, false) ? send_message() : wait_for_room();
    }
    if (!first_->shared.empty() && try_send_zero_copy()) return;
    if (queued_ >= direct_send_bytes && try_send_directly()) return;
    may_block_ = false;
    start();
}

int send_queue::send_now() noexcept {
    iovec pieces[max_gathered_pieces];
    std::size_t count = 0;
    for (piece* each = first_; each != nullptr && count < max_gathered_pieces;
         each = joined_to(*each)) {
        pieces[count++] = {const_cast<std::byte*>(each->data), each->size};
    }
    msghdr message{};
    message.msg_iov = pieces;
    message.msg_iovlen = count;
    first_->tell_type(message);
    reactor& loop = reactor::current();
    ++loop.stats().direct_calls;
    return loop.system().send_now(owner_.fd_, message);
}

// Not through the ring: before Linux 6.1.35 a request that had to wait lost what lies beside it.
void send_queue::send_message() noexcept {
    const int sent = send_now();
    if (sent < 0 && sent != -EAGAIN && sent != -EINTR) return owner_.fail(-sent);
    first_->was_sent = sent > 0;
    wait_for_room();
}

void send_queue::wait_for_room() noexcept {
    keep_unsent();
    polls_ = true;
    start();
}

void send_queue::take_room(int result) noexcept {
    if (result < 0 && result != -EINTR && owner_.error_ == 0) {
        owner_.error_ = static_cast<std::int16_t>(-result);
    }
    has_room_ = result >= 0;
    if (owner_.error_ == 0 && first_->was_sent) {
        advance(first_->size);
        owner_.has_said_last_ = true;
    }
    if (owner_.error_ != 0) drop_all();
    if (settle()) schedule();
}

bool send_queue::try_send_directly() noexcept {
    const int sent = send_now();
    if (sent == -EAGAIN || sent == -EINTR) return false;
    if (sent < 0) {
        owner_.fail(-sent);
        return true;
    }
    advance(static_cast<std::size_t>(sent));
    if (owner_.error_ != 0) drop_all();
    if (!settle()) return true;
    if (can_leave(*first_) && !first_->is_message) {
        wait_for_socket();
    } else {
        schedule();
    }
    return true;
}

void send_queue::wait_for_socket() noexcept {
    keep_unsent();
    may_block_ = true;
    start();
}

void send_queue::prepare(io_uring_sqe& sqe) noexcept {
    if (polls_) return op::fill_poll(sqe, owner_.fd_, POLLOUT);
    const int flags = may_block_ ? 0 : MSG_DONTWAIT;
    requested_ = first_->size;
    if (joined_to(*first_) == nullptr)
        return op::fill_send(sqe, owner_.fd_, first_->data, first_->size, flags);
    std::size_t count = 0;
    std::size_t total = 0;
    for (piece* each = first_; each != nullptr; each = joined_to(*each)) {
        if (count == max_gathered_pieces || total >= max_gathered_bytes) break;
        ++count;
        total += each->size;
    }
    void* memory = reactor::current().submission_memory(sizeof(msghdr) + count * sizeof(iovec));
    auto* message = ::new (memory) msghdr{};
    auto* pieces = reinterpret_cast<iovec*>(message + 1);
    requested_ = total;
    piece* each = first_;
    for (std::size_t i = 0; i < count; ++i, each = each->next) {
        ::new (&pieces[i]) iovec{const_cast<std::byte*>(each->data), each->size};
    }
    message->msg_iov = pieces;
    message->msg_iovlen = count;
    op::fill_send_message(sqe, owner_.fd_, *message, flags);
}

bool send_queue::try_send_zero_copy() {
    reactor& loop = reactor::current();
    const std::size_t threshold = loop.options().zero_copy_send_bytes;
    if (threshold == 0 || first_->size < threshold) return false;
    if (owner_.kernel_seals_) return false;  // into memory of its own
    if (!loop.system().features().send_zero_copy || !loop.zero_copy_pays()) return false;
    requested_ = first_->size;
    zero_copy_ = new zero_copy_send(owner_, *this, first_->shared, {first_->data, first_->size});
    zero_copy_->start();
    return true;
}

void send_queue::zero_copy_completed(int result) noexcept {
    zero_copy_ = nullptr;
    // Not for this kind of socket, or no memory left to lock: then plainly.
    if (result == -EOPNOTSUPP || result == -EINVAL || result == -ENOMEM || result == -ENOBUFS) {
        reactor::current().note_zero_copy(false);
        result = -EAGAIN;
    }
    take_result(result);
}

inline void send_queue::advance(std::size_t sent) noexcept {
    std::size_t contents = 0;
    while (first_ != nullptr && can_leave(*first_) && sent >= first_->size) {
        sent -= first_->size;
        contents += first_->is_record ? first_->contents : first_->size;
        if (first_ == last_record_) last_record_ = nullptr;
        piece::destroy(std::exchange(first_, first_->next));
    }
    if (first_ == nullptr) last_ = nullptr;
    if (sent > 0) {
        first_->data += sent;
        first_->size -= sent;
        if (!first_->is_record) contents += sent;
    }
    owner_.sent_ += contents;
    queued_ -= contents;
    owner_.note_sent(contents);
}

inline bool send_queue::settle() noexcept {
    if (queued_ <= sender::low_water_bytes) progress_.wake_all();
    if (first_ != nullptr) return true;
    sender& owner = owner_;
    owner.queue_ = nullptr;
    delete this;
    owner.tell_idle_listener();
    return false;
}

void send_queue::take_result(int result) noexcept {
    if (result >= 0) {
        advance(static_cast<std::size_t>(result));
    } else if (result == -ECANCELED && owner_.refuses_contents_) {
        // By us, and without bytes.
    } else if (result != -EAGAIN && result != -EINTR && owner_.error_ == 0) {
        owner_.error_ = static_cast<std::int16_t>(-result);
    }
    if (owner_.refuses_contents_ && owner_.error_ == 0) return refuse_contents();
    if (owner_.error_ != 0) drop_all();
    const bool took_all = result >= 0 && static_cast<std::size_t>(result) == requested_;
    if (!settle()) return;
    if (took_all || first_->is_message) return schedule();
    // The socket is full: whatever is left waits for the peer, in memory of its own.
    wait_for_socket();
}

inline bool send_queue::is_end_of_queue(int result) const noexcept {
    return result > 0 && static_cast<std::size_t>(result) == queued_ && first_ == last_ &&
           owner_.layer_ == nullptr && owner_.error_ == 0;
}

inline void send_queue::end_queue() noexcept {
    owner_.sent_ += std::exchange(queued_, 0);
    last_ = nullptr;
    piece::destroy(std::exchange(first_, nullptr));
    static_cast<void>(settle());
}

void send_queue::complete(int result, std::uint32_t, bool) noexcept {
    if (std::exchange(polls_, false)) return take_room(result);
    if (is_end_of_queue(result)) return end_queue();
    take_result(result);
}

void send_queue::keep_unsent() noexcept {
    for (piece* each = first_; each != nullptr; each = each->next) {
        if (!each->is_leased) continue;
        each->lease = buffer_lease::copy_of({each->data, each->size});
        each->data = each->lease.data().data();
        each->is_leased = false;
    }
}

void send_queue::abandon() noexcept {
    // The completion drops what is left: until then the kernel may read it.
    if (zero_copy_ != nullptr) return zero_copy_->cancel();
    if (is_active()) return cancel();
    drop_all();
    static_cast<void>(settle());
}

void send_queue::drop_all() noexcept {
    queued_ = 0;
    last_ = nullptr;
    last_record_ = nullptr;
    while (first_ != nullptr) piece::destroy(std::exchange(first_, first_->next));
}

}  // namespace weir::net::detail
