// SPDX-License-Identifier: Apache-2.0
// Test support: two types that travel in messages: one as JSON, one as bytes.
#pragma once

#include <weir/base/byte_writer.hpp>
#include <weir/json/quoted.hpp>
#include <weir/json/scanner.hpp>
#include <weir/ws/routing/codec.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace weir::test {

/// `{"sensor":"roof"}`
class question {
public:
    explicit question(std::string name) : sensor(std::move(name)) {}
    friend bool operator==(const question&, const question&) = default;

    std::string sensor;
};

/// sequence:u16 celsius:i16; nothing is colder than -273 degrees.
class reading {
public:
    explicit reading(std::uint16_t number, std::int16_t degrees) noexcept
        : sequence(number), celsius(degrees) {}
    friend bool operator==(const reading&, const reading&) = default;

    std::uint16_t sequence;
    std::int16_t celsius;
};

}  // namespace weir::test

template <>
class weir::ws::codec<weir::test::question> {
public:
    static constexpr message_kind kind = message_kind::text;

    static result<weir::test::question> decode(std::string_view text) {
        json::scanner in(text);
        weir::test::question asked("");
        if (in.enter_object()) {
            while (const auto key = in.next_member()) {
                if (*key != "sensor") {
                    in.skip();
                } else if (const auto name = in.string()) {
                    asked.sensor = name->text();
                }
            }
        }
        if (!in.finish()) return fail(in.error());
        if (asked.sensor.empty()) return fail(std::errc::invalid_argument);
        return asked;
    }
    static std::string encode(const weir::test::question& asked) {
        return R"({"sensor":)" + json::quoted(asked.sensor) + '}';
    }
};

template <>
class weir::ws::codec<weir::test::reading> {
public:
    static constexpr message_kind kind = message_kind::binary;

    static result<weir::test::reading> decode(byte_reader& in) {
        const auto fields = in.read_big<std::uint16_t, std::int16_t>();
        if (!fields) return fail(make_error_code(routing_errc::malformed_frame));
        const auto [sequence, celsius] = *fields;
        if (celsius < -273) return fail(std::errc::result_out_of_range);
        return weir::test::reading(sequence, celsius);
    }
    static std::string encode(const weir::test::reading& taken) {
        std::array<std::byte, 4> memory;
        byte_writer out(memory);
        out.write_big<std::uint16_t, std::int16_t>(taken.sequence, taken.celsius);
        return std::string(as_text(out.written()));
    }
};
