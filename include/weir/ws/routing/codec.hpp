// SPDX-License-Identifier: Apache-2.0
// codec: how values of a type travel as messages. Routers, connections and clients take values of
// every type that has one.
//
//   message --decode--> T, or what is wrong with it      T --encode--> message
#pragma once

#include <weir/base/byte_reader.hpp>
#include <weir/base/bytes.hpp>
#include <weir/base/result.hpp>
#include <weir/ws/client/outgoing.hpp>
#include <weir/ws/message.hpp>
#include <weir/ws/routing/error.hpp>

#include <concepts>
#include <string>
#include <string_view>

namespace weir::ws {

/// Specialise it for a type of yours: with both functions, or with the one that is needed.
///
/// ```cpp
/// template <>
/// class weir::ws::codec<reading> {
/// public:
///     static constexpr message_kind kind = message_kind::text;
///     static weir::result<reading> decode(std::string_view text);
///     static std::string encode(const reading& value);
/// };
/// ```
/// `decode` judges what strangers have sent: its errors say what is wrong. Of a binary message it
/// gets a `byte_reader&`; what it leaves in there unread is an error, too.
template <class T>
class codec;

/// What can be sent.
template <class T>
concept encodable = requires(const T& value) {
    { codec<T>::kind } -> std::convertible_to<message_kind>;
    { codec<T>::encode(value) } -> std::convertible_to<std::string>;
};

/// What can be received as text.
template <class T>
concept text_decodable = requires(std::string_view text) {
    requires codec<T>::kind == message_kind::text;
    { codec<T>::decode(text) } -> std::same_as<result<T>>;
};

/// What can be received as bytes.
template <class T>
concept binary_decodable = requires(byte_reader& in) {
    requires codec<T>::kind == message_kind::binary;
    { codec<T>::decode(in) } -> std::same_as<result<T>>;
};

/// What can be received.
template <class T>
concept decodable = text_decodable<T> || binary_decodable<T>;

/// What `text` says.
///
/// Errors:  those of the codec.
template <text_decodable T>
[[nodiscard]] result<T> decode(std::string_view text) {
    return codec<T>::decode(text);
}

/// What all that is left in `in` says.
///
/// Errors:  those of the codec; routing_errc::malformed_frame (it is longer).
template <binary_decodable T>
[[nodiscard]] result<T> decode(byte_reader in) {
    result<T> value = codec<T>::decode(in);
    if (value && !in.is_empty()) return fail(make_error_code(routing_errc::malformed_frame));
    return value;
}

/// What a received message says.
///
/// Errors:  routing_errc::other_kind (binary where text is due, or text where binary is); as above.
template <decodable T>
[[nodiscard]] result<T> decode(const message& arrived) {
    if (arrived.kind() != codec<T>::kind) return fail(make_error_code(routing_errc::other_kind));
    if constexpr (text_decodable<T>) {
        return ws::decode<T>(arrived.text());
    } else {
        return ws::decode<T>(byte_reader(arrived.data()));
    }
}

/// The message that says `value`, for a `ws::client` or a layer of one.
///
/// ```cpp
/// auto answer = co_await peer.request(weir::ws::encode(order).key("BTC"), reply);
/// ```
template <encodable T>
[[nodiscard]] outgoing encode(const T& value) {
    if constexpr (codec<T>::kind == message_kind::text) {
        return outgoing(codec<T>::encode(value));
    } else {
        return outgoing::binary(as_bytes(codec<T>::encode(value)));
    }
}

/// The message that says `value`, encoded once for many.
template <encodable T>
[[nodiscard]] prepared_message prepare(const T& value) {
    return prepared_message(codec<T>::kind, as_bytes(codec<T>::encode(value)));
}

}  // namespace weir::ws
