// SPDX-License-Identifier: Apache-2.0
#include "simulated_kernel.hpp"

#include "datagram_descriptor.hpp"
#include "descriptor.hpp"
#include "disk_requests.hpp"
#include "engine.hpp"
#include "machine.hpp"
#include "network.hpp"
#include "stream_descriptor.hpp"

#include <weir/base/assert.hpp>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <chrono>

namespace weir::sim {

namespace {

constexpr std::uint32_t buffer_more_follows = 1U << 4U;  // IORING_CQE_F_BUF_MORE, Linux 6.12
constexpr std::chrono::milliseconds longest_race{1};
/// Of the bytes of a send that waits, so many are watched: all would take too long.
constexpr std::size_t most_lent_bytes = 4096;
constexpr std::chrono::seconds late{1};
/// So many turns in a row take no time; after them each takes as long as a real one.
constexpr unsigned free_turns = 1000;
constexpr std::chrono::microseconds busy_turn{10};

bool is_file_request(std::uint8_t opcode) noexcept {
    switch (opcode) {
        case IORING_OP_OPENAT:
        case IORING_OP_OPENAT2:
        case IORING_OP_READ:
        case IORING_OP_WRITE:
        case IORING_OP_FSYNC:
        case IORING_OP_STATX:
        case IORING_OP_RENAMEAT:
            return true;
        default:
            return false;
    }
}

}  // namespace

simulated_kernel::simulated_kernel(machine& home, unsigned sq_entries, unsigned cq_entries)
    : home_(home),
      ring_fd_(home.attach(*this)),
      requests_(std::bit_ceil(sq_entries)),
      completions_(std::bit_ceil(cq_entries)) {
    sqes_ = requests_.data();
    sq_head_ = &head_of_requests_;
    sq_entries_ = static_cast<unsigned>(requests_.size());
    sq_mask_ = sq_entries_ - 1;
    cqes_ = completions_.data();
    cq_head_ = &head_of_completions_;
    cq_tail_ = &tail_of_completions_;
    cq_mask_ = static_cast<unsigned>(completions_.size()) - 1;
    features_.incremental_buffers = true;
    features_.send_zero_copy = true;
    features_.message_ring = true;
    features_.threads = false;
}

simulated_kernel::~simulated_kernel() {
    // Events that still hold one of them must not come back here.
    for (const auto& each : pending_) each.second.asked->is_over = true;
    home_.detach(*this);
}

// --- waiting ----------------------------------------------------------------------------------

kernel::time_point simulated_kernel::now() const noexcept {
    return home_.world().now() + home_.clock_offset() + dead_time_;
}

int simulated_kernel::enter(bool wait, time_point deadline) noexcept {
    take_requests();
    if (!scheduled_ && !is_dead_) run_due_events();
    flush();
    wakes_at_ = wait && !has_completions() ? deadline : time_point::min();
    count_busy_turns();
    if (wakes_at_ != time_point::min() && (!scheduled_ || is_dead_)) sleep_until(deadline);
    return 0;
}

void simulated_kernel::run_due_events() {
    engine& world = home_.world();
    while (world.next_event() <= world.now()) world.run_next_event();
}

void simulated_kernel::count_busy_turns() noexcept {
    busy_turns_ = wakes_at_ == time_point::min() ? busy_turns_ + 1 : 0;
    // A loop that never waits must not stop the time for all others.
    if (busy_turns_ > free_turns) home_.world().advance_to(home_.world().now() + busy_turn);
}

void simulated_kernel::sleep_until(time_point deadline) {
    if (is_dead_) {
        hangs_ = deadline == time_point::max();
        if (!hangs_ && deadline > now()) dead_time_ += deadline - now();
        return;
    }
    engine& world = home_.world();
    while (ready_.empty() && world.next_event() <= wakes_at()) {
        if (world.next_event() == time_point::max()) break;
        world.run_next_event();
    }
    hangs_ = ready_.empty() && deadline == time_point::max();
    if (ready_.empty() && !hangs_) world.advance_to(wakes_at());
    flush();
}

bool simulated_kernel::is_runnable() const noexcept {
    return !ready_.empty() || has_completions() || now() >= wakes_at_;
}

kernel::time_point simulated_kernel::wakes_at() const noexcept {
    if (wakes_at_ == time_point::max() || wakes_at_ == time_point::min()) return wakes_at_;
    return wakes_at_ - home_.clock_offset();
}

// --- completions ------------------------------------------------------------------------------

void simulated_kernel::note(std::uint64_t what, std::int64_t value) noexcept {
    trace& record = home_.world().record();
    record.note(static_cast<std::uint64_t>(home_.world().now().time_since_epoch().count()));
    record.note(static_cast<std::uint64_t>(home_.index()) << 48U ^ what);
    record.note(static_cast<std::uint64_t>(value));
}

bool simulated_kernel::is_full() const noexcept {
    const std::size_t unseen = tail_of_completions_ - head_of_completions_ + ready_.size();
    return unseen >= completions_.size();
}

void simulated_kernel::complete(request& asked, int result, std::uint32_t flags) {
    note(asked.id << 8U | asked.sqe.opcode, result);
    WEIR_ASSERT(asked.has_what_was_lent(), "memory was changed before its send was done with it");
    asked.reclaim();
    const bool wants_more = (flags & IORING_CQE_F_MORE) != 0;
    if (wants_more && asked.is_multishot() &&
        (is_full() || home_.faults().strikes(fault::full_completion_queue))) {
        flags &= ~IORING_CQE_F_MORE;
    }
    if ((flags & IORING_CQE_F_MORE) == 0) {
        asked.is_over = true;
        // The notification of a zero-copy send comes when this is over already.
        const auto found = pending_.find(asked.sqe.user_data);
        if (found != pending_.end() && found->second.asked.get() == &asked) pending_.erase(found);
    }
    post(asked.sqe.user_data, result, flags);
}

bool simulated_kernel::replace_report(const request& asked, int result) noexcept {
    const auto found = std::find_if(ready_.begin(), ready_.end(), [&](const io_uring_cqe& each) {
        return each.user_data == asked.sqe.user_data;
    });
    if (found == ready_.end()) return false;
    if (result != 0) found->res = result;
    return true;
}

void simulated_kernel::post(std::uint64_t user_data, int result, std::uint32_t flags) {
    io_uring_cqe completion{};
    completion.user_data = user_data;
    completion.res = result;
    completion.flags = flags;
    ready_.push_back(completion);
}

void simulated_kernel::maybe_reorder() {
    // What one request reports keeps its order, and so does what was put into provided buffers,
    // of which a consumer counts the bytes.
    for (std::size_t i = 1; i < ready_.size(); ++i) {
        if (ready_[i].user_data == ready_[i - 1].user_data) continue;
        if ((ready_[i].flags & ready_[i - 1].flags & IORING_CQE_F_BUFFER) != 0) continue;
        if (home_.faults().strikes(fault::reordered_completions)) {
            std::swap(ready_[i], ready_[i - 1]);
        }
    }
}

void simulated_kernel::flush() noexcept {
    maybe_reorder();
    while (!ready_.empty() && tail_of_completions_ - head_of_completions_ <= cq_mask_) {
        completions_[tail_of_completions_++ & cq_mask_] = ready_.front();
        ready_.pop_front();
    }
}

// --- requests ---------------------------------------------------------------------------------

void simulated_kernel::take_requests() noexcept {
    while (head_of_requests_ != sq_tail_) begin(requests_[head_of_requests_++ & sq_mask_]);
}

int simulated_kernel::planned_failure(const request& asked) const {
    if (asked.sqe.opcode == IORING_OP_CLOSE || asked.sqe.opcode == IORING_OP_MSG_RING) return 0;
    const auto target = home_.find(asked.sqe.fd);
    if (dynamic_cast<event_descriptor*>(target.get()) != nullptr) return 0;
    return home_.faults().next_request();
}

void simulated_kernel::begin(const io_uring_sqe& sqe) {
    if (sqe.opcode == IORING_OP_ASYNC_CANCEL) return cancel(sqe);
    const auto asked = std::make_shared<request>(*this, sqe, ++next_id_);
    pending_[sqe.user_data].asked = asked;
    if (is_dead_) {
        if (asked->is_multishot() && sqe.opcode == IORING_OP_POLL_ADD) return;  // until cancelled
        return complete(*asked, sqe.opcode == IORING_OP_CLOSE ? 0 : -ECANCELED, 0);
    }
    if (const int error = planned_failure(*asked); error != 0) return complete(*asked, -error, 0);
    if (sqe.opcode == IORING_OP_CLOSE) return complete(*asked, home_.close(sqe.fd), 0);
    if (sqe.opcode == IORING_OP_MSG_RING) return send_message(asked);
    if (is_file_request(sqe.opcode)) return begin_disk_request(home_, asked);
    const auto target = home_.find(sqe.fd);
    if (target == nullptr) return complete(*asked, -EBADF, 0);
    target->submit(asked);
}

void simulated_kernel::waits_at(request& asked, const std::shared_ptr<descriptor>& place) {
    pending_[asked.sqe.user_data].place = place;
    if (asked.is_send()) asked.lend(std::min(asked.size(), most_lent_bytes));
}

void simulated_kernel::send_message(const request_ptr& asked) {
    simulated_kernel* target = home_.kernel_of(asked->sqe.fd);
    if (target == nullptr) return complete(*asked, -EBADFD, 0);
    target->post(asked->sqe.off, static_cast<int>(asked->sqe.len), 0);
    complete(*asked, 0, 0);
}

void simulated_kernel::cancel(const io_uring_sqe& sqe) {
    const bool is_quiet = (sqe.flags & IOSQE_CQE_SKIP_SUCCESS) != 0;
    const auto found = pending_.find(sqe.addr);
    if (is_dead_ && found != pending_.end()) {
        const request_ptr asked = found->second.asked;
        return complete(*asked, -ECANCELED, 0);
    }
    const std::shared_ptr<descriptor> place =
        found == pending_.end() ? nullptr : found->second.place;
    if (place == nullptr) {
        return post(sqe.user_data, found == pending_.end() ? -ENOENT : -EALREADY, 0);
    }
    if (!is_quiet) post(sqe.user_data, 0, 0);
    const std::uint64_t target = sqe.addr;
    if (home_.faults().strikes(fault::lost_cancel)) {
        const std::weak_ptr<request> asked = found->second.asked;
        const auto delay = home_.world().chance().between({}, longest_race);
        home_.world().after(delay, [this, target, asked] {
            if (const auto still = asked.lock(); still && !still->is_over) cancel_now(target);
        });
        return;
    }
    cancel_now(target);
}

void simulated_kernel::cancel_now(std::uint64_t user_data) {
    const auto found = pending_.find(user_data);
    if (found == pending_.end()) return;
    const request_ptr asked = found->second.asked;
    const std::shared_ptr<descriptor> place = found->second.place;
    if (place == nullptr || !place->withdraw(*asked)) return;
    found->second.place.reset();
    if (home_.faults().strikes(fault::late_cancel)) {
        asked->is_leaving = true;
        home_.world().after(late, [asked] {
            if (!asked->is_over) asked->kernel.complete(*asked, -ECANCELED, 0);
        });
        return;
    }
    complete(*asked, -ECANCELED, 0);
}

void simulated_kernel::die() noexcept {
    is_dead_ = true;
    end_requests(ECANCELED);
}

std::size_t simulated_kernel::end_requests(int error) {
    std::vector<request_ptr> all;
    for (const auto& each : pending_) {
        // The loop's own wait for messages lasts as long as the loop.
        const descriptor* place = each.second.place.get();
        if (dynamic_cast<const event_descriptor*>(place) != nullptr) continue;
        all.push_back(each.second.asked);
    }
    std::sort(all.begin(), all.end(),
              [](const request_ptr& a, const request_ptr& b) { return a->id < b->id; });
    for (const request_ptr& each : all) {
        if (each->is_over) continue;
        const auto place = pending_[each->sqe.user_data].place;
        if (place != nullptr) static_cast<void>(place->withdraw(*each));
        complete(*each, -error, 0);
    }
    return all.size();
}

// --- provided buffers -------------------------------------------------------------------------

int simulated_kernel::register_buffer_ring(io_uring_buf_ring* ring, unsigned entries,
                                           std::uint16_t group, bool incremental) noexcept {
    const auto [place, is_new] = groups_.try_emplace(group);
    if (!is_new) return -EEXIST;
    place->second.ring = ring;
    place->second.entries = entries;
    place->second.incremental = incremental;
    return 0;
}

void simulated_kernel::unregister_buffer_ring(std::uint16_t group) noexcept {
    groups_.erase(group);
}

std::optional<picked_buffer> simulated_kernel::pick_buffer(std::uint16_t group) const noexcept {
    const auto found = groups_.find(group);
    if (found == groups_.end()) return std::nullopt;
    const buffer_group& from = found->second;
    if (from.head == from.ring->tail) return std::nullopt;
    if (home_.faults().strikes(fault::no_receive_buffer)) return std::nullopt;
    const io_uring_buf& first = from.ring->bufs[from.head & (from.entries - 1)];
    return picked_buffer(reinterpret_cast<std::byte*>(static_cast<std::uintptr_t>(first.addr)),
                         first.len, first.bid);
}

std::uint32_t simulated_kernel::use_buffer(std::uint16_t group, std::size_t used) noexcept {
    buffer_group& from = groups_.find(group)->second;
    io_uring_buf& first = from.ring->bufs[from.head & (from.entries - 1)];
    const std::uint32_t flags = IORING_CQE_F_BUFFER | static_cast<std::uint32_t>(first.bid) << 16U;
    if (from.incremental && used < first.len) {
        first.addr += used;
        first.len -= static_cast<std::uint32_t>(used);
        return flags | buffer_more_follows;
    }
    ++from.head;
    return flags;
}

// --- direct calls -----------------------------------------------------------------------------

int simulated_kernel::socket(int family, int type, int protocol) noexcept {
    if (is_dead_) return -EIO;
    if (const int error = home_.faults().next_request(); error != 0) return -error;
    const int kind = type & ~(SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (family != AF_INET && family != AF_INET6 && family != AF_UNIX) return -EAFNOSUPPORT;
    if (home_.faults().strikes(fault::no_descriptor)) return -EMFILE;
    static_cast<void>(protocol);
    if (kind == SOCK_STREAM) return home_.add(std::make_shared<stream_descriptor>(home_, family));
    if (kind == SOCK_DGRAM && family != AF_UNIX) {
        return home_.add(std::make_shared<datagram_descriptor>(home_, family));
    }
    return -ESOCKTNOSUPPORT;
}

int simulated_kernel::bind(int fd, const sockaddr* address, unsigned size) noexcept {
    const auto target = home_.find(fd);
    return target == nullptr ? -EBADF : target->bind(address, size);
}
int simulated_kernel::listen(int fd, int backlog) noexcept {
    const auto target = home_.find(fd);
    return target == nullptr ? -EBADF : target->listen(backlog);
}
int simulated_kernel::set_option(int fd, int level, int name, const void* value,
                                 unsigned size) noexcept {
    const auto target = home_.find(fd);
    return target == nullptr ? -EBADF : target->set_option(level, name, value, size);
}
int simulated_kernel::option(int fd, int level, int name, void* value, unsigned* size) noexcept {
    const auto target = home_.find(fd);
    return target == nullptr ? -EBADF : target->option(level, name, value, size);
}
int simulated_kernel::local_address(int fd, sockaddr* out, unsigned* size) noexcept {
    const auto target = home_.find(fd);
    return target == nullptr ? -EBADF : target->local_address(out, size);
}
int simulated_kernel::peer_address(int fd, sockaddr* out, unsigned* size) noexcept {
    const auto target = home_.find(fd);
    return target == nullptr ? -EBADF : target->peer_address(out, size);
}
int simulated_kernel::shut_down(int fd, int how) noexcept {
    const auto target = home_.find(fd);
    return target == nullptr ? -EBADF : target->shut_down(how);
}
void simulated_kernel::close_now(int fd) noexcept { home_.close(fd); }
name_service* simulated_kernel::names() noexcept { return &home_.between(); }

int simulated_kernel::open_event() noexcept {
    return home_.add(std::make_shared<event_descriptor>(home_));
}
void simulated_kernel::raise_event(int fd) noexcept {
    if (const auto target = home_.find(fd)) static_cast<event_descriptor&>(*target).raise();
}
void simulated_kernel::clear_event(int fd) noexcept {
    if (const auto target = home_.find(fd)) static_cast<event_descriptor&>(*target).clear();
}
int simulated_kernel::receive_now(int fd, void* buffer, std::size_t size) noexcept {
    if (is_dead_) return -ECANCELED;
    if (const int error = home_.faults().next_request(); error != 0) return -error;
    const auto target = home_.find(fd);
    const int got = target == nullptr ? -EBADF : target->receive_now(buffer, size);
    note(IORING_OP_RECV, got);
    return got;
}
int simulated_kernel::send_now(int fd, const msghdr& message) noexcept {
    if (is_dead_) return -ECANCELED;
    if (const int error = home_.faults().next_request(); error != 0) return -error;
    const auto target = home_.find(fd);
    const int sent = target == nullptr ? -EBADF : target->send_now(message);
    note(IORING_OP_SEND, sent);
    return sent;
}

}  // namespace weir::sim
