// SPDX-License-Identifier: Apache-2.0
// span_outcome: how a piece of work ended.
#pragma once

#include <weir/base/error.hpp>
#include <weir/base/result.hpp>

#include <cstdint>
#include <exception>
#include <string>
#include <system_error>
#include <type_traits>
#include <utility>

namespace weir::trace {

/// The ways in which work ends.
enum class outcome_kind : std::uint8_t {
    ok,
    error,      ///< it gave an error
    stopped,    ///< it gave operation_canceled: it was asked to stop, which is nobody's fault
    exception,  ///< it threw
};

/// What became of a span. A value.
class span_outcome {
public:
    /// All went well.
    span_outcome() noexcept = default;
    explicit span_outcome(std::error_code error) noexcept
        : kind_(is_stopped(error) ? outcome_kind::stopped : outcome_kind::error), error_(error) {}
    /// What is being thrown. @param thrown  not null.
    explicit span_outcome(const std::exception_ptr& thrown);

    /// By what a task gave; an error that is no std::error_code counts as io_error.
    template <class T>
    [[nodiscard]] static span_outcome of(const T& given) noexcept {
        if constexpr (weir::detail::is_result<T>) {
            if (given) return span_outcome();
            if constexpr (std::is_convertible_v<typename T::error_type, std::error_code>) {
                return span_outcome(std::error_code(given.error()));
            } else {
                return span_outcome(std::make_error_code(std::errc::io_error));
            }
        } else {
            return span_outcome();
        }
    }

    [[nodiscard]] outcome_kind kind() const noexcept { return kind_; }
    [[nodiscard]] const std::error_code& error() const noexcept { return error_; }
    /// In words: `ok`, `error: connection refused`, `stopped`, `exception: out of paper`.
    [[nodiscard]] std::string to_string() const;
    /// What is wrong; empty where nothing is.
    [[nodiscard]] std::string message() const;

private:
    outcome_kind kind_ = outcome_kind::ok;
    std::error_code error_;
    std::string thrown_;
};

}  // namespace weir::trace
