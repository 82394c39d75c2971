// SPDX-License-Identifier: Apache-2.0
// How benchmarks take times and print them: the contestants take turns, so that a slow moment of
// the machine hits all of them alike.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace benchmark {

/// Nanoseconds an operation between construction and `each()`.
class stopwatch {
public:
    template <class N>
    [[nodiscard]] double each(N operations) const {
        const std::chrono::duration<double, std::nano> passed =
            std::chrono::steady_clock::now() - begin_;
        return passed.count() / static_cast<double>(operations);
    }

private:
    std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

/// One way to do one thing.
class contestant {
public:
    /// @param measure_  does it many times and gives the nanoseconds that one took.
    explicit contestant(std::string topic_, std::string who_, std::function<double()> measure_)
        : topic(std::move(topic_)), who(std::move(who_)), measure(std::move(measure_)) {}
    std::string topic;
    std::string who;
    std::function<double()> measure;
    std::vector<double> times;
};

/// All of them; each measurement sees the same machine as that before and after it.
class contest {
public:
    void add(std::string topic, std::string who, std::function<double()> measure) {
        all_.emplace_back(std::move(topic), std::move(who), std::move(measure));
    }
    /// Measures everybody so often and prints one JSON object a line.
    void run(int repetitions) {
        for (int i = 0; i < repetitions; ++i) {
            for (contestant& each : all_) each.times.push_back(each.measure());
        }
        for (contestant& each : all_) print(each);
    }

private:
    static void print(contestant& each) {
        auto& times = each.times;
        std::sort(times.begin(), times.end());
        std::printf(
            "{\"case\": \"%s\", \"who\": \"%s\", \"best\": %.2f, \"median\": %.2f, "
            "\"worst\": %.2f}\n",
            each.topic.c_str(), each.who.c_str(), times.front(), times[times.size() / 2],
            times.back());
    }

    std::vector<contestant> all_;
};

inline int repetitions(int argc, char** argv) {
    return argc > 1 ? std::max(1, std::atoi(argv[1])) : 15;
}

/// Keeps the compiler from leaving out what computes `value`.
template <class T>
inline void keep(const T& value) {
    asm volatile("" : : "r,m"(value) : "memory");
}

}  // namespace benchmark
