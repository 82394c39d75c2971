// SPDX-License-Identifier: Apache-2.0
// Properties: whatever a peer that has the keys says in its records, what is heard does not depend
// on how the bytes are split, nor on how much room there is; and after a failure nothing is said
// but one alert. Of each piece of input the first byte is the type of a record, or says that it is
// none.
#include "tls/record_engine.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "fuzz_split.hpp"

namespace {

namespace tls = weir::tls;
using weir::fuzz::require;
using memory = std::vector<std::byte>;
using step = tls::record_engine::step;

constexpr auto suite = tls::cipher_suite::chacha20_poly1305_sha256;
tls::traffic_secret secret_of(int end) {
    return tls::traffic_secret(memory(32, static_cast<std::byte>(end)));
}

class collected final : public tls::wire_output {
public:
    weir::mutable_bytes append(std::size_t size) override {
        sent.resize(sent.size() + size);
        return weir::mutable_bytes(sent).last(size);
    }
    weir::mutable_bytes append_message(tls::content_type, std::size_t size) override {
        return append(size);
    }
    memory sent;
};

/// The wire of a client that says what the input says.
memory wire_of(std::string_view text) {
    tls::traffic_keys keys(suite, secret_of(1), 0);
    memory wire;
    while (text.size() >= 2) {
        const auto type = static_cast<std::uint8_t>(text[0]);
        const auto size =
            std::min<std::size_t>(static_cast<std::uint8_t>(text[1]), text.size() - 2);
        const weir::bytes contents = weir::as_bytes(text.substr(2, size));
        text.remove_prefix(2 + size);
        if (type < 8) {  // not sealed
            wire.insert(wire.end(), contents.begin(), contents.end());
            continue;
        }
        memory record(size + tls::traffic_keys::overhead_bytes);
        keys.seal(static_cast<tls::content_type>(type), contents, record);
        wire.insert(wire.end(), record.begin(), record.end());
        const bool renews = type == 22 && weir::as_text(contents).starts_with("\x18");
        if (renews && size == 5) keys.renew();
    }
    return wire;
}

/// What is heard of a wire, in pieces of that size and into so much room.
std::string heard(const memory& wire, std::size_t piece, std::size_t room) {
    tls::record_engine server(suite, secret_of(1), secret_of(2), 0);
    collected out;
    std::string log;
    for (weir::bytes left = wire; !left.empty();) {
        const weir::bytes next = left.first(std::min(piece, left.size()));
        left = left.subspan(next.size());
        server.feed(next);
        for (;;) {
            static memory into(1 << 16U);
            std::size_t size = 0;
            step last = server.read(weir::mutable_bytes(into).first(room), size, out);
            if (last == step::needs_room) {
                last = server.read(into, size, out);
                require(last != step::needs_room, "a record needs no more room than that");
            }
            if (last == step::needs_wire) break;
            if (last != step::done) {
                const std::size_t said = out.sent.size();
                require(server.read(into, size, out) == last, "an end is one");
                require(out.sent.size() == said, "and nothing more is said");
                return log + (last == step::closed ? "closed" : server.error().message());
            }
            log += weir::as_text(weir::bytes(into).first(size));
            log += '|';
        }
    }
    return log;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const memory wire = wire_of({reinterpret_cast<const char*>(data), size});
    const std::string whole = heard(wire, SIZE_MAX, 1 << 16U);
    for (const std::size_t piece : {1U, 5U, 23U, 100U}) {
        require(heard(wire, piece, 1 << 16U) == whole, "the same for any split");
        require(heard(wire, piece, 10) == whole, "the same for any room");
    }
    return 0;
}
