// SPDX-License-Identifier: Apache-2.0
#include <weir/cache/file_store.hpp>

#include <weir/base/assert.hpp>
#include <weir/base/error.hpp>
#include <weir/base/stable_hash.hpp>
#include <weir/io/file.hpp>

#include <fmt/format.h>

#include <array>
#include <bit>
#include <cstring>
#include <limits>

namespace weir {
namespace {

using std::chrono::nanoseconds;

constexpr std::uint64_t magic = 0x3130'6569'7265'7765U;  // of version 01
constexpr std::int64_t for_ever = std::numeric_limits<std::int64_t>::max();

/// The first bytes of a file, as the machine has them: a store is not carried to other machines.
struct head {
    std::uint64_t magic;
    std::uint64_t sum;
    std::int64_t until;
    std::uint64_t key_bytes;
    std::uint64_t value_bytes;
};

/// Tells half-written files, not forged ones.
std::uint64_t sum_of(const head& front, std::string_view key, std::string_view value) noexcept {
    const std::array<std::uint64_t, 3> numbers{std::bit_cast<std::uint64_t>(front.until),
                                               front.key_bytes, front.value_bytes};
    const std::string_view text(reinterpret_cast<const char*>(numbers.data()), sizeof numbers);
    return stable_hash(value, stable_hash(key, stable_hash(text)));
}

std::int64_t nanoseconds_of(std::chrono::system_clock::time_point when) noexcept {
    return std::chrono::duration_cast<nanoseconds>(when.time_since_epoch()).count();
}

std::string encode(std::string_view key, std::string_view value, std::int64_t until) {
    head front{magic, 0, until, key.size(), value.size()};
    front.sum = sum_of(front, key, value);
    std::string text(sizeof front, '\0');
    std::memcpy(text.data(), &front, sizeof front);
    return text.append(key).append(value);
}
/// The value in `text`, where it is whole, that key's and not over.
std::optional<stored_value<std::string>> decode(std::string text, std::string_view key,
                                                std::int64_t now) {
    head front;
    if (text.size() < sizeof front) return std::nullopt;
    std::memcpy(&front, text.data(), sizeof front);
    const std::string_view rest = std::string_view(text).substr(sizeof front);
    if (front.magic != magic || front.key_bytes != key.size()) return std::nullopt;
    if (rest.size() < key.size() || rest.size() - key.size() != front.value_bytes) {
        return std::nullopt;
    }
    const std::string_view value = rest.substr(key.size());
    if (rest.substr(0, key.size()) != key || front.sum != sum_of(front, key, value)) {
        return std::nullopt;
    }
    if (front.until <= now) return std::nullopt;
    const auto left = front.until == for_ever ? nanoseconds::max() : nanoseconds(front.until - now);
    return stored_value<std::string>(text.erase(0, sizeof front + key.size()), left);
}

bool is_absent(const std::error_code& error) noexcept {
    return error == std::errc::no_such_file_or_directory;
}

/// What is in the file, if there is one of at most that size.
task<result<std::string>> read_whole(std::string path, std::size_t max_bytes) {
    auto opened = co_await file::open(std::move(path), open_mode::read);
    if (!opened && is_absent(opened.error())) co_return std::string();
    file from = ok(std::move(opened));
    const std::uint64_t size = co_await ok(from.size());
    if (size > max_bytes) co_return std::string();
    std::string text(static_cast<std::size_t>(size), '\0');
    const mutable_bytes room(reinterpret_cast<std::byte*>(text.data()), text.size());
    const std::size_t read = co_await ok(from.read_exactly_at(0, room));
    text.resize(read);
    co_return text;
}

}  // namespace

text_file_store::text_file_store(file_store_options options) : options_(std::move(options)) {
    WEIR_ASSERT(options_.max_files > 0, "a file_store needs room for at least one file");
}

std::string text_file_store::place_of(std::string_view key) const {
    return fmt::format("{}/{:08x}", options_.folder, stable_hash(key) % options_.max_files);
}

task<result<std::optional<stored_value<std::string>>>> text_file_store::load(std::string_view key) {
    const std::size_t most = options_.max_file_bytes + sizeof(head);
    auto text = co_await ok(read_whole(place_of(key), most));
    co_return decode(std::move(text), key, nanoseconds_of(options_.clock()));
}

task<result<void>> text_file_store::save(std::string_view key, std::string_view value,
                                         nanoseconds ttl) {
    if (key.size() + value.size() > options_.max_file_bytes) {
        // What it replaces is over all the same.
        co_await ok(erase(key));
        co_return fail(std::errc::file_too_large);
    }
    const std::int64_t now = nanoseconds_of(options_.clock());
    const std::int64_t until = ttl.count() > for_ever - now ? for_ever : now + ttl.count();
    const std::string text = encode(key, value, until);
    file to = co_await ok(file::open(place_of(key), open_mode::replace));
    co_return co_await to.write_all_at(0, as_bytes(text));
}

task<result<void>> text_file_store::erase(std::string_view key) {
    const auto found = co_await ok(load(key));
    if (found) static_cast<void>(co_await ok(file::open(place_of(key), open_mode::replace)));
    co_return result<void>();
}

}  // namespace weir
