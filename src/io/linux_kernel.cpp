// SPDX-License-Identifier: Apache-2.0
// Set-up flags, in the order of what they bring (measured on a 64-connection echo):
//   DEFER_TASKRUN + SINGLE_ISSUER  completions are collected by our own `enter` only: x 1.37
//   COOP_TASKRUN                   implied by it; kept for clarity
//   SUBMIT_ALL                     one bad request does not hold up those behind it
//   NO_SQARRAY                     one indirection less, where liburing knows how to map it
// Sources: io_uring_setup(2), io_uring_enter(2), io_uring_register(2).
#include "linux_kernel.hpp"

#include "page_cache.hpp"

#include <weir/base/error.hpp>

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>

namespace weir {
namespace {

// liburing 2.3 knows neither; the values are kernel ABI.
constexpr std::uint16_t pbuf_ring_incremental = 2;  // IOU_PBUF_RING_INC
constexpr std::size_t buf_reg_flags_offset = 14;    // io_uring_buf_reg::flags, once `pad`

constexpr unsigned smallest_ring = 64;
constexpr std::size_t page_bytes = 4096;
constexpr unsigned bounded_workers = 4;    // for files on disk
constexpr unsigned unbounded_workers = 8;  // for everything else that would block

int io_uring_disabled_sysctl() {
    std::ifstream file("/proc/sys/kernel/io_uring_disabled");
    int value = -1;
    file >> value;
    return file ? value : -1;
}

std::string kernel_release() {
    utsname name{};
    return ::uname(&name) == 0 ? name.release : "unknown";
}

/// Without the C library's wrapper, which makes each call a point where pthread_cancel may act.
template <class... Args>
int call(long number, Args... arguments) noexcept {
    return static_cast<int>(::syscall(number, arguments...));
}

int negative_errno(int returned) noexcept { return returned < 0 ? -errno : returned; }

int open_ring(::io_uring& ring, unsigned sq_entries, unsigned cq_entries) noexcept {
    io_uring_params params{};
    params.flags = IORING_SETUP_CLAMP | IORING_SETUP_SUBMIT_ALL | IORING_SETUP_CQSIZE |
                   IORING_SETUP_COOP_TASKRUN | IORING_SETUP_SINGLE_ISSUER |
                   IORING_SETUP_DEFER_TASKRUN;
    params.cq_entries = cq_entries;
#ifdef IORING_SETUP_NO_SQARRAY
    io_uring_params without_array = params;
    without_array.flags |= IORING_SETUP_NO_SQARRAY;
    if (::io_uring_queue_init_params(sq_entries, &ring, &without_array) == 0) return 0;
#endif
    return ::io_uring_queue_init_params(sq_entries, &ring, &params);
}

/// Whether a ring of provided buffers still fits into the memlock limit, which counts it too.
bool has_room_for_buffers(::io_uring& ring) noexcept {
    void* page = ::aligned_alloc(page_bytes, page_bytes);
    if (page == nullptr) return false;
    io_uring_buf_reg request{};
    request.ring_addr = reinterpret_cast<std::uintptr_t>(std::memset(page, 0, page_bytes));
    request.ring_entries = 1;
    const int error = ::io_uring_register_buf_ring(&ring, &request, 0);
    if (error == 0) static_cast<void>(::io_uring_unregister_buf_ring(&ring, 0));
    std::free(page);
    return error != -ENOMEM;
}

}  // namespace

std::string advice_for_setup_error(int error, int disabled_sysctl,
                                   std::string_view kernel_release) {
    const std::string release(kernel_release);
    switch (error) {
        case EPERM:
            if (disabled_sysctl > 0) {
                return "io_uring is forbidden by the sysctl kernel.io_uring_disabled=" +
                       std::to_string(disabled_sysctl) +
                       ": set it to 0 (sysctl -w kernel.io_uring_disabled=0), or to 1 and run the "
                       "program in the group of kernel.io_uring_group";
            }
            return "io_uring_setup(2) was refused although the sysctl allows it: a seccomp filter "
                   "or security module forbids it; in a container, run with a profile that allows "
                   "io_uring_setup, io_uring_enter and io_uring_register (docker: "
                   "--security-opt seccomp=PROFILE.json)";
        case ENOSYS:
            return "this kernel (" + release +
                   ") has no io_uring, or a seccomp filter hides it: use Linux >= 6.1 with "
                   "CONFIG_IO_URING, or a container profile that allows io_uring_setup";
        case EINVAL:
            return "this kernel (" + release +
                   ") refuses IORING_SETUP_DEFER_TASKRUN: weir needs Linux >= 6.1";
        case ENOMEM:
            return "the locked-memory limit is too small for a ring of " +
                   std::to_string(smallest_ring) +
                   " entries: raise it (ulimit -l, LimitMEMLOCK= of systemd, --ulimit memlock= of "
                   "docker) or start fewer shards";
        case EMFILE:
        case ENFILE:
            return "the limit of open files is reached: raise it (ulimit -n)";
        default:
            return "io_uring_setup(2) failed on kernel " + release;
    }
}

kernel_error linux_kernel::setup_error(int error) {
    return kernel_error(
        error_from_errno(error),
        advice_for_setup_error(error, io_uring_disabled_sysctl(), kernel_release()));
}

result<std::unique_ptr<linux_kernel>, kernel_error> linux_kernel::open(unsigned sq_entries,
                                                                       unsigned cq_entries) {
    std::unique_ptr<linux_kernel> kernel(new linux_kernel);
    sq_entries = std::max(sq_entries, smallest_ring);
    int error = -ENOMEM;
    for (unsigned size = sq_entries; size >= smallest_ring; size /= 2) {
        error =
            open_ring(kernel->ring_, size, std::max(cq_entries / (sq_entries / size), 2 * size));
        if (error == 0 && !has_room_for_buffers(kernel->ring_)) {
            // The ring took all the memory that may be locked; what it leaves is too little.
            ::io_uring_queue_exit(&kernel->ring_);
            error = -ENOMEM;
        }
        if (error != -ENOMEM) break;
    }
    if (error < 0) return fail(setup_error(-error));
    kernel->is_open_ = true;
    // Saves the lookup of the descriptor on each enter; an old kernel merely does without.
    static_cast<void>(::io_uring_register_ring_fd(&kernel->ring_));
    // Files are read and written by threads of the kernel where the page is not in memory; without
    // a bound it makes as many as there are requests.
    unsigned workers[2] = {bounded_workers, unbounded_workers};
    static_cast<void>(::io_uring_register_iowq_max_workers(&kernel->ring_, workers));
    kernel->map_queues();
    kernel->probe_features();
    return kernel;
}

linux_kernel::~linux_kernel() {
    if (is_open_) ::io_uring_queue_exit(&ring_);
}

void linux_kernel::map_queues() noexcept {
    sqes_ = ring_.sq.sqes;
    sq_head_ = ring_.sq.khead;
    sq_tail_ = *ring_.sq.ktail;
    sq_entries_ = *ring_.sq.kring_entries;
    sq_mask_ = sq_entries_ - 1;
    cqes_ = ring_.cq.cqes;
    cq_head_ = ring_.cq.khead;
    cq_tail_ = ring_.cq.ktail;
    cq_mask_ = *ring_.cq.kring_mask;
    // Slot i of the queue always names request i, so the indirection is filled in once.
#ifdef IORING_SETUP_NO_SQARRAY
    if ((ring_.flags & IORING_SETUP_NO_SQARRAY) != 0) return;
#endif
    for (unsigned i = 0; i < sq_entries_; ++i) ring_.sq.array[i] = i;
}

void linux_kernel::probe_features() noexcept {
    io_uring_probe* probe = ::io_uring_get_probe_ring(&ring_);
    if (probe != nullptr) {
        features_.send_zero_copy = ::io_uring_opcode_supported(probe, IORING_OP_SEND_ZC) != 0;
        features_.message_ring = ::io_uring_opcode_supported(probe, IORING_OP_MSG_RING) != 0;
        ::io_uring_free_probe(probe);
    }
    // Nothing lists this flag, so the probe is a ring of one buffer that is taken back at once.
    void* page = ::aligned_alloc(4096, 4096);
    if (page == nullptr) return;
    auto* ring = static_cast<io_uring_buf_ring*>(std::memset(page, 0, 4096));
    constexpr std::uint16_t probe_group = 0xffff;
    if (register_buffer_ring(ring, 1, probe_group, true) == 0) {
        features_.incremental_buffers = true;
        unregister_buffer_ring(probe_group);
    }
    std::free(page);
}

int linux_kernel::enter(bool wait, time_point deadline) noexcept {
    std::atomic_ref(*ring_.sq.ktail).store(sq_tail_, std::memory_order_release);
    const unsigned to_submit =
        sq_tail_ - std::atomic_ref(*ring_.sq.khead).load(std::memory_order_acquire);
    // GETEVENTS always: with DEFER_TASKRUN nothing completes without it, however long one waits.
    unsigned flags = IORING_ENTER_GETEVENTS;
    if ((ring_.int_flags & 1) != 0) flags |= IORING_ENTER_REGISTERED_RING;

    __kernel_timespec timeout{};
    io_uring_getevents_arg argument{};
    argument.sigmask_sz = _NSIG / 8;
    if (wait && deadline != time_point::max()) {
        const auto left = std::max(deadline - now(), std::chrono::nanoseconds(0));
        timeout.tv_sec = std::chrono::duration_cast<std::chrono::seconds>(left).count();
        timeout.tv_nsec = (left % std::chrono::seconds(1)).count();
        argument.ts = reinterpret_cast<std::uintptr_t>(&timeout);
        flags |= IORING_ENTER_EXT_ARG;
    }
    const bool extended = (flags & IORING_ENTER_EXT_ARG) != 0;
    const int entered =
        ::io_uring_enter2(static_cast<unsigned>(ring_.enter_ring_fd), to_submit, wait ? 1 : 0,
                          flags, extended ? reinterpret_cast<sigset_t*>(&argument) : nullptr,
                          extended ? sizeof argument : _NSIG / 8);
    if (entered >= 0 || entered == -EINTR || entered == -ETIME) return 0;
    return entered;
}

int linux_kernel::register_buffer_ring(io_uring_buf_ring* ring, unsigned entries,
                                       std::uint16_t group, bool incremental) noexcept {
    io_uring_buf_reg request{};
    request.ring_addr = reinterpret_cast<std::uintptr_t>(ring);
    request.ring_entries = entries;
    request.bgid = group;
    if (incremental) {
        std::memcpy(reinterpret_cast<char*>(&request) + buf_reg_flags_offset,
                    &pbuf_ring_incremental, sizeof pbuf_ring_incremental);
    }
    return ::io_uring_register_buf_ring(&ring_, &request, 0);
}

void linux_kernel::unregister_buffer_ring(std::uint16_t group) noexcept {
    static_cast<void>(::io_uring_unregister_buf_ring(&ring_, group));
}

int linux_kernel::socket(int family, int type, int protocol) noexcept {
    return negative_errno(::socket(family, type | SOCK_CLOEXEC, protocol));
}
int linux_kernel::bind(int fd, const sockaddr* address, unsigned size) noexcept {
    return negative_errno(::bind(fd, address, size));
}
int linux_kernel::listen(int fd, int backlog) noexcept {
    return negative_errno(::listen(fd, backlog));
}
int linux_kernel::set_option(int fd, int level, int name, const void* value,
                             unsigned size) noexcept {
    return negative_errno(::setsockopt(fd, level, name, value, size));
}
int linux_kernel::option(int fd, int level, int name, void* value, unsigned* size) noexcept {
    return negative_errno(::getsockopt(fd, level, name, value, size));
}
int linux_kernel::local_address(int fd, sockaddr* out, unsigned* size) noexcept {
    return negative_errno(::getsockname(fd, out, size));
}
int linux_kernel::peer_address(int fd, sockaddr* out, unsigned* size) noexcept {
    return negative_errno(::getpeername(fd, out, size));
}
int linux_kernel::shut_down(int fd, int how) noexcept {
    return negative_errno(::shutdown(fd, how));
}
void linux_kernel::close_now(int fd) noexcept { ::close(fd); }

int linux_kernel::open_event() noexcept {
    return negative_errno(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
}
void linux_kernel::raise_event(int fd) noexcept {
    const std::uint64_t one = 1;
    // Full means that the event is raised already.
    [[maybe_unused]] const auto written = ::write(fd, &one, sizeof one);
}
void linux_kernel::clear_event(int fd) noexcept {
    std::uint64_t count = 0;
    [[maybe_unused]] const auto taken = ::read(fd, &count, sizeof count);
}

int linux_kernel::receive_now(int fd, void* buffer, std::size_t size) noexcept {
    return negative_errno(call(SYS_recvfrom, fd, buffer, size, MSG_DONTWAIT, nullptr, nullptr));
}
int linux_kernel::send_now(int fd, const msghdr& message) noexcept {
    constexpr int flags = MSG_DONTWAIT | MSG_NOSIGNAL;
    if (message.msg_iovlen != 1 || message.msg_controllen != 0)
        return negative_errno(call(SYS_sendmsg, fd, &message, flags));
    // One piece needs no walk over a list of them.
    const iovec& whole = *message.msg_iov;
    return negative_errno(call(SYS_sendto, fd, whole.iov_base, whole.iov_len, flags,
                               message.msg_name, message.msg_namelen));
}

int linux_kernel::send_file_now(int fd, int file, std::uint64_t offset, std::size_t size) noexcept {
    if (!is_cached(file, offset, size)) return -EOPNOTSUPP;
    // sendfile(2) takes no flags, and looks at those of the socket instead, on which requests to
    // the ring rely: so it changes for the length of this call, in which none of them is made.
    static_cast<void>(call(SYS_fcntl, fd, F_SETFL, O_RDWR | O_NONBLOCK));
    auto at = static_cast<off_t>(offset);
    const int sent = negative_errno(call(SYS_sendfile, fd, file, &at, size));
    static_cast<void>(call(SYS_fcntl, fd, F_SETFL, O_RDWR));
    return sent == -EINVAL || sent == -ENOSYS ? -EOPNOTSUPP : sent;
}

}  // namespace weir
