// SPDX-License-Identifier: Apache-2.0
// encoder_lease: a content_encoder on loan from its server.
#pragma once

#include <weir/http/content/content_encoder.hpp>

#include <memory>

namespace weir::http::detail {

class encoder_pool;

/// Gives an encoder back to its pool.
class encoder_return {
public:
    encoder_return() noexcept = default;
    explicit encoder_return(encoder_pool& to) noexcept : to_(&to) {}
    void operator()(content_encoder* unused) const noexcept;

private:
    encoder_pool* to_ = nullptr;
};

/// Null = the body is sent as it is.
using encoder_lease = std::unique_ptr<content_encoder, encoder_return>;

}  // namespace weir::http::detail
