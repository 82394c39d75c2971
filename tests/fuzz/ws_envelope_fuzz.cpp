// SPDX-License-Identifier: Apache-2.0
// Properties: what is read as messages was JSON, lies in the text, and each message of a batch can
// be read by itself with the same outcome.
#include <weir/json/scanner.hpp>
#include <weir/ws/routing/envelope.hpp>

#include <cstdint>
#include <string>

#include "fuzz_split.hpp"

namespace {

using weir::fuzz::require;
using weir::ws::envelope;
using weir::ws::envelope_list;

bool lies_in(std::string_view part, std::string_view whole) {
    return part.empty() || (part.data() >= whole.data() &&
                            part.data() + part.size() <= whole.data() + whole.size());
}

void check(const envelope& message, std::string_view text) {
    require(lies_in(message.text(), text), "a message is a part of the text");
    require(lies_in(message.payload(), message.text()), "a payload is a part of its message");
    require(lies_in(message.type().raw(), message.text()), "a type is a part of its message");
    weir::json::scanner in(message.payload());
    if (!message.payload().empty()) in.skip();
    require(message.payload().empty() || in.finish(), "a payload is JSON");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto list = envelope_list::read(text);
    if (!list) return 0;
    weir::json::scanner whole(text);
    whole.skip();
    require(whole.finish(), "only JSON is read");
    for (const envelope& each : list->all()) {
        check(each, text);
        const auto alone = envelope_list::read(each.text());
        // By itself a batch within a batch is one.
        if (!alone || alone->is_batch()) continue;
        require(alone->all().front().type().text() == each.type().text(), "the same type");
        require(alone->all().front().payload() == each.payload(), "the same payload");
    }
    return 0;
}
