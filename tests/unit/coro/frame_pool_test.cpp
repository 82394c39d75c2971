// SPDX-License-Identifier: Apache-2.0
// frame_pool: blocks are reused, large ones pass through, and a thread's end gives all back.
#include <weir/coro/detail/frame_pool.hpp>

#include "allocation_count.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <cstdint>
#include <cstring>
#include <thread>
#include <utility>
#include <vector>

BOOST_AUTO_TEST_SUITE(frame_pool_test)

namespace {

using namespace weir::detail;

class small_thing : public pooled {
public:
    std::array<char, 100> bytes{};
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_freed_block_is_the_next_one_of_its_size) {
    if (!frames_are_pooled) return;
    void* first = allocate_frame(200);
    deallocate_frame(first, 200);
    void* second = allocate_frame(207);  // the same class of 16 bytes
    BOOST_TEST(first == second);
    deallocate_frame(second, 207);
}

BOOST_AUTO_TEST_CASE(classes_do_not_mix) {
    for (const std::size_t size : {std::size_t{1}, frame_class_bytes, frame_class_bytes + 1,
                                   max_pooled_frame_bytes, max_pooled_frame_bytes + 1}) {
        void* block = allocate_frame(size);
        std::memset(block, 0x5a, size);
        BOOST_TEST(reinterpret_cast<std::uintptr_t>(block) % 16 == 0U);
        deallocate_frame(block, size);
        void* larger = allocate_frame(size + frame_class_bytes);
        std::memset(larger, 0x5a, size + frame_class_bytes);  // ASan or the heap would complain
        deallocate_frame(larger, size + frame_class_bytes);
    }
}

BOOST_AUTO_TEST_CASE(a_steady_state_takes_nothing_from_the_heap) {
    if (!weir::test::allocations_are_counted()) return;
    delete new small_thing;
    const weir::test::allocation_count count;
    for (int i = 0; i < 1000; ++i) delete new small_thing;
    BOOST_TEST(count.value() == 0U);
}

BOOST_AUTO_TEST_CASE(many_blocks_of_all_sizes_do_not_overlap) {
    std::vector<std::pair<unsigned char*, std::size_t>> blocks;
    for (std::size_t size = 1; size <= max_pooled_frame_bytes; size += 7) {
        auto* block = static_cast<unsigned char*>(allocate_frame(size));
        std::memset(block, static_cast<int>(size % 251), size);
        blocks.emplace_back(block, size);
    }
    for (const auto& [block, size] : blocks) {
        const auto mark = static_cast<unsigned char>(size % 251);
        BOOST_TEST((block[0] == mark && block[size - 1] == mark));
        deallocate_frame(block, size);
    }
}

BOOST_AUTO_TEST_CASE(a_thread_leaves_its_blocks_to_those_that_start_later) {
    if (!frames_are_pooled) return;
    constexpr std::size_t size = 2000;
    void* left = nullptr;
    std::thread([&] {
        left = allocate_frame(size);
        deallocate_frame(left, size);
    }).join();
    void* inherited = nullptr;
    std::thread([&] {
        inherited = allocate_frame(size);
        deallocate_frame(inherited, size);
    }).join();
    BOOST_TEST(inherited == left);
}

BOOST_AUTO_TEST_CASE(blocks_may_be_freed_on_another_thread) {
    std::vector<void*> blocks;
    for (int i = 0; i < 100; ++i) blocks.push_back(allocate_frame(96));
    std::thread([&] {
        for (void* each : blocks) deallocate_frame(each, 96);
        for (void*& each : blocks) each = allocate_frame(96);
    }).join();
    for (void* each : blocks) deallocate_frame(each, 96);
}

BOOST_AUTO_TEST_SUITE_END()
