// SPDX-License-Identifier: Apache-2.0
// Per-thread recycling of coroutine frames and of the other small blocks that come and go with
// them, so that a steady state allocates nothing.
//
// A block returns to the thread that frees it, whichever thread took it: no atomics, and the worst
// case of a one-way stream of frames is bounded by `max_cached_bytes_per_class`.
#pragma once

#include <cstddef>
#include <new>

namespace weir::detail {

inline constexpr std::size_t frame_class_bytes = 32;
inline constexpr std::size_t max_pooled_frame_bytes = 2048;
inline constexpr std::size_t frame_class_count = max_pooled_frame_bytes / frame_class_bytes;
/// What one size class of one thread keeps for reuse; blocks beyond it go back to malloc.
inline constexpr std::size_t max_cached_bytes_per_class = std::size_t{8} << 20;

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

struct frame_class {
    free_frame* head = nullptr;
    std::size_t cached = 0;
};

/// Trivial on purpose: a thread_local with a destructor would cost a guard check on each access.
/// A separate object, made on the slow path, empties it when the thread ends.
struct frame_cache {
    frame_class classes[frame_class_count];
};

inline constinit thread_local frame_cache this_thread_frames;

[[nodiscard]] void* allocate_new_frame(std::size_t size);
void release_frame(void* frame) noexcept;

[[nodiscard]] inline void* allocate_frame(std::size_t size) {
    if (!frames_are_pooled || size > max_pooled_frame_bytes) [[unlikely]] {
        return ::operator new(size);
    }
    frame_class& cls = this_thread_frames.classes[(size - 1) / frame_class_bytes];
    free_frame* frame = cls.head;
    if (frame == nullptr) [[unlikely]] return allocate_new_frame(size);
    cls.head = frame->next;
    --cls.cached;
    return frame;
}

inline void deallocate_frame(void* memory, std::size_t size) noexcept {
    if (!frames_are_pooled || size > max_pooled_frame_bytes) [[unlikely]] {
        return release_frame(memory);
    }
    const std::size_t index = (size - 1) / frame_class_bytes;
    frame_class& cls = this_thread_frames.classes[index];
    if (cls.cached * (index + 1) * frame_class_bytes >= max_cached_bytes_per_class) [[unlikely]] {
        return release_frame(memory);
    }
    cls.head = ::new (memory) free_frame{cls.head};
    ++cls.cached;
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
