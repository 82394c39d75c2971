// SPDX-License-Identifier: Apache-2.0
// precondition: whether a request is still to be done, seen from what the resource is now.
// Sources: RFC 9110 13.1 (the fields), 13.2.2 (which goes first).
//
//   If-Match ------------------ none of its tags is ours --> failed (412)
//     else If-Unmodified-Since - it was modified since ----> failed (412)
//   If-None-Match ------------- one of its tags is ours ---> not_modified (304) for GET and HEAD,
//                                                            failed (412) for others
//     else If-Modified-Since -- it was not; GET, HEAD -----> not_modified (304)
//   otherwise ---------------------------------------------> holds
#pragma once

#include <weir/http/message/request.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>

namespace weir::http {

/// What tells one state of a resource from another; a value.
class validators {
public:
    /// There is no current representation.
    validators() noexcept = default;
    /// @param etag      a tag, W/"..." or "..."; empty = it has none.
    /// @param modified  when it was modified last; nullopt = nobody knows.
    explicit validators(std::string etag,
                        std::optional<std::chrono::sys_seconds> modified = std::nullopt);

    [[nodiscard]] bool exists() const noexcept { return exists_; }
    [[nodiscard]] const std::string& etag() const noexcept { return etag_; }
    [[nodiscard]] std::optional<std::chrono::sys_seconds> modified() const noexcept {
        return modified_;
    }

private:
    std::string etag_;
    std::optional<std::chrono::sys_seconds> modified_;
    bool exists_ = false;
};

/// What becomes of a request.
enum class precondition : std::uint8_t {
    holds,         ///< do it
    not_modified,  ///< answer 304, with the ETag, Vary and Cache-Control of the 200
    failed,        ///< answer 412, and do nothing
};

/// Judges a request that would otherwise succeed: ask after everything else was checked, and just
/// before it is done.
/// Allocates: nothing.
[[nodiscard]] precondition judge(const request& asked, const validators& current,
                                 std::chrono::sys_seconds now) noexcept;

/// Whether the Range of a request may be answered: there is no If-Range, or it names the very bytes
/// that are there now (RFC 9110 13.1.5). Where it is false the whole is the answer.
[[nodiscard]] bool is_range_current(const request& asked, const validators& current,
                                    std::chrono::sys_seconds now) noexcept;

static_assert(!std::is_aggregate_v<validators>);

}  // namespace weir::http
