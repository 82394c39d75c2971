// SPDX-License-Identifier: Apache-2.0
#include <weir/io/send_buffer.hpp>

#include <weir/base/assert.hpp>

#include <cstring>
#include <new>

namespace weir {

send_buffer send_buffer::with_size(std::size_t size) {
    send_buffer made;
    made.block_ = ::new (::operator new(sizeof(block) + size)) block{{1}, size};
    return made;
}

send_buffer::send_buffer(bytes data) : send_buffer(with_size(data.size())) {
    if (!data.empty()) std::memcpy(memory(block_), data.data(), data.size());
}

mutable_bytes send_buffer::writable() noexcept {
    WEIR_ASSERT(users() <= 1, "the bytes of a send_buffer were changed after it was shared");
    return block_ == nullptr ? mutable_bytes() : mutable_bytes(memory(block_), block_->size);
}

void send_buffer::free_block(block* unused) noexcept {
    unused->~block();
    ::operator delete(unused);
}

}  // namespace weir
