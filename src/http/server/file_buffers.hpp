// SPDX-License-Identifier: Apache-2.0
// file_buffers: the memory that files pass through where the kernel cannot send them by itself: a
// few pieces a server, however many peers there are. Nobody holds one while he waits for a peer;
// whoever finds none waits for the disk of others.
#pragma once

#include <weir/base/bytes.hpp>
#include <weir/sync/semaphore.hpp>

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace weir::http::detail {

/// Belongs to one shard; must outlive its pieces.
class file_buffers {
public:
    static constexpr std::size_t piece_bytes = std::size_t{64} << 10U;
    static constexpr std::size_t max_pieces = 16;

    /// Memory of `piece_bytes`, on loan for as long as its permit.
    class piece {
    public:
        explicit piece(file_buffers& from, semaphore::permit permit)
            : from_(from), permit_(std::move(permit)), memory_(from.take()) {}
        piece(const piece&) = delete;
        piece& operator=(const piece&) = delete;
        ~piece() { from_.idle_.push_back(std::move(memory_)); }

        [[nodiscard]] mutable_bytes memory() const noexcept { return {memory_.get(), piece_bytes}; }

    private:
        file_buffers& from_;
        semaphore::permit permit_;
        std::unique_ptr<std::byte[]> memory_;
    };

    file_buffers() { idle_.reserve(max_pieces); }

    /// The permits of all pieces: one for each.
    [[nodiscard]] semaphore& permits() noexcept { return permits_; }

private:
    [[nodiscard]] std::unique_ptr<std::byte[]> take() {
        if (idle_.empty()) return std::make_unique_for_overwrite<std::byte[]>(piece_bytes);
        auto found = std::move(idle_.back());
        idle_.pop_back();
        return found;
    }

    semaphore permits_{max_pieces};
    std::vector<std::unique_ptr<std::byte[]>> idle_;
};

}  // namespace weir::http::detail
