// SPDX-License-Identifier: Apache-2.0
// recent_values: the last so many values of something, exactly: for dashboards and self-checks of
// small windows. (A histogram keeps all of them, to within a percent, in constant memory.)
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace weir::metrics {

/// A window over the last values. A value itself; belongs to one thread. Recording allocates
/// nothing; a quantile sorts a copy.
///
/// ```cpp
/// weir::metrics::recent_values sizes(1000);
/// sizes.record(512);
/// const double p95 = sizes.quantile(0.95);
/// ```
class recent_values {
public:
    /// @param window  values that are kept, 1 or more.
    explicit recent_values(std::size_t window = 1000);

    void record(double value) noexcept;
    void clear() noexcept;

    /// Values in the window.
    [[nodiscard]] std::size_t size() const noexcept { return values_.size(); }
    /// All that were recorded since the beginning.
    [[nodiscard]] std::uint64_t recorded() const noexcept { return recorded_; }
    /// Of the window; 0 where it is empty, as are the following.
    [[nodiscard]] double min() const noexcept;
    [[nodiscard]] double max() const noexcept;
    [[nodiscard]] double mean() const noexcept;
    /// The value below which the part `fraction` (0 ... 1) of the window lies, between two values
    /// in proportion (as numpy's default, Hyndman and Fan's type 7).
    [[nodiscard]] double quantile(double fraction) const;

private:
    std::size_t window_;
    std::vector<double> values_;
    std::size_t oldest_ = 0;  // once the window is full
    std::uint64_t recorded_ = 0;
};

}  // namespace weir::metrics
