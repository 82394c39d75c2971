// SPDX-License-Identifier: Apache-2.0
// scanner: reads a JSON text front to back where it lies: what is asked for is given as a view,
// what is not is passed over, and all of it is judged on the way. No tree, no copy, no allocation,
// no padding behind the text. Source: RFC 8259.
//
// UTF-8 is the caller's part: a text message of a WebSocket has been checked before.
#pragma once

#include <weir/base/lifetime.hpp>
#include <weir/json/error.hpp>
#include <weir/json/limits.hpp>
#include <weir/json/string_value.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <system_error>

namespace weir::json {

/// What stands next in a text.
enum class value_type : std::uint8_t {
    object,   ///< enter_object
    array,    ///< enter_array
    string,   ///< string
    number,   ///< skip gives its text
    literal,  ///< true, false or null
    none,     ///< no value, or the text is broken
};

/// A place in a text. After an error it stays failed and gives nothing more, so that a reader asks
/// once, at its end, whether all was well. A value; valid as long as the text is.
///
/// ```cpp
/// weir::json::scanner in(text);
/// std::string_view payload;
/// if (in.enter_object()) {
///     while (const auto key = in.next_member()) {
///         const auto value = in.skip();          // or string(), enter_array(), ...
///         if (*key == "payload") payload = value;
///     }
/// }
/// if (!in.finish()) return weir::fail(in.error());
/// ```
class scanner {
public:
    explicit scanner(std::string_view text WEIR_LIFETIMEBOUND, const limits& limits = {}) noexcept
        : begin_(text.data()), at_(text.data()), end_(text.data() + text.size()), limits_(limits) {}

    /// What the next value is, by its first character.
    [[nodiscard]] value_type next_type() noexcept;

    /// Goes into the next value, an object: `next_member` until it gives none.
    /// False = it is no object (other_type), or there is another error.
    [[nodiscard]] bool enter_object() noexcept { return enter('{', true); }
    /// The next key; its value is to be taken before the next call. nullopt = there was no more,
    /// and the object is over; or an error.
    [[nodiscard]] std::optional<string_value> next_member() noexcept;

    /// Goes into the next value, an array: a value as long as `next_element`.
    [[nodiscard]] bool enter_array() noexcept { return enter('[', false); }
    /// Whether there is another value to be taken. False = the array is over; or an error.
    [[nodiscard]] bool next_element() noexcept;

    /// Takes the next value, a string. nullopt = it is none (other_type), or another error.
    [[nodiscard]] std::optional<string_value> string() noexcept;
    /// Takes the next value, whatever it is, and gives its text; empty = an error.
    std::string_view skip() noexcept;

    /// Whether the text was one whole value and nothing else; `error` says what is wrong otherwise.
    /// Only outside of all objects and arrays.
    [[nodiscard]] bool finish() noexcept;

    [[nodiscard]] bool has_failed() const noexcept { return error_ != 0; }
    /// What is wrong; none while nothing is.
    [[nodiscard]] std::error_code error() const noexcept {
        return has_failed() ? std::error_code(error_, category()) : std::error_code();
    }
    /// How many bytes have been read: after an error, where it is.
    [[nodiscard]] std::size_t position() const noexcept {
        return static_cast<std::size_t>(at_ - begin_);
    }

private:
    /// The next character that is no white space; NUL at the end, where no JSON has one.
    [[nodiscard]] char peek() noexcept;
    bool fail(errc error) noexcept;
    /// Something stands where `wanted` should: which error that is.
    bool fail_here() noexcept;

    [[nodiscard]] bool enter(char opening, bool is_object) noexcept;
    [[nodiscard]] bool open(bool is_object) noexcept;
    void leave() noexcept;
    [[nodiscard]] bool is_in_object() const noexcept;
    [[nodiscard]] bool separate(char closing) noexcept;

    [[nodiscard]] bool pass_value() noexcept;
    [[nodiscard]] bool begin_value(bool& is_whole) noexcept;
    [[nodiscard]] bool end_value(unsigned outside, bool& is_over) noexcept;
    [[nodiscard]] bool pass_key() noexcept;
    [[nodiscard]] bool pass_string(string_value& out) noexcept;
    [[nodiscard]] bool pass_escape() noexcept;
    [[nodiscard]] bool pass_hexadecimal(std::uint32_t& value) noexcept;
    [[nodiscard]] bool pass_number() noexcept;
    [[nodiscard]] bool pass_digits() noexcept;
    [[nodiscard]] bool pass_word(std::string_view word) noexcept;

    const char* begin_;
    const char* at_;
    const char* end_;
    std::uint64_t objects_ = 0;  // a bit a level: whether it is an object; the lowest is innermost
    std::uint32_t keys_ = 0;
    limits limits_;
    std::uint8_t depth_ = 0;
    std::uint8_t error_ = 0;
    bool is_first_ = false;  // nothing has been taken yet of what was entered last
};

}  // namespace weir::json
