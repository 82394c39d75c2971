// SPDX-License-Identifier: Apache-2.0
#include <weir/coro/detail/frame_pool.hpp>

namespace weir::detail {
namespace {

/// Returns a thread's cached blocks when the thread ends.
class cache_cleanup {
public:
    void arm() noexcept { armed_ = true; }
    ~cache_cleanup() {
        for (frame_class& cls : this_thread_frames.classes) {
            while (cls.head != nullptr) {
                free_frame* frame = cls.head;
                cls.head = frame->next;
                ::operator delete(frame);
            }
            cls.cached = 0;
        }
    }

private:
    bool armed_ = false;
};

thread_local cache_cleanup cleanup;

}  // namespace

void* allocate_new_frame(std::size_t size) {
    cleanup.arm();  // constructs it, which registers its destructor for this thread
    const std::size_t classes = (size - 1) / frame_class_bytes + 1;
    return ::operator new(classes * frame_class_bytes);
}

void release_frame(void* frame) noexcept { ::operator delete(frame); }

}  // namespace weir::detail
