// SPDX-License-Identifier: Apache-2.0
// live_page: the page at /. It shows the server's numbers each second, and is a client itself: it
// joins rooms, publishes, and measures the round trip.
//
// For tests it can do so by itself: /?room=r&publish=text joins r, publishes "text", and shows the
// event, also in its title.
#pragma once

#include <string_view>

extern const std::string_view live_page;
