// SPDX-License-Identifier: Apache-2.0
#include "inputs.hpp"

#include <weir/base/byte_writer.hpp>

#include <array>
#include <cstdint>

namespace benchmark {

std::string ping_text() { return R"({"type":"ping"})"; }

std::string json_text(int fields) {
    std::string text = R"({"type":"data","payload":{)";
    for (int i = 0; i < fields; ++i) {
        const std::string number = std::to_string(i);
        if (i != 0) text += ',';
        text += "\"field_" + number + "\":";
        text += i % 3 == 0 ? number + ".25" : "\"value " + number + "\"";
    }
    return text + "}}";
}

std::string binary_message(std::size_t payload_bytes) {
    std::array<std::byte, 5> head{};
    weir::byte_writer out(head);
    out.write_big<std::uint8_t, std::uint32_t>(1, static_cast<std::uint32_t>(payload_bytes));
    return std::string(weir::as_text(out.written())) + std::string(payload_bytes, '\x5A');
}

std::string market_record() {
    std::array<std::byte, 64> memory{};
    weir::byte_writer out(memory);
    out.write_big<std::uint64_t, std::uint8_t>(1'700'000'000'123U, 7);
    out.append(weir::as_bytes("BTC-EUR"));
    out.write_big<double, double>(43'210.5, 0.125);
    return std::string(weir::as_text(out.written()));
}

}  // namespace benchmark
