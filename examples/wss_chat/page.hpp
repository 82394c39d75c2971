// SPDX-License-Identifier: Apache-2.0
// page: what a browser shows of the chat, a whole document.
#pragma once

#include <string_view>

extern const std::string_view page;
