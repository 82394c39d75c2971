// SPDX-License-Identifier: Apache-2.0
// lifetime_probe: an object that counts how many of its kind live, and how often they were copied
// and moved. Each `Tag` counts by itself.
#pragma once

#include <utility>

namespace weir::test {

/// A value whose lifetime is counted. `reset()` at the start of a test; `live()` is 0 at its end.
template <class Tag = void>
class lifetime_probe {
public:
    explicit lifetime_probe(int value = 0) noexcept : value_(value) { ++live_; }
    lifetime_probe(const lifetime_probe& other) noexcept : value_(other.value_) {
        ++live_;
        ++copies_;
    }
    lifetime_probe(lifetime_probe&& other) noexcept : value_(std::exchange(other.value_, -1)) {
        ++live_;
        ++moves_;
    }
    lifetime_probe& operator=(const lifetime_probe& other) noexcept {
        value_ = other.value_;
        ++copies_;
        return *this;
    }
    lifetime_probe& operator=(lifetime_probe&& other) noexcept {
        value_ = std::exchange(other.value_, -1);
        ++moves_;
        return *this;
    }
    ~lifetime_probe() {
        --live_;
        value_ = -2;  // a use after the end shows
    }

    /// -1 = moved away.
    [[nodiscard]] int value() const noexcept { return value_; }

    [[nodiscard]] static int live() noexcept { return live_; }
    [[nodiscard]] static int copies() noexcept { return copies_; }
    [[nodiscard]] static int moves() noexcept { return moves_; }
    static void reset() noexcept { live_ = copies_ = moves_ = 0; }

private:
    int value_;
    static inline int live_ = 0;
    static inline int copies_ = 0;
    static inline int moves_ = 0;
};

}  // namespace weir::test
