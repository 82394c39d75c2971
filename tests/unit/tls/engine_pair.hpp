// SPDX-License-Identifier: Apache-2.0
// Two engines that talk through memory, their bytes handed over in pieces of any size.
#pragma once

#include "certificates.hpp"
#include "tls/context_state.hpp"
#include "tls/engine.hpp"

#include <weir/tls/context.hpp>

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace weir::test {

class collected_wire final : public tls::wire_output {
public:
    [[nodiscard]] mutable_bytes append(std::size_t size) override {
        sent.resize(sent.size() + size);
        return mutable_bytes(sent).last(size);
    }
    /// What the kernel would seal is kept as it is.
    [[nodiscard]] mutable_bytes append_message(tls::content_type type, std::size_t size) override {
        types.push_back(type);
        return append(size);
    }
    std::vector<std::byte> sent;
    std::vector<tls::content_type> types;  ///< of the messages for the kernel
};

/// One end: an engine, and what it has put on the wire.
class engine_end {
public:
    explicit engine_end(tls::ssl_ptr ssl) : engine(std::move(ssl)) {}

    /// Goes on with the handshake, given `arrived`.
    tls::engine::step shake(bytes arrived) {
        engine.feed(arrived);
        return engine.shake_hands(wire);
    }
    /// Everything that `arrived` contains; `last` = how reading ended.
    std::string read(bytes arrived) {
        engine.feed(arrived);
        std::string text;
        std::vector<std::byte> buffer(1000);
        for (;;) {
            std::size_t size = 0;
            last = engine.read(buffer, size, wire);
            if (last != tls::engine::step::done) return text;
            text.append(reinterpret_cast<const char*>(buffer.data()), size);
        }
    }
    [[nodiscard]] std::vector<std::byte> take_sent() { return std::exchange(wire.sent, {}); }

    tls::engine engine;
    collected_wire wire;
    tls::engine::step last = tls::engine::step::done;
};

class engine_pair {
public:
    explicit engine_pair(const tls::client_context& client_context,
                         const tls::server_context& server_context)
        : contexts(client_context, server_context),
          shown(server_context.shared()->current()),
          client(tls::ssl_ptr(SSL_new(client_context.shared()->context.get()))),
          server(tls::ssl_ptr(SSL_new(shown->first()))) {
        SSL_set_connect_state(client.engine.native());
        SSL_set_accept_state(server.engine.native());
        server_context.shared()->keys.renew({});
    }

    /// Shakes hands, handing `piece` bytes over at a time.
    void shake(std::size_t piece = 1 << 20) {
        using step = tls::engine::step;
        step client_step = client.shake({});
        step server_step = step::needs_wire;
        for (int flight = 0; flight < 10; ++flight) {
            hand_over(client.take_sent(), server, server_step, piece);
            hand_over(server.take_sent(), client, client_step, piece);
            if (client_step == step::failed || server_step == step::failed) break;
        }
        is_agreed = client_step == step::done && server_step == step::done;
    }

    std::pair<tls::client_context, tls::server_context> contexts;  // the engines refer to them
    std::shared_ptr<const tls::certificate_set> shown;
    engine_end client;
    engine_end server;
    bool is_agreed = false;

private:
    static void hand_over(const std::vector<std::byte>& sent, engine_end& to,
                          tls::engine::step& step, std::size_t piece) {
        for (bytes left = sent; !left.empty();) {
            const bytes next = left.first(std::min(piece, left.size()));
            left = left.subspan(next.size());
            if (step == tls::engine::step::needs_wire) {
                step = to.shake(next);
            } else {
                static_cast<void>(to.read(next));
            }
        }
    }
};

[[nodiscard]] inline tls::server_context serving(tls::server_options options) {
    auto made = tls::server_context::make(std::move(options));
    if (!made) throw std::runtime_error(made.error().what());
    return *made;
}
[[nodiscard]] inline tls::client_context trusting(const std::string& pem,
                                                  tls::client_options options = {}) {
    options.trusted = tls::trust::only(pem);
    auto made = tls::client_context::make(std::move(options));
    if (!made) throw std::runtime_error(made.error().what());
    return *made;
}

/// The two sides of a connection to localhost, whose certificate the client trusts.
class trusting_contexts {
public:
    trusting_contexts()
        : server(serving(
              tls::server_options(authority.issue(wanted_certificate("localhost")).loaded()))),
          client(trusting(authority.pem())) {}

    certificate_authority authority;
    tls::server_context server;
    tls::client_context client;
};

}  // namespace weir::test
