// SPDX-License-Identifier: Apache-2.0
// coder_pool: the compressors and decompressors of one shard, and how much memory they may take.
//
//   shared    a deflater for each window size that is in use, which compresses one message at a
//             time, and up to four inflaters that nobody uses. Made when needed, kept from then on.
//   lent      an inflater for each compressed message that has begun to arrive and is not yet
//             whole. Without room for it, the message is kept as it came until it is whole.
//   reserved  for a connection that keeps context: its own coders. Without room for them, the
//             handshake agrees on none to be kept.
//
// So nothing fails at the limit, and N connections that keep no context cost no more than one.
#pragma once

#include <weir/base/assert.hpp>
#include <weir/ws/deflate/deflate_parameters.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

namespace weir::ws {

class deflater;
class inflater;

/// The coders of a shard; one a thread. Must outlive what was taken from it.
///
/// ```cpp
/// weir::ws::coder_pool::of_this_thread().set_max_bytes(std::size_t{64} << 20U);
/// ```
class coder_pool {
public:
    coder_pool();
    coder_pool(const coder_pool&) = delete;
    coder_pool& operator=(const coder_pool&) = delete;
    ~coder_pool();

    /// The pool of the calling thread.
    [[nodiscard]] static coder_pool& of_this_thread();

    /// What all coders together may take: default 16 MiB, at least `shared_bytes`. What is already
    /// taken stays.
    void set_max_bytes(std::size_t value) noexcept;
    [[nodiscard]] std::size_t max_bytes() const noexcept { return max_bytes_; }
    /// What they take now, reservations included.
    [[nodiscard]] std::size_t held_bytes() const noexcept { return shared_held_ + taken_; }
    /// What the shared coders can take: 718 KiB.
    [[nodiscard]] static std::size_t shared_bytes() noexcept;
    /// What a connection that keeps context costs.
    [[nodiscard]] static std::size_t cost_of(deflate_parameters agreed) noexcept;
    /// How often a message had to wait for its last byte because there was no room to lend.
    [[nodiscard]] std::uint64_t deferred() const noexcept { return deferred_; }

    /// Room that was set aside; goes back when this is destroyed. Moves, does not copy.
    class reservation {
    public:
        reservation() noexcept = default;
        reservation(reservation&& other) noexcept
            : pool_(std::exchange(other.pool_, nullptr)), size_(other.size_) {}
        reservation& operator=(reservation&& other) noexcept {
            std::swap(pool_, other.pool_);
            std::swap(size_, other.size_);
            return *this;
        }
        ~reservation() {
            if (pool_ != nullptr) pool_->taken_ -= size_;
        }
        [[nodiscard]] std::size_t size() const noexcept { return pool_ == nullptr ? 0 : size_; }
        /// Gives a part back. @param size  at most what there is.
        void shrink_to(std::size_t size) noexcept {
            WEIR_ASSERT(size <= this->size(), "a reservation cannot grow");
            if (pool_ != nullptr) pool_->taken_ -= size_ - size;
            size_ = size;
        }
        /// Takes room in again. @return  false = there is not so much; nothing was taken.
        [[nodiscard]] bool grow_to(std::size_t size) noexcept {
            WEIR_ASSERT(pool_ != nullptr && size >= size_, "only what was reserved grows");
            auto more = pool_->reserve(size - size_);
            if (!more) return false;
            more->pool_ = nullptr;  // it is a part of this one
            size_ = size;
            return true;
        }

    private:
        friend class coder_pool;
        reservation(coder_pool& pool, std::size_t size) noexcept : pool_(&pool), size_(size) {}

        coder_pool* pool_ = nullptr;
        std::size_t size_ = 0;
    };
    /// Sets room aside; nullopt = there is not so much.
    [[nodiscard]] std::optional<reservation> reserve(std::size_t size) noexcept;

    /// Gives an inflater back.
    class inflater_return {
    public:
        inflater_return() noexcept = default;
        explicit inflater_return(coder_pool& pool) noexcept : pool_(&pool) {}
        void operator()(inflater* returned) const noexcept { pool_->take_back(returned); }

    private:
        coder_pool* pool_ = nullptr;
    };
    using lent_inflater = std::unique_ptr<inflater, inflater_return>;

    /// A fresh inflater for one message; null = there is no room. Throws std::bad_alloc.
    [[nodiscard]] lent_inflater lend();
    /// One that is always there, to be given back before the thread does anything else.
    [[nodiscard]] lent_inflater lend_briefly();
    /// The deflater for that window, to be used at once, for one message after `forget`.
    [[nodiscard]] deflater& shared_deflater(int window_bits, int level);

private:
    void take_back(inflater* returned) noexcept;
    [[nodiscard]] lent_inflater take_spare();

    static constexpr std::size_t max_spares = 4;

    std::array<std::unique_ptr<deflater>, max_window_bits - min_window_bits + 1> deflaters_;
    std::array<std::unique_ptr<inflater>, max_spares> spares_;
    std::size_t spare_count_ = 0;
    std::size_t max_bytes_ = std::size_t{16} << 20U;
    std::size_t shared_held_ = 0;
    std::size_t taken_ = 0;  // lent or reserved
    std::uint64_t deferred_ = 0;
};

}  // namespace weir::ws
