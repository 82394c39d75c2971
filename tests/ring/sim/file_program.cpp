// SPDX-License-Identifier: Apache-2.0
#include "file_program.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cstring>

namespace weir::sim::test {

namespace {

enum operation : unsigned {
    open,
    open_again,  // more often than other operations
    write,
    write_again,
    read,
    read_again,
    sync,
    size,
    rename,
    close,
    operations
};
constexpr std::array<const char*, operations> operation_names{
    "open", "open", "write", "write", "read", "read", "fsync", "statx", "rename", "close"};

constexpr std::array<int, 4> accesses{O_RDWR, O_RDWR, O_RDONLY, O_WRONLY};
constexpr unsigned files = 3;
constexpr std::uint64_t longest = 8192;
constexpr unsigned permissions = 0600;

class file_run final : public program_run {
public:
    explicit file_run(const scene& place)
        : program_run(place, operation_names), folder_(place.folder) {}

private:
    void perform(const step& now) override;
    [[nodiscard]] std::string describe(const asked_request& asked,
                                       const io_uring_cqe& answer) override;
    [[nodiscard]] bool waits_for_all() const noexcept override { return true; }

    [[nodiscard]] std::string path(unsigned number) const {
        return folder_ + "/" + std::to_string(number % files);
    }
    void fill_on(io_uring_sqe& sqe, asked_request& asked, const step& now, int fd);

    std::string folder_;
    std::array<std::string, 2> paths_;  // of the request under way
    unsigned char next_byte_ = 0;
};

int flags_of(const step& now) {
    int flags = accesses[now.which / files % accesses.size()] | O_CLOEXEC;
    if (now.other % 4 != 0) flags |= O_CREAT;
    if (now.other / 4 % 4 == 0) flags |= O_EXCL & -((flags & O_CREAT) != 0 ? 1 : 0);
    if (now.other / 16 % 4 == 0) flags |= O_TRUNC;
    if (now.other / 64 % 4 == 0) flags |= O_APPEND;
    return flags;
}

void file_run::perform(const step& now) {
    if (now.operation == open || now.operation == open_again) {
        return ask(now.operation, [&](io_uring_sqe& sqe, asked_request&) {
            paths_[0] = path(now.which);
            ::io_uring_prep_openat(&sqe, AT_FDCWD, paths_[0].c_str(), flags_of(now), permissions);
        });
    }
    if (now.operation == rename) {
        return ask(now.operation, [&](io_uring_sqe& sqe, asked_request&) {
            paths_ = {path(now.which), path(now.other)};
            ::io_uring_prep_renameat(&sqe, AT_FDCWD, paths_[0].c_str(), AT_FDCWD, paths_[1].c_str(),
                                     0);
        });
    }
    if (open_.empty()) return;
    // A closed one is used, too: its number is nobody's, or another file's.
    const int fd = open_[now.which % open_.size()];
    ask(now.operation,
        [&](io_uring_sqe& sqe, asked_request& asked) { fill_on(sqe, asked, now, fd); });
}

void file_run::fill_on(io_uring_sqe& sqe, asked_request& asked, const step& now, int fd) {
    const std::uint64_t offset = now.other * 8 % longest;
    const unsigned count = now.size % 8 == 0 ? 0 : now.size;
    switch (now.operation) {
        case write:
        case write_again:
            for (std::byte& each : asked.memory) each = static_cast<std::byte>(next_byte_++);
            return ::io_uring_prep_write(&sqe, fd, asked.memory.data(), count, offset);
        case read:
        case read_again:
            return ::io_uring_prep_read(&sqe, fd, asked.memory.data(), count, offset);
        case sync:
            return ::io_uring_prep_fsync(&sqe, fd, now.other % 2 == 0 ? IORING_FSYNC_DATASYNC : 0);
        case size:
            return ::io_uring_prep_statx(&sqe, fd, "", AT_EMPTY_PATH, STATX_SIZE,
                                         reinterpret_cast<struct statx*>(asked.memory.data()));
        default:
            return ::io_uring_prep_close(&sqe, fd);
    }
}

std::string file_run::describe(const asked_request& asked, const io_uring_cqe& answer) {
    if (answer.res < 0) return std::to_string(answer.res);
    switch (asked.operation) {
        case open:
        case open_again:
            open_.push_back(answer.res);
            return "a file";
        case read:
        case read_again:
            return describe_bytes(asked.memory.data(), static_cast<std::size_t>(answer.res));
        case size: {
            struct ::statx status{};
            std::memcpy(&status, asked.memory.data(), sizeof status);
            return std::to_string(answer.res) + " " + std::to_string(status.stx_size) + " bytes";
        }
        default:
            return std::to_string(answer.res);
    }
}

}  // namespace

program make_file_program(std::uint64_t seed) {
    random chance(seed);
    program steps;
    const std::size_t length = 8 + chance.below(20);
    while (steps.size() < length) {
        step& next = steps.emplace_back(chance, operations);
        if (steps.size() < 3) next.operation = open;
    }
    return steps;
}

std::vector<std::string> run_file_program(const scene& place, const program& steps) {
    return file_run(place).run(steps);
}

}  // namespace weir::sim::test
