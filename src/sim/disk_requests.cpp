// SPDX-License-Identifier: Apache-2.0
#include "disk_requests.hpp"

#include "machine.hpp"
#include "simulated_kernel.hpp"

#include <weir/sim/disk.hpp>

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

namespace weir::sim {

namespace {

constexpr std::chrono::microseconds shortest{20};
constexpr std::chrono::microseconds longest{200};
constexpr std::chrono::seconds longest_slow{1};

/// An open file.
class file_descriptor final : public descriptor {
public:
    explicit file_descriptor(machine& home, std::shared_ptr<disk_file> file, int flags)
        : descriptor(home), file_(std::move(file)), flags_(flags) {}

    [[nodiscard]] disk_file& file() noexcept { return *file_; }
    [[nodiscard]] bool is_readable() const noexcept { return (flags_ & O_ACCMODE) != O_WRONLY; }
    [[nodiscard]] bool is_writable() const noexcept { return (flags_ & O_ACCMODE) != O_RDONLY; }
    /// Where a write that names `offset` begins.
    [[nodiscard]] std::uint64_t place_of_write(std::uint64_t offset) const noexcept {
        return (flags_ & O_APPEND) != 0 ? file_->content().size() : offset;
    }

private:
    [[nodiscard]] bool attempt(request& asked) override {
        asked.kernel.complete(asked, -ENOTSOCK, 0);
        return true;
    }
    [[nodiscard]] unsigned readiness() const noexcept override { return 0; }

    std::shared_ptr<disk_file> file_;
    int flags_;
};

/// An open folder: names are opened beneath it, and it tells what it is.
class folder_descriptor final : public descriptor {
public:
    explicit folder_descriptor(machine& home, std::string path)
        : descriptor(home), path_(std::move(path)) {}

    [[nodiscard]] const std::string& path() const noexcept { return path_; }

private:
    [[nodiscard]] bool attempt(request& asked) override {
        asked.kernel.complete(asked, -EISDIR, 0);
        return true;
    }
    [[nodiscard]] unsigned readiness() const noexcept override { return 0; }

    std::string path_;
};

const char* path_at(std::uint64_t address) {
    return reinterpret_cast<const char*>(static_cast<std::uintptr_t>(address));
}

int open_file(machine& home, const std::string& path, int flags) {
    std::shared_ptr<disk_file> file = home.disk().find(path);
    if (file == nullptr && home.disk().has_folder(path)) {
        return home.add(std::make_shared<folder_descriptor>(home, path));
    }
    if (file != nullptr && (flags & O_DIRECTORY) != 0) return -ENOTDIR;
    if (file != nullptr && (flags & O_CREAT) != 0 && (flags & O_EXCL) != 0) return -EEXIST;
    if (file == nullptr) {
        if ((flags & O_CREAT) == 0) return -ENOENT;
        if (home.faults().strikes(fault::disk_full)) return -ENOSPC;
    }
    if (home.faults().strikes(fault::no_descriptor)) return -EMFILE;
    if (file == nullptr) file = home.disk().create(path);
    if ((flags & O_TRUNC) != 0) file->resize(0);
    return home.add(std::make_shared<file_descriptor>(home, std::move(file), flags));
}

int open_beneath(machine& home, const io_uring_sqe& sqe) {
    const auto target = home.find(sqe.fd);
    const auto* folder = dynamic_cast<const folder_descriptor*>(target.get());
    if (folder == nullptr) return target == nullptr ? -EBADF : -ENOTDIR;
    const std::string name = path_at(sqe.addr);
    if (name.starts_with('/') || ("/" + name + "/").find("/../") != name.npos) return -EXDEV;
    const std::string path = name == "." ? folder->path() : folder->path() + "/" + name;
    return open_file(home, path, O_RDONLY);
}

int read_file(file_descriptor& from, const io_uring_sqe& sqe) {
    if (!from.is_readable()) return -EBADF;
    const auto& content = from.file().content();
    if (sqe.off >= content.size()) return 0;
    const std::size_t count = std::min<std::size_t>(sqe.len, content.size() - sqe.off);
    std::memcpy(reinterpret_cast<void*>(static_cast<std::uintptr_t>(sqe.addr)),
                content.data() + sqe.off, count);
    return static_cast<int>(count);
}

int write_file(machine& home, file_descriptor& to, const io_uring_sqe& sqe) {
    if (!to.is_writable()) return -EBADF;
    if (home.faults().strikes(fault::disk_full)) return -ENOSPC;
    std::size_t count = sqe.len;
    if (count > 1 && home.faults().strikes(fault::torn_write)) {
        count = 1 + home.world().chance().below(count - 1);
    }
    const auto* data = reinterpret_cast<const std::byte*>(static_cast<std::uintptr_t>(sqe.addr));
    to.file().write(to.place_of_write(sqe.off), bytes(data, count));
    return static_cast<int>(count);
}

/// @param of  null: a folder.
int file_status(file_descriptor* of, const io_uring_sqe& sqe) {
    struct ::statx status{};
    status.stx_mask = STATX_SIZE | STATX_TYPE;
    status.stx_mode = of == nullptr ? S_IFDIR : S_IFREG;
    status.stx_size = of == nullptr ? 0 : of->file().content().size();
    // io_uring_prep_statx puts the place of the answer into `off`.
    std::memcpy(reinterpret_cast<void*>(static_cast<std::uintptr_t>(sqe.off)), &status,
                sizeof status);
    return 0;
}

int perform(machine& home, const io_uring_sqe& sqe) {
    const bool moves_data = sqe.opcode == IORING_OP_READ || sqe.opcode == IORING_OP_WRITE ||
                            sqe.opcode == IORING_OP_FSYNC;
    if (moves_data && home.faults().strikes(fault::disk_error)) return -EIO;
    if (sqe.opcode == IORING_OP_OPENAT) {
        return open_file(home, path_at(sqe.addr), static_cast<int>(sqe.open_flags));
    }
    if (sqe.opcode == IORING_OP_OPENAT2) return open_beneath(home, sqe);
    if (sqe.opcode == IORING_OP_RENAMEAT) {
        return home.disk().rename(path_at(sqe.addr), path_at(sqe.addr2)) ? 0 : -ENOENT;
    }
    const auto target = home.find(sqe.fd);
    auto* file = dynamic_cast<file_descriptor*>(target.get());
    const bool is_folder = dynamic_cast<folder_descriptor*>(target.get()) != nullptr;
    if (is_folder && sqe.opcode == IORING_OP_STATX) return file_status(nullptr, sqe);
    if (file == nullptr) return target == nullptr ? -EBADF : -EINVAL;
    switch (sqe.opcode) {
        case IORING_OP_READ:
            return read_file(*file, sqe);
        case IORING_OP_WRITE:
            return write_file(home, *file, sqe);
        case IORING_OP_FSYNC:
            file->file().sync();
            return 0;
        default:
            return file_status(file, sqe);
    }
}

}  // namespace

void begin_disk_request(machine& home, const request_ptr& asked) {
    engine& world = home.world();
    auto time = world.latencies().between(shortest, longest);
    if (home.faults().strikes(fault::slow_disk)) {
        time = world.latencies().between(longest, longest_slow);
    }
    world.after(time, [&home, asked] {
        if (asked->is_over) return;
        asked->kernel.complete(*asked, perform(home, asked->sqe), 0);
    });
}

}  // namespace weir::sim
