// SPDX-License-Identifier: Apache-2.0
#include <weir/sim/disk.hpp>

#include <algorithm>

namespace weir::sim {

namespace {
constexpr std::size_t sector_bytes = 512;
}

void disk_file::write(std::uint64_t offset, bytes data) {
    if (data.empty()) return;
    const auto begin = static_cast<std::size_t>(offset);
    if (content_.size() < begin + data.size()) content_.resize(begin + data.size());
    std::copy(data.begin(), data.end(), content_.begin() + static_cast<std::ptrdiff_t>(begin));
}

void disk_file::crash(random& chance) {
    // The length is written like any other block.
    std::vector<std::byte> left = synced_;
    if (content_.size() != synced_.size() && chance.chance(0.5)) left.resize(content_.size());
    for (std::size_t at = 0; at < left.size(); at += sector_bytes) {
        if (at >= content_.size() || chance.chance(0.5)) continue;
        const std::size_t end = std::min({at + sector_bytes, left.size(), content_.size()});
        std::copy(content_.begin() + static_cast<std::ptrdiff_t>(at),
                  content_.begin() + static_cast<std::ptrdiff_t>(end),
                  left.begin() + static_cast<std::ptrdiff_t>(at));
    }
    content_ = left;
    synced_ = std::move(left);
}

std::shared_ptr<disk_file> disk::find(const std::string& path) const {
    const auto found = files_.find(path);
    return found == files_.end() ? nullptr : found->second;
}

std::shared_ptr<disk_file> disk::create(const std::string& path) {
    return files_[path] = std::make_shared<disk_file>();
}

bool disk::has_folder(const std::string& folder) const {
    const auto found = files_.lower_bound(folder + "/");
    return found != files_.end() && found->first.starts_with(folder + "/");
}

bool disk::rename(const std::string& from, const std::string& to) {
    const auto found = files_.find(from);
    if (found == files_.end()) return false;
    const std::shared_ptr<disk_file> moved = found->second;
    files_.erase(found);
    files_[to] = moved;
    return true;
}

std::optional<std::string> disk::read(const std::string& path) const {
    const auto file = find(path);
    if (file == nullptr) return std::nullopt;
    return std::string(as_text(file->content()));
}

void disk::put(const std::string& path, std::string_view content) {
    const auto file = create(path);
    file->write(0, as_bytes(content));
    file->sync();
}

void disk::crash() {
    for (const auto& each : files_) each.second->crash(chance_);
}

}  // namespace weir::sim
