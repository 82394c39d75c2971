// SPDX-License-Identifier: Apache-2.0
#include <weir/coro/detail/frame_pool.hpp>

#include <mutex>
#include <vector>

namespace weir::detail {
namespace {

/// What threads that have ended left behind. Never destroyed: a thread may end after main does.
class inheritance {
public:
    [[nodiscard]] static inheritance& of_process() {
        static auto* instance = new inheritance;
        return *instance;
    }

    void leave(frame_cache& cache) noexcept {
        const std::lock_guard lock(mutex_);
        for (std::size_t i = 0; i < frame_class_count; ++i) {
            while (free_frame* frame = cache.free[i]) {
                cache.free[i] = frame->next;
                frame->next = left_.free[i];
                left_.free[i] = frame;
            }
        }
    }
    /// Gives a whole list at a time, so that the lock is seldom taken.
    [[nodiscard]] free_frame* take(std::size_t index) noexcept {
        const std::lock_guard lock(mutex_);
        free_frame* list = left_.free[index];
        left_.free[index] = nullptr;
        return list;
    }
    [[nodiscard]] std::byte* new_slab() {
        auto* slab = static_cast<std::byte*>(::operator new(frame_slab_bytes));
        const std::lock_guard lock(mutex_);
        slabs_.push_back(slab);  // keeps it reachable for leak checkers
        return slab;
    }

private:
    std::mutex mutex_;
    frame_cache left_{};
    std::vector<std::byte*> slabs_;
};

/// The slab that a thread cuts from, and its last will.
class slab_cutter {
public:
    slab_cutter() noexcept = default;
    slab_cutter(const slab_cutter&) = delete;
    slab_cutter& operator=(const slab_cutter&) = delete;
    ~slab_cutter() { inheritance::of_process().leave(this_thread_frames); }

    [[nodiscard]] void* cut(std::size_t size) {
        if (left_ < size) {
            at_ = inheritance::of_process().new_slab();
            left_ = frame_slab_bytes;
        }
        std::byte* block = at_;
        at_ += size;
        left_ -= size;
        return block;
    }

private:
    std::byte* at_ = nullptr;
    std::size_t left_ = 0;
};

thread_local slab_cutter cutter;

}  // namespace

void* cut_new_frame(std::size_t index) {
    if (free_frame* inherited = inheritance::of_process().take(index)) {
        this_thread_frames.free[index] = inherited->next;
        return inherited;
    }
    return cutter.cut((index + 1) * frame_class_bytes);
}

}  // namespace weir::detail
