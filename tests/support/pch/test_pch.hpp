// SPDX-License-Identifier: Apache-2.0
// The precompiled part of the tests' build: Boost.Test alone costs more than most test files.
// Without #pragma once, which g++ warns of in a header that is compiled by itself.

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>
