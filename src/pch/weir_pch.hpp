// SPDX-License-Identifier: Apache-2.0
// The precompiled part of the library's build: standard headers that most sources include.
// No source may rely on it: each includes what it uses, and each public header compiles alone.
// Without #pragma once, which g++ warns of in a header that is compiled by itself.

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <concepts>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>
