// SPDX-License-Identifier: Apache-2.0
// kernel_keys: what the kernel seals with our keys is what we would have sealed.
#include "tls/kernel_keys.hpp"

#include "needs_kernel_tls.hpp"
#include "streams.hpp"
#include "tls/traffic_keys.hpp"

#include <weir/io/reactor.hpp>

#include <sys/socket.h>

#include <array>
#include <string>
#include <vector>

namespace tls = weir::tls;

BOOST_AUTO_TEST_SUITE(kernel_keys_test)

namespace {

constexpr std::uint64_t first_record = 0x0102'0304'0506ULL;

tls::traffic_secret secret_for(tls::cipher_suite suite) {
    std::array<std::byte, tls::traffic_secret::max_bytes> bytes{};
    bytes.fill(std::byte{0x5A});
    const bool is_long = suite == tls::cipher_suite::aes_256_gcm_sha384;
    return tls::traffic_secret(weir::bytes(bytes).first(is_long ? 48 : 32));
}

std::vector<std::byte> take_wire(int fd, std::size_t size) {
    std::vector<std::byte> wire(size);
    const auto got = ::recv(fd, wire.data(), size, MSG_WAITALL);
    BOOST_REQUIRE(got == static_cast<ssize_t>(size));
    return wire;
}

weir::task<> seals_as_we_do(tls::cipher_suite suite) {
    auto pair = co_await weir::test::tcp_streams::connect();
    const tls::traffic_keys given(suite, secret_for(suite), first_record);
    const int from = pair.a.native_handle();
    BOOST_REQUIRE(!given.give_to_kernel(weir::reactor::current().system(), from));
    tls::traffic_keys ours(suite, secret_for(suite), first_record);
    for (const std::string text : {"a record", "and the next"}) {
        BOOST_REQUIRE(::send(from, text.data(), text.size(), 0) ==
                      static_cast<ssize_t>(text.size()));
        std::vector<std::byte> expected(text.size() + tls::traffic_keys::overhead_bytes);
        ours.seal(tls::content_type::application_data, weir::as_bytes(text), expected);
        BOOST_TEST((take_wire(pair.b.native_handle(), expected.size()) == expected));
    }
    // They are taken once.
    BOOST_TEST(given.give_to_kernel(weir::reactor::current().system(), from).value() == EEXIST);
}

weir::task<> is_refused_without_a_connection() {
    const weir::unique_fd alone(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const auto suite = tls::cipher_suite::aes_128_gcm_sha256;
    const tls::traffic_keys keys(suite, secret_for(suite), 0);
    const auto refused = keys.give_to_kernel(weir::reactor::current().system(), alone.value());
    const bool is_there = !tls::kernel_tls_error();
    BOOST_TEST((refused == (is_there ? std::errc::not_connected  //
                                     : std::errc::no_such_file_or_directory)));
    co_return;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_socket_that_is_not_connected_takes_no_keys, WEIR_LINUX_ONLY) {
    weir::test::on_reactor(is_refused_without_a_connection);
}

BOOST_AUTO_TEST_CASE(the_kernel_seals_as_we_do, WEIR_KERNEL_TLS_ONLY) {
    for (const auto suite :
         {tls::cipher_suite::aes_128_gcm_sha256, tls::cipher_suite::aes_256_gcm_sha384,
          tls::cipher_suite::chacha20_poly1305_sha256}) {
        BOOST_TEST_CONTEXT("suite " << static_cast<int>(suite)) {
            weir::test::on_reactor([suite] { return seals_as_we_do(suite); });
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
