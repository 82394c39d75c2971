// SPDX-License-Identifier: Apache-2.0
// Per-thread recycling of coroutine frames and of the other small blocks that come and go with
// them, so that a steady state allocates nothing, and a block costs no more than its bytes.
//
// Blocks are cut from slabs of 64 KiB and go back to the thread that frees them, whichever took
// them: no atomics, no header. The pool holds what its thread used at its peak and never shrinks;
// a thread that ends leaves its blocks to those that start later.
#pragma once

#include <cstddef>
#include <new>

namespace weir::detail {

inline constexpr std::size_t frame_class_bytes = 16;
inline constexpr std::size_t max_pooled_frame_bytes = 4096;
inline constexpr std::size_t frame_class_count = max_pooled_frame_bytes / frame_class_bytes;
inline constexpr std::size_t frame_slab_bytes = 64 * 1024;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool frames_are_pooled = false;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
inline constexpr bool frames_are_pooled = false;  // the sanitizers must see each frame end
#else
inline constexpr bool frames_are_pooled = true;
#endif
#else
inline constexpr bool frames_are_pooled = true;
#endif

struct free_frame {
    free_frame* next;
};

/// Trivial on purpose: a thread_local with a destructor would cost a guard check on each access.
struct frame_cache {
    free_frame* free[frame_class_count];
};

inline constinit thread_local frame_cache this_thread_frames{};

/// The slow path: takes a block of class `index` from a slab.
[[nodiscard]] void* cut_new_frame(std::size_t index);

[[nodiscard]] inline void* allocate_frame(std::size_t size) {
    if (!frames_are_pooled || size > max_pooled_frame_bytes) [[unlikely]] {
        return ::operator new(size);
    }
    const std::size_t index = (size - 1) / frame_class_bytes;
    free_frame*& head = this_thread_frames.free[index];
    free_frame* frame = head;
    if (frame == nullptr) [[unlikely]]
        return cut_new_frame(index);
    head = frame->next;
    return frame;
}

inline void deallocate_frame(void* memory, std::size_t size) noexcept {
    if (!frames_are_pooled || size > max_pooled_frame_bytes) [[unlikely]] {
        return ::operator delete(memory);
    }
    free_frame*& head = this_thread_frames.free[(size - 1) / frame_class_bytes];
    head = ::new (memory) free_frame{head};
}

/// Inherited by types whose objects are made and destroyed at the rate of coroutine frames.
class pooled {
public:
    static void* operator new(std::size_t size) { return allocate_frame(size); }
    static void operator delete(void* memory, std::size_t size) noexcept {
        deallocate_frame(memory, size);
    }

protected:
    ~pooled() = default;
};

}  // namespace weir::detail
