// SPDX-License-Identifier: Apache-2.0
#include <weir/io/runtime.hpp>

#include "shard_set.hpp"

namespace weir {

runtime::runtime(const runtime_options& options)
    : shards_(std::make_unique<detail::shard_set>(options)) {}

runtime::~runtime() = default;

result<void, startup_error> runtime::start() { return shards_->start(); }

result<void> runtime::run_on_each(const detail::shard_main& main) {
    if (!shards_->is_started()) {
        auto started = start();
        if (!started) detail::exit_without_reactor(started.error());
    }
    return shards_->run(main);
}

void runtime::request_stop() noexcept { shards_->request_stop(); }

unsigned runtime::shard_count() const noexcept { return shards_->size(); }

shard& runtime::at(unsigned index) const noexcept { return shards_->at(index); }

std::uint64_t runtime::stalls() const noexcept { return shards_->stalls(); }

}  // namespace weir
