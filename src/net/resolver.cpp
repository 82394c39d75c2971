// SPDX-License-Identifier: Apache-2.0
#include <weir/net/resolver.hpp>

#include "io/kernel.hpp"
#include "lookup_pool.hpp"
#include "name_service.hpp"

#include <weir/base/error.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/io/reactor.hpp>

#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <string_view>
#include <utility>

namespace weir::net {
namespace {

/// The longest name that the DNS can carry in text form (RFC 1035 2.3.4).
constexpr std::size_t max_name_bytes = 253;

class resolver_category final : public std::error_category {
public:
    [[nodiscard]] const char* name() const noexcept override { return "resolve"; }
    [[nodiscard]] std::string message(int value) const override {
        switch (static_cast<resolve_errc>(value)) {
            case resolve_errc::host_not_found:
                return "no host has that name";
            case resolve_errc::try_again:
                return "no name server answered";
            case resolve_errc::server_failure:
                return "the name server failed or refused";
            case resolve_errc::invalid_name:
                return "not a host name";
        }
        return "unknown error of name resolution";
    }
    [[nodiscard]] std::error_condition default_error_condition(int value) const noexcept override {
        if (static_cast<resolve_errc>(value) == resolve_errc::try_again) {
            return std::make_error_condition(std::errc::resource_unavailable_try_again);
        }
        return {value, *this};
    }
};

std::error_code error_of(int outcome) noexcept {
    switch (outcome) {
        case EAI_NONAME:
        case EAI_NODATA:
        case EAI_ADDRFAMILY:
            return resolve_errc::host_not_found;
        case EAI_AGAIN:
            return resolve_errc::try_again;
        case EAI_MEMORY:
            return std::make_error_code(std::errc::not_enough_memory);
        case EAI_SYSTEM:
            return error_from_errno(errno);
        default:
            return resolve_errc::server_failure;
    }
}

result<std::vector<endpoint>> ask_system(const std::string& host, std::uint16_t port) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;  // one entry an address, not one a protocol
    addrinfo* found = nullptr;
    const int outcome = ::getaddrinfo(host.c_str(), nullptr, &hints, &found);
    if (outcome != 0) return fail(error_of(outcome));
    const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(found, ::freeaddrinfo);
    std::vector<endpoint> addresses;
    for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
        endpoint address = endpoint::from_native(each->ai_addr, each->ai_addrlen);
        if (address.family() == family::unspecified) continue;
        address.set_port(port);
        // /etc/hosts may name an address twice.
        if (std::find(addresses.begin(), addresses.end(), address) != addresses.end()) continue;
        addresses.push_back(address);
    }
    if (addresses.empty()) return fail(std::error_code(resolve_errc::host_not_found));
    return addresses;
}

std::string_view without_brackets(std::string_view host) noexcept {
    const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    return bracketed ? host.substr(1, host.size() - 2) : host;
}

}  // namespace

const std::error_category& resolve_category() noexcept {
    static const resolver_category category;
    return category;
}

std::error_code make_error_code(resolve_errc error) noexcept {
    return {static_cast<int>(error), resolve_category()};
}

task<result<std::vector<endpoint>>> resolve(std::string host, std::uint16_t port) {
    if (auto running = co_await check_stopped(); !running) co_return fail(running.error());
    if (const auto literal = endpoint::ip(without_brackets(host), port)) {
        co_return std::vector<endpoint>(1, *literal);
    }
    const bool is_name =
        !host.empty() && host.size() <= max_name_bytes && host.find('\0') == std::string::npos;
    if (!is_name) co_return fail(std::error_code(resolve_errc::invalid_name));
    if (name_service* names = reactor::current().system().names()) {
        co_return co_await names->look_up(std::move(host), port);
    }
    co_return co_await look_up(ask_system, std::move(host), port);
}

}  // namespace weir::net
