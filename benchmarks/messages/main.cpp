// SPDX-License-Identifier: Apache-2.0
// What a message costs from its bytes to the bytes of its answer, by three kinds of handlers.
//
//   messages [repetitions]   prints one JSON object a line: {"case", "who", "best", "median",
//   "worst"} in nanoseconds a message, and {"allocated", "who", "blocks", "input_bytes"}
#include "handlers.hpp"
#include "inputs.hpp"
#include "stopwatch.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <string>
#include <utility>

namespace {

std::uint64_t blocks_taken = 0;  // one thread

void* take(std::size_t size) {
    ++blocks_taken;
    if (void* block = std::malloc(size == 0 ? 1 : size)) return block;
    throw std::bad_alloc();
}

}  // namespace

void* operator new(std::size_t size) { return take(size); }
void* operator new[](std::size_t size) { return take(size); }
void operator delete(void* block) noexcept { std::free(block); }
void operator delete[](void* block) noexcept { std::free(block); }
void operator delete(void* block, std::size_t) noexcept { std::free(block); }
void operator delete[](void* block, std::size_t) noexcept { std::free(block); }

namespace benchmark {
namespace {

/// About as long for a large message as for a small one.
std::size_t rounds_for(std::size_t bytes) {
    constexpr std::size_t bytes_a_measurement = 8'000'000;
    return std::clamp<std::size_t>(bytes_a_measurement / bytes, 50, 100'000);
}

/// One input, and all who handle it.
class entrant {
public:
    entrant(contest& to, std::string topic, std::string input)
        : to_(to), topic_(std::move(topic)), input_(std::move(input)) {}

    entrant& by(const char* who, message_handler handle) {
        count_blocks(who, handle);
        const std::size_t rounds = rounds_for(input_.size());
        to_.add(topic_, who, [handle = std::move(handle), input = input_, rounds] {
            const stopwatch watch;
            for (std::size_t i = 0; i < rounds; ++i) keep(handle(input));
            return watch.each(rounds);
        });
        return *this;
    }

private:
    void count_blocks(const char* who, const message_handler& handle) {
        constexpr std::uint64_t rounds = 100;
        for (int i = 0; i < 10; ++i) keep(handle(input_));
        const std::uint64_t before = blocks_taken;
        for (std::uint64_t i = 0; i < rounds; ++i) keep(handle(input_));
        const double each = double(blocks_taken - before) / double(rounds);
        std::printf(
            "{\"allocated\": \"%s\", \"who\": \"%s\", \"blocks\": %.2f, \"input_bytes\": %zu}\n",
            topic_.c_str(), who, each, input_.size());
    }

    contest& to_;
    std::string topic_;
    std::string input_;
};

void add_json(contest& to, const char* topic, std::string input) {
    entrant(to, topic, std::move(input))
        .by("default", default_json())
        .by("optimised", optimised_json())
        .by("cached", cached_json());
}
void add_binary(contest& to, const char* topic, std::string input) {
    entrant(to, topic, std::move(input))
        .by("default", default_binary())
        .by("optimised", optimised_binary())
        .by("cached", cached_binary());
}
void add_judges(contest& to, const char* topic, std::string input) {
    entrant(to, topic, std::move(input))
        .by("simdjson dom", judge_by_simdjson_dom())
        .by("scanner", judge_by_scanner());
}

void add_all(contest& to) {
    constexpr int medium_fields = 100;
    constexpr int large_fields = 10'000;
    add_json(to, "small_json", ping_text());
    add_json(to, "medium_json", json_text(medium_fields));
    add_json(to, "large_json", json_text(large_fields));
    add_binary(to, "binary_small", binary_message(4));
    add_binary(to, "binary_large", binary_message(10'000));
    entrant(to, "market_data", market_record())
        .by("default", default_market())
        .by("optimised", optimised_market());
    add_judges(to, "judge small_json", ping_text());
    add_judges(to, "judge medium_json", json_text(medium_fields));
    add_judges(to, "judge large_json", json_text(large_fields));
}

}  // namespace
}  // namespace benchmark

int main(int argc, char** argv) {
    benchmark::contest all;
    benchmark::add_all(all);
    all.run(benchmark::repetitions(argc, argv));
}
