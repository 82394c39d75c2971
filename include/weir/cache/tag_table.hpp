// SPDX-License-Identifier: Apache-2.0
// tag_table: which entries of a cache are over because something that they were made from has
// changed. Nothing is searched for: an invalidation gives the tag a new number, and an entry with
// an older one is found to be over when somebody asks for it.
//
//   tag ----> invalidated at number n          entry: set of tags, number at which it was written
//   set ----> tags                             over when a tag of its set has a larger number
//
// Entries with the same tags share one set. A set is the union of its entry's own tags and the sets
// of what the entry depends on, so dependencies of dependencies need no walk.
#pragma once

#include <weir/base/assert.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <unordered_map>
#include <utility>
#include <vector>

namespace weir {

/// Tags in use, by `Name`, and the sets of them that entries hold. Belongs to one thread.
template <class Name, class Hash = std::hash<Name>, class Equal = std::equal_to<>>
class tag_table {
public:
    /// Counts invalidations.
    using number = std::uint32_t;
    /// A set that entries hold; 0 = no tags.
    using set_id = std::uint32_t;
    using tag_id = std::uint32_t;
    static constexpr set_id no_tags = 0;

    /// The tag of that name, made where there was none; for the next `hold`.
    [[nodiscard]] tag_id tag(const Name& name) {
        const auto [found, is_new] = ids_.try_emplace(name, 0);
        if (is_new) found->second = make_tag(&found->first);
        return found->second;
    }
    /// The set of exactly these, in any order, held once more.
    [[nodiscard]] set_id hold(std::vector<tag_id> tags) {
        std::sort(tags.begin(), tags.end());
        tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
        if (tags.empty()) return no_tags;
        const auto [known, is_new] = known_sets_.try_emplace(std::move(tags), no_tags);
        if (is_new) known->second = make_set(&known->first);
        ++sets_[known->second].holders;
        return known->second;
    }
    void release(set_id set) noexcept {
        if (set == no_tags) return;
        WEIR_ASSERT(sets_[set].holders > 0, "a set of tags is released more often than held");
        if (--sets_[set].holders == 0) forget_set(set);
    }
    [[nodiscard]] const std::vector<tag_id>& tags_of(set_id set) const noexcept {
        static const std::vector<tag_id> none;
        return set == no_tags ? none : *sets_[set].tags;
    }

    /// The number for an entry that is written now, or whose making begins now.
    [[nodiscard]] number now() const noexcept { return last_; }
    /// Whether an entry with `set`, written at `written`, still holds. What was begun before a
    /// `restart` does not.
    [[nodiscard]] bool is_valid(set_id set, number written) const noexcept {
        if (written < all_invalidated_ || written > last_) return false;
        return set == no_tags || are_valid(*sets_[set].tags, written);
    }

    /// Entries with that tag are over, and those that are being made and will have it.
    void invalidate(const Name& name) {
        ++last_;
        const auto found = ids_.find(name);
        (found == ids_.end() ? unknown_invalidated_ : tags_[found->second].invalidated) = last_;
    }
    void invalidate_all() noexcept { all_invalidated_ = ++last_; }
    /// Whether numbers run out, so that all entries should be erased and `restart` be called.
    [[nodiscard]] bool is_worn_out() const noexcept { return last_ >= worn_out; }
    /// Counts anew. No set may be held.
    void restart() noexcept {
        WEIR_ASSERT(known_sets_.empty(), "a tag_table restarts when nobody holds a set");
        last_ = all_invalidated_ = unknown_invalidated_ = 0;
    }

    [[nodiscard]] std::size_t tag_count() const noexcept { return ids_.size(); }
    [[nodiscard]] std::size_t set_count() const noexcept { return known_sets_.size(); }

private:
    static constexpr number worn_out = 0xFFFF'0000U;

    struct tag_entry {
        const Name* name = nullptr;
        number invalidated = 0;
        std::uint32_t sets = 0;
    };
    struct set_entry {
        const std::vector<tag_id>* tags = nullptr;
        std::size_t holders = 0;
    };

    /// A free place in `all`, or a new one.
    template <class T>
    [[nodiscard]] static std::uint32_t place_in(std::vector<T>& all,
                                                std::vector<std::uint32_t>& free) {
        if (free.empty()) {
            all.emplace_back();
            return static_cast<std::uint32_t>(all.size() - 1);
        }
        const std::uint32_t reused = free.back();
        free.pop_back();
        return reused;
    }
    [[nodiscard]] tag_id make_tag(const Name* name) {
        const tag_id made = place_in(tags_, free_tags_);
        // Whether this name was among those that were invalidated while nobody had them, is not
        // known: what was begun to be made before does not hold.
        tags_[made] = tag_entry{name, unknown_invalidated_, 0};
        return made;
    }
    [[nodiscard]] set_id make_set(const std::vector<tag_id>* tags) {
        const set_id made = place_in(sets_, free_sets_);
        sets_[made] = set_entry{tags, 0};
        for (const tag_id each : *tags) ++tags_[each].sets;
        return made;
    }
    void forget_set(set_id set) noexcept {
        for (const tag_id each : *sets_[set].tags) {
            if (--tags_[each].sets > 0) continue;
            unknown_invalidated_ = std::max(unknown_invalidated_, tags_[each].invalidated);
            ids_.erase(*std::exchange(tags_[each].name, nullptr));
            free_tags_.push_back(each);
        }
        known_sets_.erase(*std::exchange(sets_[set].tags, nullptr));
        free_sets_.push_back(set);
    }
    [[nodiscard]] bool are_valid(const std::vector<tag_id>& tags, number written) const noexcept {
        return std::all_of(tags.begin(), tags.end(),
                           [&](tag_id each) { return tags_[each].invalidated <= written; });
    }

    number last_ = 0;
    number all_invalidated_ = 0;
    number unknown_invalidated_ = 0;
    std::unordered_map<Name, tag_id, Hash, Equal> ids_;
    std::vector<tag_entry> tags_;
    std::vector<tag_id> free_tags_;
    std::map<std::vector<tag_id>, set_id> known_sets_;
    std::vector<set_entry> sets_ = std::vector<set_entry>(1);
    std::vector<set_id> free_sets_;
};

}  // namespace weir
