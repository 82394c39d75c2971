// SPDX-License-Identifier: Apache-2.0
#include "rpc_message.hpp"

#include <weir/json/quoted.hpp>
#include <weir/json/scanner.hpp>

#include <charconv>

namespace {

using weir::json::scanner;
using weir::json::value_type;

/// Takes the next value; where it is an object, `take` takes each value by its key.
template <class Take>
void for_each_member(scanner& in, Take take) {
    if (in.next_type() != value_type::object) return static_cast<void>(in.skip());
    if (!in.enter_object()) return;
    while (const auto key = in.next_member()) take(*key);
}

/// Takes the next value; empty = it is no string.
std::string take_text(scanner& in) {
    if (in.next_type() == value_type::string) {
        const auto text = in.string();
        return text ? text->text() : std::string();
    }
    in.skip();
    return {};
}

/// Takes the next value; empty = it is no number.
std::string_view take_number(scanner& in) {
    const bool is_number = in.next_type() == value_type::number;
    const std::string_view text = in.skip();
    return is_number ? text : std::string_view();
}

void take_order(scanner& in, rpc_message& said) {
    for_each_member(in, [&](const auto& key) {
        if (key == "label") {
            said.label = take_text(in);
        } else {
            in.skip();
        }
    });
}

void take_result(scanner& in, rpc_message& said) {
    for_each_member(in, [&](const auto& key) {
        if (key == "expires_in") {
            long long count = 0;
            const std::string_view text = take_number(in);
            std::from_chars(text.data(), text.data() + text.size(), count);
            said.expires_in = std::chrono::seconds(count);
        } else if (key == "order") {
            take_order(in, said);
        } else {
            in.skip();
        }
    });
}

void take_parameters(scanner& in, rpc_message& said) {
    for_each_member(in, [&](const auto& key) {
        if (key == "type") {
            said.asks_for_test = take_text(in) == "test_request";
        } else {
            in.skip();
        }
    });
}

}  // namespace

namespace weir::ws {

std::string codec<rpc_call>::encode(const rpc_call& said) {
    return R"({"jsonrpc":"2.0","id":)" + said.id + R"(,"method":)" + json::quoted(said.method) +
           R"(,"params":)" + said.parameters + '}';
}

result<rpc_message> codec<rpc_message>::decode(std::string_view text) {
    json::scanner in(text);
    rpc_message said;
    for_each_member(in, [&](const auto& key) {
        if (key == "id") {
            said.id = take_number(in);
        } else if (key == "error") {
            said.is_error = in.next_type() == json::value_type::object;
            in.skip();
        } else if (key == "result") {
            take_result(in, said);
        } else if (key == "params") {
            take_parameters(in, said);
        } else {
            in.skip();
        }
    });
    if (!in.finish()) return fail(in.error());
    return said;
}

}  // namespace weir::ws
