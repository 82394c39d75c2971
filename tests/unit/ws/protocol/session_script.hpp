// SPDX-License-Identifier: Apache-2.0
// Test support: what a server's session makes of a peer's bytes, and the checks of that.
#pragma once

#include "frame_script.hpp"

#include <weir/ws/protocol/error.hpp>
#include <weir/ws/protocol/session.hpp>

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace weir::ws::script {

inline const limits default_limits;

inline session server(const limits& most = default_limits) { return session(role::server, most); }

inline session client(const limits& most = default_limits) { return session(role::client, most); }

inline lines served(const std::string& data, const limits& most = default_limits) {
    auto subject = server(most);
    return feed_whole(subject, data);
}

/// The line of a session that has failed with `error`.
inline std::string failed(protocol_errc error) {
    return "failed:" + std::to_string(static_cast<unsigned>(close_code_for(error))) + ":" +
           std::string(describe(error));
}

inline void check_lines(const lines& seen, const lines& expected) {
    BOOST_CHECK_EQUAL_COLLECTIONS(seen.begin(), seen.end(), expected.begin(), expected.end());
}

/// Every split in two, byte by byte, and in pieces give what the whole gives.
inline void check_all_splits(const std::string& data, const limits& most = default_limits) {
    const lines expected = served(data, most);
    for (std::size_t cut = 0; cut <= data.size(); ++cut) {
        auto subject = server(most);
        lines seen;
        feed(subject, std::string_view(data).substr(0, cut), seen);
        feed(subject, std::string_view(data).substr(cut), seen);
        if (seen != expected) BOOST_FAIL("split at " << cut);
    }
    for (const unsigned piece : {1U, 2U, 3U, 5U, 7U}) {
        auto subject = server(most);
        check_lines(feed_in_pieces(subject, data, piece), expected);
    }
}

}  // namespace weir::ws::script
