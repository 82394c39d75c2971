// SPDX-License-Identifier: Apache-2.0
// The baseline by hand: the same frame sent to N descriptors with one io_uring send each, submitted
// together as far as the ring reaches. The next frame follows when all completions have come.
#include "subscribers.hpp"

#include <liburing.h>

#include <string>

namespace {

constexpr unsigned ring_entries = 2048;

/// A WebSocket text frame as a server sends it.
std::string frame_of(std::size_t size) {
    std::string frame(1, '\x81');
    if (size < 126) {
        frame += static_cast<char>(size);
    } else if (size < 0x10000) {
        frame += '\x7E';
        for (const unsigned shift : {8U, 0U}) frame += static_cast<char>(size >> shift);
    } else {
        frame += '\x7F';
        for (unsigned shift = 64; shift > 0; shift -= 8) {
            frame += static_cast<char>(size >> (shift - 8));
        }
    }
    return frame + std::string(size, 'x');
}

class publisher {
public:
    publisher() {
        io_uring_params params{};
        params.flags = IORING_SETUP_CQSIZE | IORING_SETUP_COOP_TASKRUN |
                       IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN;
        params.cq_entries = 8 * ring_entries;
        errno = -io_uring_queue_init_params(ring_entries, &ring_, &params);
        if (errno != 0) fanout::die("io_uring_queue_init_params");
        io_uring_register_ring_fd(&ring_);
    }
    publisher(const publisher&) = delete;
    publisher& operator=(const publisher&) = delete;
    ~publisher() { io_uring_queue_exit(&ring_); }

    void publish(const std::vector<int>& ends, const std::string& frame) {
        std::size_t begun = 0;
        std::size_t ended = 0;
        while (ended < ends.size()) {
            while (begun < ends.size()) {
                io_uring_sqe* sqe = io_uring_get_sqe(&ring_);
                if (sqe == nullptr) break;
                io_uring_prep_send(sqe, ends[begun++], frame.data(), frame.size(),
                                   MSG_NOSIGNAL | MSG_WAITALL);
            }
            io_uring_submit_and_wait(&ring_, 1);
            ended += reap(frame.size());
        }
    }

private:
    std::size_t reap(std::size_t expected) {
        std::size_t count = 0;
        unsigned head = 0;
        io_uring_cqe* cqe = nullptr;
        io_uring_for_each_cqe(&ring_, head, cqe) {
            if (cqe->res != static_cast<int>(expected)) fanout::die("send");
            ++count;
        }
        io_uring_cq_advance(&ring_, static_cast<unsigned>(count));
        return count;
    }

    io_uring ring_{};
};

}  // namespace

int main(int argc, char** argv) {
    const fanout::arguments wanted(argc, argv);
    const fanout::subscribers all(wanted.subscribers);
    const std::string frame = frame_of(wanted.bytes);
    publisher news;
    std::uint64_t publishes = 0;
    const fanout::measurement measuring(wanted.seconds);
    for (; !measuring.is_over(); ++publishes) news.publish(all.ends(), frame);
    measuring.print(publishes, all.ends().size());
    for (const int fd : all.ends()) ::close(fd);
}
