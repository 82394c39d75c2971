// SPDX-License-Identifier: Apache-2.0
// encoder_pool: the content_encoders of one server. They are large (256 KiB) and slow to make, so a
// few are kept; and no more than a number of them is out at once, because each is held for as long
// as its answer takes.
#pragma once

#include <weir/http/content/content_coding.hpp>
#include <weir/http/content/content_encoder.hpp>
#include <weir/http/server/detail/encoder_lease.hpp>

#include <array>
#include <cstddef>
#include <memory>

namespace weir::http::detail {

/// Belongs to one shard; must outlive its leases.
class encoder_pool {
public:
    /// @param max_leased  0 = nothing is ever packed.
    explicit encoder_pool(std::size_t max_leased, int level) noexcept
        : max_leased_(max_leased), level_(level) {}
    encoder_pool(const encoder_pool&) = delete;
    encoder_pool& operator=(const encoder_pool&) = delete;

    /// Whether as many are out as may be: send as it is.
    [[nodiscard]] bool is_exhausted() const noexcept { return leased_ >= max_leased_; }
    /// An encoder at its beginning. Not when exhausted (asserted); not for the identity.
    [[nodiscard]] encoder_lease take(content_coding coding);

private:
    friend class encoder_return;

    static constexpr std::size_t max_idle = 4;

    void give_back(std::unique_ptr<content_encoder> used) noexcept;

    std::array<std::unique_ptr<content_encoder>, max_idle> idle_;
    std::size_t leased_ = 0;
    std::size_t max_leased_;
    int level_;
};

}  // namespace weir::http::detail
