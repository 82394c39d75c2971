// SPDX-License-Identifier: Apache-2.0
// file_store: a value_store of files, which outlives the process.
//
// A key has one place among the files of the folder, told by its hash; another key with the same
// place takes it over. So the number of files is bounded, and nothing has to be listed, counted or
// looked for at the start. A file says whose value it holds, until when, and the sum of it all: one
// that was written half, or is of another key or version, is as good as none.
//
//   magic, version | sum of what follows | until (ns since 1970) | key bytes | value bytes | key |
//   value
#pragma once

#include <weir/base/bytes.hpp>
#include <weir/base/result.hpp>
#include <weir/cache/value_store.hpp>
#include <weir/coro/ok.hpp>
#include <weir/coro/task.hpp>

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace weir {

/// The bounds of a file_store.
class file_store_options {
public:
    /// @param folder_  exists; belongs to this store alone.
    explicit file_store_options(std::string folder_) : folder(std::move(folder_)) {}

    std::string folder;
    /// Files at most, 1 or more: a third more than keys that should be kept is a good number.
    std::uint32_t max_files = 4096;
    /// Of key and value together; larger ones are not kept.
    std::size_t max_file_bytes = 1024 * 1024;
    /// The time of day, which lifetimes are stored in; another one for tests.
    std::function<std::chrono::system_clock::time_point()> clock = std::chrono::system_clock::now;
};

/// Texts by texts, in files: what file_store is made of, without the types of its user.
class text_file_store {
public:
    explicit text_file_store(file_store_options options);

    /// The value of `key`, if a file has it.
    ///
    /// @param key     kept by the caller until this completes, as in the following.
    /// Errors:        those of openat(2) and pread(2), but for a file that does not exist.
    /// Cancellation:  operation_canceled.
    [[nodiscard]] task<result<std::optional<stored_value<std::string>>>> load(std::string_view key);
    /// Writes `value`, for `ttl`, in the place of what was there. It is not synced: a crash of the
    /// machine may lose it, but does not falsify it.
    ///
    /// Errors:        file_too_large beyond max_file_bytes; those of openat(2) and pwrite(2).
    /// Cancellation:  operation_canceled; the place may be empty then.
    [[nodiscard]] task<result<void>> save(std::string_view key, std::string_view value,
                                          std::chrono::nanoseconds ttl);
    /// Empties the place of `key`, if it holds that key.
    ///
    /// Errors:        as `load`.
    /// Cancellation:  operation_canceled; nothing is changed.
    [[nodiscard]] task<result<void>> erase(std::string_view key);

private:
    [[nodiscard]] std::string place_of(std::string_view key) const;

    file_store_options options_;
};

/// How a file_store writes keys and values: as texts that differ where the keys do.
template <class T>
class text_codec;
template <>
class text_codec<std::string> {
public:
    [[nodiscard]] static std::string encode(const std::string& text) { return text; }
    /// Nothing = that is no such text.
    [[nodiscard]] static std::optional<std::string> decode(std::string text) { return text; }
};
template <std::integral T>
class text_codec<T> {
public:
    [[nodiscard]] static std::string encode(T number) { return std::to_string(number); }
};

/// `V`s by `K` in files. For types of your own specialise `text_codec`. Belongs to one shard.
///
/// ```cpp
/// weir::file_store<std::string, std::string> pages(weir::file_store_options("pages"));
/// ```
template <class K, class V>
class file_store {
public:
    explicit file_store(file_store_options options) : files_(std::move(options)) {}

    /// The value of `key`, if a file has it.
    ///
    /// Errors:        those of openat(2) and pread(2), but for a file that does not exist.
    /// Cancellation:  operation_canceled.
    [[nodiscard]] task<result<std::optional<stored_value<V>>>> load(const K& key) {
        const std::string name = text_codec<K>::encode(key);
        auto found = co_await ok(files_.load(name));
        if (!found) co_return std::nullopt;
        std::optional<V> value = text_codec<V>::decode(std::move(found->value));
        if (!value) co_return std::nullopt;
        co_return stored_value<V>(std::move(*value), found->left);
    }
    /// Writes `value`, for `ttl`.
    ///
    /// Errors:        file_too_large; those of openat(2) and pwrite(2).
    /// Cancellation:  operation_canceled; what was there may be gone then.
    [[nodiscard]] task<result<void>> save(const K& key, const V& value,
                                          std::chrono::nanoseconds ttl) {
        const std::string name = text_codec<K>::encode(key);
        const std::string text = text_codec<V>::encode(value);
        co_return co_await files_.save(name, text, ttl);
    }
    /// Forgets the value of `key`.
    ///
    /// Errors:        as `load`.
    /// Cancellation:  operation_canceled; nothing is changed.
    [[nodiscard]] task<result<void>> erase(const K& key) {
        const std::string name = text_codec<K>::encode(key);
        co_return co_await files_.erase(name);
    }

private:
    text_file_store files_;
};

}  // namespace weir
