// SPDX-License-Identifier: Apache-2.0
// application: what runs on a simulated host: shards that share one thread and take turns on it.
// The counterpart of `detail::shard_set`, with the same rules for how all of them end together.
#pragma once

#include "simulated_shard.hpp"

#include <weir/base/result.hpp>
#include <weir/io/detail/shard_main.hpp>
#include <weir/io/shard.hpp>
#include <weir/sim/host.hpp>

#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

namespace weir::sim {

class application final : public detail::shard_family {
public:
    explicit application(machine& home, const host_options& options,
                         const weir::detail::shard_main& main);
    application(const application&) = delete;
    application& operator=(const application&) = delete;
    ~application();

    [[nodiscard]] unsigned size() const noexcept override;
    [[nodiscard]] std::size_t max_posted() const noexcept override { return max_posted_; }
    [[nodiscard]] shard& at(unsigned index) const noexcept override;

    void request_stop();
    /// While it is paused no shard runs.
    void set_paused(bool is) noexcept { paused_ = is; }
    [[nodiscard]] bool is_paused() const noexcept { return paused_; }
    /// Takes everything down with no effect outside.
    void die();
    /// Whether all shards have left their loops.
    [[nodiscard]] bool has_ended() const noexcept;
    /// After the end; rethrows what a `main` has thrown.
    [[nodiscard]] result<void> outcome() const;
    [[nodiscard]] std::vector<std::unique_ptr<simulated_shard>>& shards() noexcept {
        return shards_;
    }
    [[nodiscard]] std::string waiters() const;

    // For the shards.
    void main_ended(std::error_code error, std::exception_ptr exception);

private:
    machine& home_;
    std::size_t max_posted_;
    std::vector<std::unique_ptr<simulated_shard>> shards_;
    std::size_t running_;
    std::error_code error_;
    std::exception_ptr exception_;
    bool stopped_ = false;
    bool paused_ = false;
};

}  // namespace weir::sim
