// SPDX-License-Identifier: Apache-2.0
#include "workload.hpp"

#include <weir/base/random.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <numeric>
#include <unordered_set>

namespace benchmark {
namespace {

/// Draws ranks 0 ... n - 1 with Zipf's law.
class zipf_ranks {
public:
    explicit zipf_ranks(std::size_t n, double skew) : below_(n) {
        double sum = 0;
        for (std::size_t i = 0; i < n; ++i) {
            sum += 1 / std::pow(static_cast<double>(i + 1), skew);
            below_[i] = sum;
        }
    }
    [[nodiscard]] std::size_t draw(weir::random& chance) const {
        const double at = chance.between(0, below_.back());
        const auto found = std::upper_bound(below_.begin(), below_.end(), at);
        return std::min(static_cast<std::size_t>(found - below_.begin()), below_.size() - 1);
    }

private:
    std::vector<double> below_;
};

trace shuffled(std::size_t keys, weir::random& chance) {
    trace order(keys);
    std::iota(order.begin(), order.end(), std::uint64_t{0});
    for (std::size_t i = keys; i > 1; --i) std::swap(order[i - 1], order[chance.below(i)]);
    return order;
}

}  // namespace

trace zipf(std::size_t keys, double skew, std::size_t length, std::uint64_t seed) {
    return shifting(keys, skew, 0, length, seed);
}

trace loop(std::size_t keys, std::size_t length) {
    trace all(length);
    for (std::size_t i = 0; i < length; ++i) all[i] = i % keys;
    return all;
}

trace scan_mixed(std::size_t keys, double skew, std::size_t length, std::uint64_t seed) {
    weir::random chance(seed);
    trace all = zipf(keys, skew, length, seed + 1);
    std::uint64_t fresh = keys;
    for (std::size_t at = 0; at < length;) {
        at += chance.below(keys / 2);
        const std::size_t end = std::min(length, at + keys / 4);
        for (; at < end; ++at) all[at] = fresh++;
    }
    return all;
}

trace shifting(std::size_t keys, double skew, std::size_t shifts, std::size_t length,
               std::uint64_t seed) {
    weir::random chance(seed);
    const zipf_ranks ranks(keys, skew);
    trace order = shuffled(keys, chance);
    trace all(length);
    const std::size_t period = length / (shifts + 1) + 1;
    for (std::size_t i = 0; i < length; ++i) {
        if (i > 0 && i % period == 0) order = shuffled(keys, chance);
        all[i] = order[ranks.draw(chance)];
    }
    return all;
}

trace recent(std::size_t length, std::uint64_t seed) {
    weir::random chance(seed);
    constexpr std::uint64_t alive = 2000;
    trace all(length);
    for (std::size_t i = 0; i < length; ++i) {
        // The newest are asked for most: a key's chance falls with the square of its age.
        const double u = chance.between(0, 1);
        const auto age = static_cast<std::uint64_t>(u * u * static_cast<double>(alive));
        all[i] = i / 4 + alive - age;
    }
    return all;
}

trace read_trace(const std::string& path) {
    std::ifstream file(path);
    if (!file) {
        std::fprintf(stderr, "cannot read %s\n", path.c_str());
        std::exit(1);
    }
    trace all;
    for (std::string line; std::getline(file, line);) {
        if (!line.empty()) all.push_back(std::hash<std::string>()(line));
    }
    return all;
}

std::size_t footprint(const trace& keys) {
    return std::unordered_set<std::uint64_t>(keys.begin(), keys.end()).size();
}

}  // namespace benchmark
