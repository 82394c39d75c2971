// SPDX-License-Identifier: Apache-2.0
// disk: the files of a simulated host. What was written lies in memory until it is synced; a crash
// leaves of the rest what chance leaves, each 512-byte sector by itself.
#pragma once

#include <weir/base/bytes.hpp>
#include <weir/base/random.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace weir::sim {

/// A file: what programs see, and what would be left after a crash.
class disk_file {
public:
    disk_file() = default;

    [[nodiscard]] const std::vector<std::byte>& content() const noexcept { return content_; }
    /// Writes at `offset`; a gap before it is filled with zeros.
    void write(std::uint64_t offset, bytes data);
    void resize(std::size_t size) { content_.resize(size); }
    /// All that was written is safe from now on.
    void sync() { synced_ = content_; }
    /// What was not synced is kept or lost, sector by sector.
    void crash(random& chance);

private:
    std::vector<std::byte> content_;
    std::vector<std::byte> synced_;
};

/// A flat set of files by path. Names are safe at once, as on a file system that journals them.
class disk {
public:
    explicit disk(random chance) noexcept : chance_(chance) {}

    /// Null when there is none.
    [[nodiscard]] std::shared_ptr<disk_file> find(const std::string& path) const;
    [[nodiscard]] std::shared_ptr<disk_file> create(const std::string& path);
    /// Whether there is a file whose path goes on behind `folder` and a slash.
    [[nodiscard]] bool has_folder(const std::string& folder) const;
    /// Errors: false when there is no such file.
    bool rename(const std::string& from, const std::string& to);
    bool remove(const std::string& path) { return files_.erase(path) > 0; }
    /// The content as text; none when there is no such file.
    [[nodiscard]] std::optional<std::string> read(const std::string& path) const;
    /// Puts a synced file there.
    void put(const std::string& path, std::string_view content);
    void crash();

private:
    std::map<std::string, std::shared_ptr<disk_file>> files_;
    random chance_;
};

}  // namespace weir::sim
