// SPDX-License-Identifier: Apache-2.0
// key_hash: std::hash, but strings are looked up by whatever views as one, without making one.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace weir::detail {

template <class K>
class key_hash : public std::hash<K> {};

template <>
class key_hash<std::string> : public std::hash<std::string_view> {
public:
    using is_transparent = void;
};

/// Whether `Hash` and `Equal` take other types than the key's as they are.
template <class Hash, class Equal>
concept transparent = requires {
    typename Hash::is_transparent;
    typename Equal::is_transparent;
};

}  // namespace weir::detail
