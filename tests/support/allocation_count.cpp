// SPDX-License-Identifier: Apache-2.0
// Replaces the global operator new and delete of the test programs.
#include "allocation_count.hpp"

#include <weir/coro/detail/frame_pool.hpp>

#include <cstdlib>
#include <new>

namespace {

constinit thread_local std::uint64_t taken = 0;
constinit thread_local std::int64_t live = 0;

}  // namespace

namespace weir::test {

bool allocations_are_counted() noexcept { return weir::detail::frames_are_pooled; }
std::uint64_t allocations() noexcept { return taken; }

memory_state memory_state::now() noexcept {
    memory_state state;
    state.heap_blocks_ = live;
    for (const auto* frame : weir::detail::this_thread_frames.free) {
        for (; frame != nullptr; frame = frame->next) ++state.free_frames_;
    }
    return state;
}

void stock_frame_pool() {
    using namespace weir::detail;
    if (!frames_are_pooled) return;
    for (std::size_t size = frame_class_bytes; size <= max_pooled_frame_bytes;
         size += frame_class_bytes) {
        void* first = allocate_frame(size);
        void* second = allocate_frame(size);
        deallocate_frame(second, size);
        deallocate_frame(first, size);
    }
}

void forget_long_free_lists() noexcept {
    static constexpr int long_list = 10'000;
    for (auto*& head : weir::detail::this_thread_frames.free) {
        int length = 0;
        for (auto* frame = head; frame != nullptr && length <= long_list; frame = frame->next) {
            ++length;
        }
        if (length > long_list) head = nullptr;  // the slabs stay reachable through the pool
    }
}

}  // namespace weir::test

// frame_pool's own question: is a sanitizer watching?
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define WEIR_TEST_KEEP_NEW
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define WEIR_TEST_KEEP_NEW
#endif
#endif

#if !defined(WEIR_TEST_KEEP_NEW)
void* operator new(std::size_t size) {
    void* block = std::malloc(size == 0 ? 1 : size);
    if (block == nullptr) throw std::bad_alloc();
    ++taken;
    ++live;
    return block;
}
void operator delete(void* block) noexcept {
    if (block == nullptr) return;
    --live;
    std::free(block);
}
void operator delete(void* block, std::size_t) noexcept { ::operator delete(block); }
#endif
