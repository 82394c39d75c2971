// SPDX-License-Identifier: Apache-2.0
// Properties: a URL that was taken means the same when it is written and read again; nothing in it
// could end a line or name another host; a reference leads to a URL that is as good.
#include <weir/http/client/url.hpp>

#include <algorithm>
#include <string>

#include "fuzz_split.hpp"

namespace {

using weir::fuzz::require;
using weir::http::url;

bool is_visible(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7F; });
}

void check(const url& taken) {
    require(taken.target().starts_with('/') && is_visible(taken.target()), "a target is one word");
    require(taken.target().find('#') == std::string::npos, "no fragment is sent");
    require(!taken.host().empty() && is_visible(taken.authority()), "a host is one word");
    require(taken.authority().find_first_of("@/?#\\") == std::string::npos, "a host is only that");
    require(taken.port() != 0, "a port is one");
    const auto path = taken.target().substr(0, taken.target().find('?')) + "/";
    require(path.find("/../") == path.npos && path.find("/./") == path.npos, "no path climbs");
    const auto again = url::parse(taken.text());
    require(again.has_value() && *again == taken, "the same when it is read again");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const std::string_view first = text.substr(0, text.find('\n'));
    const std::string_view second = text.substr(std::min(first.size() + 1, text.size()));
    static const url usual = *url::parse("https://example.org/a/b/c?d");
    const auto parsed = url::parse(first);
    if (parsed) check(*parsed);
    const auto resolved = (parsed ? *parsed : usual).resolve(second);
    if (resolved) check(*resolved);
    return 0;
}
