// SPDX-License-Identifier: Apache-2.0
// The command line that the server examples share: --listen HOST:PORT, --shards N, --pin, and
// --tls-cert with --tls-key for TLS.
#pragma once

#include <weir/io/runtime.hpp>
#include <weir/net/port_reservation.hpp>
#include <weir/net/tcp_acceptor.hpp>
#include <weir/tls/handshake.hpp>

#include <CLI/CLI.hpp>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <optional>
#include <string>
#include <utility>

/// Where a server listens and on how many shards.
class listen_options {
public:
    /// Parses the command line; ends the process on `--help` or an error.
    /// @param add_more  adds what one server has besides.
    listen_options(int argc, char** argv, const std::function<void(CLI::App&)>& add_more = {}) {
        CLI::App app("A weir example server");
        app.add_option("--listen", where_, "address HOST:PORT; port 0 chooses a free one");
        app.add_option("--shards", shards_, "threads, each with its own loop")
            ->check(CLI::Range(1, 1024));
        app.add_flag("--pin", pin_, "bind each shard to a processor");
        auto* cert = app.add_option("--tls-cert", chain_file_, "speak TLS: chain, a PEM file");
        auto* key = app.add_option("--tls-key", key_file_, "its private key, a PEM file");
        cert->needs(key);
        key->needs(cert);
        if (add_more) add_more(app);
        try {
            app.parse(argc, argv);
        } catch (const CLI::ParseError& error) {
            std::exit(app.exit(error));
        }
        shards_to_listen_ = shards_;
        if (!chain_file_.empty()) load_certificate();
        claim();
    }

    /// Listens on one shard; the last shard to do so prints `listening on HOST:PORT`.
    [[nodiscard]] weir::result<weir::net::tcp_acceptor> listen() const {
        weir::net::socket_options socket;
        socket.reuse_port = true;
        auto acceptor = weir::net::tcp_acceptor::listen(port_->where(), socket);
        if (acceptor && --shards_to_listen_ == 0) {
            std::printf("listening on %s\n", port_->where().to_string().c_str());
            std::fflush(stdout);
        }
        return acceptor;
    }

    /// Shakes hands on an accepted socket when a certificate was given. False = the client and we
    /// did not agree.
    [[nodiscard]] weir::task<bool> secure(weir::net::tcp_socket& socket) const {
        if (!tls_) co_return true;
        const auto info = co_await weir::tls::accept(socket, *tls_);
        co_return info.has_value();
    }

    [[nodiscard]] bool speaks_tls() const noexcept { return tls_.has_value(); }
    /// The same as a step of a server; empty without a certificate.
    [[nodiscard]] std::function<weir::task<weir::result<void>>(weir::net::stream_socket&)>
    securing() const {
        if (!tls_) return nullptr;
        return weir::tls::acceptance(*tls_);
    }

    [[nodiscard]] weir::runtime_options runtime() const {
        weir::runtime_options options;
        options.shards = shards_;
        options.pin = pin_;
        return options;
    }

private:
    void load_certificate() {
        auto own = weir::tls::certificate::from_files(chain_file_, key_file_);
        auto made = own ? weir::tls::server_context::make(weir::tls::server_options(*own))
                        : weir::result<weir::tls::server_context, weir::tls::configuration_error>(
                              weir::fail(own.error()));
        if (!made) {
            std::fprintf(stderr, "%s\n", made.error().what().c_str());
            std::exit(1);
        }
        tls_ = std::move(*made);
    }
    void claim() {
        const auto where = weir::net::endpoint::parse(where_);
        auto claimed = where ? weir::net::port_reservation::claim(*where)
                             : weir::result<weir::net::port_reservation>(weir::fail(where.error()));
        if (!claimed) {
            std::fprintf(stderr, "cannot listen on %s: %s\n", where_.c_str(),
                         claimed.error().message().c_str());
            std::exit(1);
        }
        port_.emplace(std::move(*claimed));
    }

    std::string where_ = "127.0.0.1:0";
    unsigned shards_ = 1;
    bool pin_ = false;
    std::string chain_file_;
    std::string key_file_;
    std::optional<weir::tls::server_context> tls_;
    std::optional<weir::net::port_reservation> port_;
    mutable std::atomic<unsigned> shards_to_listen_{1};
};
