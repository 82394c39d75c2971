// SPDX-License-Identifier: Apache-2.0
// How the programs of this folder take times and print them: the contestants take turns, so that a
// slow moment of the machine hits all of them alike.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace benchmark {

/// Nanoseconds an operation between construction and `each()`.
class stopwatch {
public:
    [[nodiscard]] double each(int operations) const {
        const std::chrono::duration<double, std::nano> passed =
            std::chrono::steady_clock::now() - begin_;
        return passed.count() / operations;
    }

private:
    std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

/// One way to do one thing.
class contestant {
public:
    explicit contestant(const char* topic_, const char* who_, double (*measure_)())
        : topic(topic_), who(who_), measure(measure_) {}
    const char* topic;
    const char* who;
    double (*measure)();
    std::vector<double> times;
};

inline int repetitions(int argc, char** argv) {
    return argc > 1 ? std::max(1, std::atoi(argv[1])) : 15;
}

/// Measures everybody so often and prints one JSON object a line.
inline void compete(std::vector<contestant>& all, int repetitions) {
    for (int i = 0; i < repetitions; ++i) {
        for (contestant& each : all) each.times.push_back(each.measure());
    }
    for (contestant& each : all) {
        std::sort(each.times.begin(), each.times.end());
        std::printf("{\"case\": \"%s\", \"who\": \"%s\", \"best\": %.2f, \"median\": %.2f}\n",
                    each.topic, each.who, each.times.front(), each.times[each.times.size() / 2]);
    }
}

}  // namespace benchmark
