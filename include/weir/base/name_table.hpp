// SPDX-License-Identifier: Apache-2.0
// name_table: a closed set of names, known when compiling, and what each stands for: the switch
// over strings that C++ does not have. A name is found, or refused, by one multiplication a word
// and one comparison, because a perfect hash is found at compile time. Nothing is interned: a name
// that is not in the set leaves no trace, whoever sends it.
//
//   hash of the name --low bits--> bucket: a step --high bits + step--> slot: the one candidate
//
// The steps are chosen so that no two names have one slot. Source: hash and displace (Pagh 1999).
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

namespace weir {

/// A name of a table and what it stands for.
template <class T>
class named {
public:
    consteval named(std::string_view name_, T value_) : name(name_), value(value_) {}
    std::string_view name;
    T value;
};

/// A constant; `N` different names, 1 ... 64. Two equal names do not compile.
///
/// ```cpp
/// enum class command : std::uint8_t { subscribe, unsubscribe, publish };
/// constexpr weir::name_table commands(weir::named("subscribe", command::subscribe),
///                                     weir::named("unsubscribe", command::unsubscribe),
///                                     weir::named("publish", command::publish));
/// switch (commands.find(word).value_or(command::publish)) { ... }
/// ```
template <class T, std::size_t N>
class name_table {
public:
    template <class... More>
        requires(sizeof...(More) + 1 == N && (std::is_same_v<More, T> && ...))
    consteval explicit name_table(named<T> first, named<More>... more)
        : names_{first.name, more.name...}, values_{first.value, more.value...} {
        static_assert(N <= max_names, "a name_table has up to 64 names");
        for (std::size_t i = 0; i < N; ++i) {
            for (std::size_t j = 0; j < i; ++j) {
                if (names_[i] == names_[j]) two_names_are_equal();
            }
        }
        place_all();
    }

    /// What `name` stands for; nullopt = it is none of the set.
    [[nodiscard]] constexpr std::optional<T> find(std::string_view name) const noexcept {
        const std::size_t found = index_of(name);
        if (found == N) return std::nullopt;
        return values_[found];
    }
    /// Which of the names it is, from 0 on in the order of the table; size() = none.
    [[nodiscard]] constexpr std::size_t index_of(std::string_view name) const noexcept {
        const std::uint64_t hash = hash_of(name);
        const std::uint8_t place = places_[slot_of(hash, steps_[bucket_of(hash)])];
        return place == 0 || names_[place - 1U] != name ? N : place - 1U;
    }
    /// Which of the values it is; size() = none.
    [[nodiscard]] constexpr std::size_t index_of_value(T value) const noexcept {
        std::size_t i = 0;
        while (i < N && values_[i] != value) ++i;
        return i;
    }
    /// How `value` is called; empty = it has no name.
    [[nodiscard]] constexpr std::string_view name_of(T value) const noexcept {
        const std::size_t found = index_of_value(value);
        return found == N ? std::string_view() : names_[found];
    }
    [[nodiscard]] static constexpr std::size_t size() noexcept { return N; }

private:
    static constexpr std::size_t max_names = 64;
    static constexpr std::size_t bucket_count = std::bit_ceil(N);
    static constexpr std::size_t slot_count = 2 * bucket_count;

    static void two_names_are_equal() {}  // no constant expression: it ends compilation

    using hashes = std::array<std::uint64_t, N>;

    /// Those buckets first that are hardest to place.
    constexpr void place_all() {
        hashes all{};
        std::array<std::size_t, bucket_count> members{};
        std::size_t most = 0;
        for (std::size_t i = 0; i < N; ++i) {
            all[i] = hash_of(names_[i]);
            most = std::max(most, ++members[bucket_of(all[i])]);
        }
        for (std::size_t size = most; size > 0; --size) {
            for (std::size_t bucket = 0; bucket < bucket_count; ++bucket) {
                if (members[bucket] != size) continue;
                while (!place(bucket, all)) ++steps_[bucket];
            }
        }
    }
    [[nodiscard]] constexpr bool place(std::size_t bucket, const hashes& all) {
        auto tried = places_;
        for (std::size_t i = 0; i < N; ++i) {
            if (bucket_of(all[i]) != bucket) continue;
            std::uint8_t& slot = tried[slot_of(all[i], steps_[bucket])];
            if (slot != 0) return false;
            slot = static_cast<std::uint8_t>(i + 1);
        }
        places_ = tried;
        return true;
    }

    [[nodiscard]] static constexpr std::size_t bucket_of(std::uint64_t hash) noexcept {
        return static_cast<std::size_t>(hash) & (bucket_count - 1);
    }
    [[nodiscard]] static constexpr std::size_t slot_of(std::uint64_t hash,
                                                       std::uint16_t step) noexcept {
        return static_cast<std::size_t>((hash >> 16U) + step * (hash >> 32U | 1U)) &
               (slot_count - 1);
    }
    [[nodiscard]] static constexpr std::uint64_t hash_of(std::string_view name) noexcept {
        std::uint64_t hash = name.size() * 0x9E3779B97F4A7C15U;
        std::size_t at = 0;
        for (; name.size() - at >= 8; at += 8) hash = mixed(hash, word<8>(name, at));
        const std::size_t left = name.size() - at;
        if (left >= 4) {
            hash = mixed(hash, word<4>(name, at) | word<4>(name, name.size() - 4) << 32U);
        } else if (left > 0) {
            hash = mixed(hash, word<1>(name, at) | word<1>(name, at + left / 2) << 8U |
                                   word<1>(name, name.size() - 1) << 16U);
        }
        return mixed(hash, 0);  // the last bytes, too, reach every bit
    }
    [[nodiscard]] static constexpr std::uint64_t mixed(std::uint64_t hash,
                                                       std::uint64_t word) noexcept {
        hash = (hash ^ word) * 0xFF51AFD7ED558CCDU;
        return hash ^ hash >> 32U;
    }
    template <std::size_t Size>
    [[nodiscard]] static constexpr std::uint64_t word(std::string_view name,
                                                      std::size_t at) noexcept {
        std::uint64_t value = 0;
        if (std::is_constant_evaluated() || std::endian::native != std::endian::little) {
            for (std::size_t i = 0; i < Size; ++i) {
                value |= std::uint64_t{static_cast<unsigned char>(name[at + i])} << 8U * i;
            }
        } else {
            std::memcpy(&value, name.data() + at, Size);
        }
        return value;
    }

    std::array<std::string_view, N> names_;
    std::array<T, N> values_;
    std::array<std::uint16_t, bucket_count> steps_{};
    std::array<std::uint8_t, slot_count> places_{};  // number of the name + 1; 0 = none
};

/// The names say how many there are.
template <class T, class... More>
name_table(named<T>, named<More>...) -> name_table<T, 1 + sizeof...(More)>;

}  // namespace weir
