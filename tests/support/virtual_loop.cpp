// SPDX-License-Identifier: Apache-2.0
#include "virtual_loop.hpp"

namespace weir::test {

reactor_options virtual_loop::small_options() {
    reactor_options options;
    options.sq_entries = 256;
    options.cq_entries = 1024;
    options.receive_buffer_count = 2;
    options.receive_buffer_bytes = 16'384;
    options.bulk_buffer_count = 2;
    options.bulk_buffer_bytes = 65'536;
    return options;
}

virtual_loop::virtual_loop(std::uint64_t seed) : virtual_loop(seed, small_options()) {}

virtual_loop::virtual_loop(std::uint64_t seed, const reactor_options& options)
    : world_(seed), between_(world_), host_(world_, between_, 0, "host") {
    between_.add(host_);
    auto kernel =
        std::make_unique<sim::simulated_kernel>(host_, options.sq_entries, options.cq_entries);
    kernel_ = kernel.get();
    loop_ = std::make_unique<reactor>(std::move(kernel), options);
}

}  // namespace weir::test
