// SPDX-License-Identifier: Apache-2.0
#include "socket_program.hpp"

#include <weir/net/endpoint.hpp>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <map>
#include <optional>

namespace weir::sim::test {

namespace {

constexpr std::uint16_t buffers_group = 7;
constexpr unsigned buffer_count = 64;
constexpr std::size_t buffer_bytes = 4096;
constexpr unsigned buffer_id_shift = 16;
constexpr std::array<unsigned, 4> masks{POLLIN, POLLOUT, POLLIN | POLLRDHUP, POLLIN | POLLOUT};

const char* name_of(step::operation what) {
    static constexpr std::array names{"listen",       "connect",        "accept",    "accept_many",
                                      "send",         "send_now",       "receive",   "receive_now",
                                      "receive_many", "poll",           "poll_many", "shut_down",
                                      "close",        "abort_on_close", "cancel",    "names",
                                      "listen_again", "connect_again"};
    static_assert(names.size() == step::operations);
    return names[static_cast<std::size_t>(what)];
}

bool is_poll(step::operation what) {
    return what == step::operation::poll || what == step::operation::poll_many;
}
/// A poll that was woken twice looks for room to send, too; how often it is woken is a race.
int told_by_poll(int events) {
    return events > 0 && events != POLLOUT ? events & ~POLLOUT : events;
}

/// A request under way, and the memory that it uses.
class asked_request {
public:
    explicit asked_request(step::operation operation, std::size_t socket)
        : what(operation), slot(socket), memory(buffer_bytes) {}
    step::operation what;
    std::size_t slot;
    std::vector<std::byte> memory;
    net::endpoint target;
};

class program_run {
public:
    explicit program_run(kernel& system, bool is_unix, settle_function settle)
        : system_(system),
          is_unix_(is_unix),
          settle_(settle),
          buffers_(buffer_count * buffer_bytes) {
        void* page = std::aligned_alloc(4096, 4096);
        ring_ = static_cast<io_uring_buf_ring*>(std::memset(page, 0, 4096));
        if (system_.register_buffer_ring(ring_, buffer_count, buffers_group, false) != 0)
            std::abort();
        for (unsigned i = 0; i < buffer_count; ++i) give_buffer(static_cast<std::uint16_t>(i));
    }
    program_run(const program_run&) = delete;
    program_run& operator=(const program_run&) = delete;
    ~program_run() {
        system_.unregister_buffer_ring(buffers_group);
        std::free(ring_);
    }

    std::vector<std::string> run(const socket_program& program) {
        for (std::size_t i = 0; i < program.size(); ++i) {
            lines_.push_back(std::to_string(i) + " " + program[i].to_text());
            perform(program[i]);
            collect();
        }
        clean_up();
        return std::move(lines_);
    }

private:
    // --- asking ---
    io_uring_sqe& ask(step::operation what, std::size_t slot) {
        const std::uint64_t tag = ++newest_tag_;
        requests_.emplace(tag, asked_request(what, slot));
        io_uring_sqe* sqe = system_.try_sqe();
        while (sqe == nullptr) {
            static_cast<void>(system_.enter(false, {}));
            sqe = system_.try_sqe();
        }
        tag_in_use_ = tag;
        return *sqe;
    }
    void sign(io_uring_sqe& sqe) const { sqe.user_data = tag_in_use_; }
    [[nodiscard]] asked_request& newest() { return requests_.find(tag_in_use_)->second; }

    [[nodiscard]] int open_socket();
    void perform(const step& now);
    void perform_on(const step& now, std::size_t slot);
    void open_listener();
    void connect(const step& now);
    void fill(io_uring_sqe& sqe, const step& now, int fd);
    [[nodiscard]] bool call(const step& now, int fd);
    void cancel(const step& now);
    void tell_names(int fd);

    [[nodiscard]] std::optional<std::size_t> pick(unsigned number) const {
        if (sockets_.empty()) return std::nullopt;
        return number % sockets_.size();
    }
    void note(const std::string& text) { lines_.push_back("  " + text); }
    void note_result(const char* what, int result) {
        note(std::string(what) + " " + std::to_string(result));
    }

    // --- answers ---
    void collect() {
        std::map<std::uint64_t, std::vector<std::string>> answers;
        for (int quiet = 0; quiet < 2; ++quiet) {
            settle_(system_);
            const unsigned got = system_.for_each_completion(
                4096, [&](const io_uring_cqe& each) { take(each, answers[each.user_data]); });
            if (got > 0) quiet = -1;
        }
        // Which of several requests is told first is nobody's business.
        for (const auto& [tag, texts] : answers) {
            for (std::size_t i = 0; i < texts.size(); ++i) {
                // A poll tells what is, so of several reports only a new one says anything.
                const bool is_poll = texts[i].starts_with("poll_many");
                const bool is_last = i + 1 == texts.size();
                if (is_poll && (!is_last || std::exchange(reported_[tag], texts[i]) == texts[i])) {
                    continue;
                }
                note("#" + std::to_string(tag) + " " + texts[i]);
            }
        }
    }
    void take(const io_uring_cqe& answer, std::vector<std::string>& texts);
    [[nodiscard]] std::string describe_bytes(const std::byte* data, std::size_t size) const {
        std::uint64_t sum = 14695981039346656037U;
        for (std::size_t i = 0; i < size; ++i) {
            sum = (sum ^ static_cast<std::uint64_t>(data[i])) * 1099511628211U;
        }
        return std::to_string(size) + " bytes " + std::to_string(sum % 100'000);
    }
    void give_buffer(std::uint16_t id) {
        io_uring_buf& entry = ring_->bufs[tail_ & (buffer_count - 1)];
        entry.addr = reinterpret_cast<std::uintptr_t>(buffers_.data() + id * buffer_bytes);
        entry.len = buffer_bytes;
        entry.bid = id;
        std::atomic_ref(ring_->tail).store(++tail_, std::memory_order_release);
    }
    void clean_up();

    kernel& system_;
    bool is_unix_;
    settle_function settle_;
    std::vector<std::byte> buffers_;
    io_uring_buf_ring* ring_;
    std::uint16_t tail_ = 0;
    std::vector<int> sockets_;  // -1 = closed
    std::vector<net::endpoint> listening_;
    std::map<std::uint64_t, asked_request> requests_;
    std::uint64_t newest_tag_ = 0;
    std::uint64_t tag_in_use_ = 0;
    std::vector<std::string> lines_;
    std::map<std::uint64_t, std::string> reported_;  // by polls, last
    unsigned char next_byte_ = 0;
};

void program_run::perform(const step& now) {
    switch (now.what) {
        case step::operation::listen:
            return open_listener();
        case step::operation::connect:
            return connect(now);
        case step::operation::cancel:
            return cancel(now);
        default:
            break;
    }
    const auto slot = pick(now.which);
    if (slot && sockets_[*slot] >= 0) perform_on(now, *slot);
}

int program_run::open_socket() {
    const int fd = system_.socket(is_unix_ ? AF_UNIX : AF_INET, SOCK_STREAM, 0);
    // One that paces nothing: what is sent is there at once.
    constexpr std::string_view plain = "reno";
    if (fd >= 0 && !is_unix_) {
        static_cast<void>(system_.set_option(fd, IPPROTO_TCP, TCP_CONGESTION, plain.data(),
                                             static_cast<unsigned>(plain.size())));
    }
    return fd;
}

void program_run::open_listener() {
    const int fd = open_socket();
    if (fd < 0) return note_result("socket", fd);
    net::endpoint where = net::endpoint::loopback(0);
    if (is_unix_) {
        // An abstract-like name: unique in the run, gone with the folder of the test.
        where = *net::endpoint::unix_socket("program-" + std::to_string(listening_.size()));
    }
    note_result("bind", system_.bind(fd, where.native(), where.native_size()));
    note_result("listen", system_.listen(fd, 4));
    sockaddr_storage address{};
    unsigned size = sizeof address;
    static_cast<void>(system_.local_address(fd, reinterpret_cast<sockaddr*>(&address), &size));
    listening_.push_back(net::endpoint::from_native(reinterpret_cast<sockaddr*>(&address), size));
    sockets_.push_back(fd);
}

void program_run::connect(const step& now) {
    if (listening_.empty()) return;
    const int fd = open_socket();
    if (fd < 0) return note_result("socket", fd);
    sockets_.push_back(fd);
    io_uring_sqe& sqe = ask(now.what, sockets_.size() - 1);
    fill(sqe, now, fd);
    sign(sqe);
}

void program_run::cancel(const step& now) {
    if (requests_.empty()) return;
    auto target = requests_.begin();
    std::advance(target, static_cast<std::ptrdiff_t>(now.which % requests_.size()));
    const std::uint64_t tag = target->first;
    io_uring_sqe& sqe = ask(now.what, 0);
    ::io_uring_prep_cancel64(&sqe, tag, 0);
    sign(sqe);
}

void program_run::tell_names(int fd) {
    sockaddr_storage address{};
    unsigned size = sizeof address;
    note_result("peer", system_.peer_address(fd, reinterpret_cast<sockaddr*>(&address), &size));
    int error = 0;
    size = sizeof error;
    const int asked = system_.option(fd, SOL_SOCKET, SO_ERROR, &error, &size);
    note("error " + std::to_string(asked) + " " + std::to_string(error));
}

void program_run::fill(io_uring_sqe& sqe, const step& now, int fd) {
    const unsigned mask = masks[now.other % masks.size()];
    std::vector<std::byte>& memory = newest().memory;
    using enum step::operation;
    switch (now.what) {
        case accept:
            return ::io_uring_prep_accept(&sqe, fd, nullptr, nullptr, SOCK_CLOEXEC);
        case accept_many:
            return ::io_uring_prep_multishot_accept(&sqe, fd, nullptr, nullptr, SOCK_CLOEXEC);
        case send:
            for (std::byte& each : memory) each = static_cast<std::byte>(next_byte_++);
            return ::io_uring_prep_send(&sqe, fd, memory.data(), now.size, MSG_NOSIGNAL);
        case receive:
            return ::io_uring_prep_recv(&sqe, fd, memory.data(), now.size,
                                        now.other % 2 == 0 ? MSG_DONTWAIT : 0);
        case receive_many:
            ::io_uring_prep_recv_multishot(&sqe, fd, nullptr, 0, 0);
            sqe.flags |= IOSQE_BUFFER_SELECT;
            sqe.buf_group = buffers_group;
            return;
        case poll:
            return ::io_uring_prep_poll_add(&sqe, fd, mask);
        case poll_many:
            return ::io_uring_prep_poll_multishot(&sqe, fd, mask);
        case shut_down:
            return ::io_uring_prep_shutdown(&sqe, fd, static_cast<int>(now.other % 3));
        case close:
            return ::io_uring_prep_close(&sqe, fd);
        default: {  // connect and connect_again
            net::endpoint& target = newest().target;
            target = listening_[now.other % listening_.size()];
            return ::io_uring_prep_connect(&sqe, fd, target.native(), target.native_size());
        }
    }
}

/// The calls beside the ring; false when `now` is a request.
bool program_run::call(const step& now, int fd) {
    std::vector<std::byte> memory(now.size, static_cast<std::byte>(next_byte_));
    switch (now.what) {
        case step::operation::names:
            tell_names(fd);
            return true;
        case step::operation::listen_again:
            note_result("listen", system_.listen(fd, 4));
            return true;
        case step::operation::abort_on_close: {
            const linger at_once{1, 0};
            note_result("linger",
                        system_.set_option(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once));
            return true;
        }
        case step::operation::send_now: {
            iovec piece{memory.data(), memory.size()};
            msghdr message{};
            message.msg_iov = &piece;
            message.msg_iovlen = 1;
            note_result("sent", system_.send_now(fd, message));
            ++next_byte_;
            return true;
        }
        case step::operation::receive_now: {
            const int got = system_.receive_now(fd, memory.data(), memory.size());
            if (got <= 0) {
                note_result("got", got);
            } else {
                note("got " + describe_bytes(memory.data(), static_cast<std::size_t>(got)));
            }
            return true;
        }
        default:
            return false;
    }
}

void program_run::perform_on(const step& now, std::size_t slot) {
    const int fd = sockets_[slot];
    if (call(now, fd)) return;
    if (now.what == step::operation::connect_again && listening_.empty()) return;
    if (now.what == step::operation::close) sockets_[slot] = -1;
    io_uring_sqe& sqe = ask(now.what, slot);
    fill(sqe, now, fd);
    sign(sqe);
}

void program_run::take(const io_uring_cqe& answer, std::vector<std::string>& texts) {
    const auto found = requests_.find(answer.user_data);
    if (found == requests_.end()) {
        texts.emplace_back("answered twice");
        return;
    }
    asked_request& asked = found->second;
    const bool more = (answer.flags & IORING_CQE_F_MORE) != 0;
    std::string text = name_of(asked.what) + std::string(" ");
    const bool accepts =
        asked.what == step::operation::accept || asked.what == step::operation::accept_many;
    if (answer.res > 0 && asked.what == step::operation::receive_many) {
        const auto id = static_cast<std::uint16_t>(answer.flags >> buffer_id_shift);
        text += describe_bytes(buffers_.data() + id * buffer_bytes,
                               static_cast<std::size_t>(answer.res));
        give_buffer(id);
    } else if (answer.res > 0 && asked.what == step::operation::receive) {
        text += describe_bytes(asked.memory.data(), static_cast<std::size_t>(answer.res));
    } else if (answer.res >= 0 && accepts) {
        sockets_.push_back(answer.res);
        text += "a socket";
    } else {
        text += std::to_string(is_poll(asked.what) ? told_by_poll(answer.res) : answer.res);
    }
    texts.push_back(text + (more ? " and goes on" : ""));
    if (!more) requests_.erase(found);
}

void program_run::clean_up() {
    const std::size_t told = lines_.size();
    for (const int fd : sockets_) {
        if (fd < 0) continue;
        const linger at_once{1, 0};
        static_cast<void>(system_.set_option(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once));
    }
    std::vector<std::uint64_t> open;
    for (const auto& each : requests_) open.push_back(each.first);
    for (const std::uint64_t each : open) {
        io_uring_sqe& sqe = ask(step::operation::cancel, 0);
        ::io_uring_prep_cancel64(&sqe, each, 0);
        sign(sqe);
    }
    collect();
    for (const int fd : sockets_) {
        if (fd >= 0) system_.close_now(fd);
    }
    collect();
    // Which of these ends is seen first is a race.
    lines_.resize(told);
    lines_.emplace_back("the end");
    if (!requests_.empty()) lines_.emplace_back("some requests never end");
}

}  // namespace

std::string step::to_text() const {
    return std::string(name_of(what)) + " " + std::to_string(which) + " " + std::to_string(other) +
           " " + std::to_string(size);
}

socket_program make_program(std::uint64_t seed) {
    random chance(seed);
    socket_program program;
    const std::size_t length = 8 + chance.below(20);
    program.emplace_back(chance).what = step::operation::listen;
    while (program.size() < length) {
        step& next = program.emplace_back(chance);
        // Early connections make most of what follows possible.
        if (program.size() < 4 && chance.chance(0.7)) next.what = step::operation::connect;
        if (program.size() == 4 && chance.chance(0.8)) {
            next.what = step::operation::accept_many;
            next.which = 0;
        }
    }
    return program;
}

std::vector<std::string> run_program(kernel& system, const socket_program& program, bool is_unix,
                                     settle_function settle) {
    return program_run(system, is_unix, settle).run(program);
}

}  // namespace weir::sim::test
