// SPDX-License-Identifier: Apache-2.0
// w_tinylfu: an entry stays if it was asked for more often than the one that would leave for it.
//
//   new --> window --its turn--> more often asked for than probation's last?
//                                  yes: that one leaves, it goes on   no: it leaves
//                                  v
//                               probation --its turn, touched--> protected
//                                         <-------full----------
//
// A hit moves nothing: it marks the entry as touched and counts in the entry's own slot, which is
// at hand. Whoever is about to leave a list is passed on if it was touched (CLOCK); the count goes
// to the sketch when the entry leaves. The window catches what is used in bursts, frequencies keep
// out what is used once (scans, loops), and the size of the window follows the workload
// (window_balance).
// Source: Einziger, Friedman, Manes, "TinyLFU: A Highly Efficient Cache Admission Policy", ACM
// Transactions on Storage 13(4), 2017.
#pragma once

#include <weir/base/random.hpp>
#include <weir/eviction/frequency_sketch.hpp>
#include <weir/eviction/slot_list.hpp>
#include <weir/eviction/window_balance.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace weir {

namespace detail {

/// Whether those that were admitted lately were asked for again before they left. In a loop over
/// more keys than the cache holds none is, and whom to keep does not matter, as long as they stay.
class admission_record {
public:
    void note_success() noexcept { worth_ += (1 - worth_) / memory; }
    void note_failure() noexcept { worth_ -= worth_ / memory; }
    /// Yes, mostly; where nearly all fail, seldom.
    [[nodiscard]] bool are_worth_it(random& chance) const noexcept {
        constexpr double poor = 0.05;
        if (worth_ >= poor) return true;
        const double hope = worth_ / poor;
        return chance.chance(std::max(hope * hope, 1.0 / 1024));
    }

private:
    static constexpr double memory = 128;  // admissions
    double worth_ = 1;
};

}  // namespace detail

/// An eviction policy of `bounded_map`.
template <slot_access Slots>
class w_tinylfu {
public:
    explicit w_tinylfu(std::uint64_t max_weight) : sketch_(1) { resize(max_weight); }

    void resize(std::uint64_t max_weight) noexcept {
        max_weight_ = max_weight;
        window_max_ = window_goal();
    }
    /// Holds the window at a share of 0 ... 1 of the cache, whatever the workload.
    void fix_window(double share) noexcept {
        fixed_share_ = share;
        window_max_ = window_goal();
    }
    void expect_entries(std::size_t entries) {
        sketch_.resize(entries);
        balance_.resize(entries);
    }

    void inserted(Slots& slots, std::uint32_t slot) noexcept {
        const std::uint32_t hash = slots.hash(slot);
        sketch_.add(hash, 1);
        balance_.missed(hash);
        move_border();
        window_.push_front(slots, slot);
        slot_links& links = slots.links(slot);
        links.uses = 0;
        links.epoch = epoch_ & 15U;
        tick();
    }
    void hit(Slots& slots, std::uint32_t slot, std::uint32_t /*hash*/) noexcept {
        slot_links& links = slots.links(slot);
        age(links);
        // An entry that is hot is not written to any more: its cache line stays clean.
        if (links.touched == 0) {
            links.touched = 1;
            if (probation_.holds(links)) admissions_.note_success();
        }
        if (links.uses == frequency_sketch::max_count) return;
        ++links.uses;
        tick();
    }
    void reweighed(Slots& slots, std::uint32_t slot, std::uint64_t weight_before) noexcept {
        segment_of(slots.links(slot)).reweighed(slots, slot, weight_before);
    }
    void erased(Slots& slots, std::uint32_t slot) noexcept {
        slot_links& links = slots.links(slot);
        age(links);
        if (links.uses > 0) sketch_.add(slots.hash(slot), links.uses);
        segment_of(links).erase(slots, slot);
    }

    /// Who leaves while all together are too heavy.
    [[nodiscard]] std::uint32_t victim(Slots& slots) noexcept {
        const std::uint32_t least = least_of_main(slots);
        if (least == segment::none) return untouched_back(slots, window_);
        if (window_.weight() > window_max_) {
            const std::uint32_t candidate = untouched_back(slots, window_);
            if (!admits(slots, candidate, least)) {
                balance_.left_window(slots.hash(candidate));
                return candidate;
            }
        }
        balance_.left_main(slots.hash(least));
        admissions_.note_failure();
        return least;
    }
    /// After the victims have left: the window is no larger than it should be.
    void settle(Slots& slots) noexcept {
        while (window_.weight() > window_max_) {
            const std::uint32_t oldest = window_.back();
            window_.erase(slots, oldest);
            probation_.push_front(slots, oldest);
        }
    }
    [[nodiscard]] std::size_t memory_bytes() const noexcept {
        return sketch_.memory_bytes() + balance_.memory_bytes();
    }
    [[nodiscard]] double window_share() const noexcept {
        return fixed_share_ >= 0 ? fixed_share_ : balance_.window_share();
    }

private:
    using segment = slot_list<Slots>;
    static constexpr int max_passes = 16;  // so that no insertion takes long

    [[nodiscard]] segment& segment_of(const slot_links& links) noexcept {
        if (window_.holds(links)) return window_;
        return probation_.holds(links) ? probation_ : protected_;
    }
    /// The last of a list; those that were touched are passed on to its front, but not for ever.
    [[nodiscard]] std::uint32_t untouched_back(Slots& slots, segment& list,
                                               int max = max_passes) noexcept {
        for (int passes = 0; passes < max && !list.empty(); ++passes) {
            slot_links& links = slots.links(list.back());
            if (links.touched == 0) break;
            links.touched = 0;
            list.rotate(slots);
        }
        return list.back();
    }
    /// The last of probation; those that were touched go on into the protected part.
    [[nodiscard]] std::uint32_t least_of_main(Slots& slots) noexcept {
        for (int passes = 0; passes < max_passes && !probation_.empty(); ++passes) {
            slot_links& links = slots.links(probation_.back());
            if (links.touched == 0) break;
            links.touched = 0;
            promote(slots, probation_.back());
        }
        shrink_protected(slots);
        return probation_.empty() ? untouched_back(slots, protected_) : probation_.back();
    }
    /// Equal ones stay, but for a few, chosen by chance: an attacker who knows the hashes could
    /// otherwise make victims that nobody is ever admitted against.
    [[nodiscard]] bool admits(Slots& slots, std::uint32_t candidate, std::uint32_t least) noexcept {
        if (!admissions_.are_worth_it(chance_)) return false;
        const unsigned asked = frequency(slots, candidate);
        if (asked > frequency(slots, least)) return true;
        constexpr unsigned is_warm = 6;
        return asked >= is_warm && chance_.below(128) == 0;
    }
    [[nodiscard]] unsigned frequency(Slots& slots, std::uint32_t slot) noexcept {
        slot_links& links = slots.links(slot);
        age(links);
        return sketch_.estimate(slots.hash(slot)) + links.uses;
    }
    /// One access; now and then all that was counted loses half of its worth.
    void tick() noexcept {
        if (sketch_.tick()) ++epoch_;
    }
    /// Halves what was counted in the slot as often as the sketch was halved meanwhile.
    void age(slot_links& links) const noexcept {
        const unsigned halvings = (epoch_ - links.epoch) & 15U;
        if (halvings == 0) return;
        const std::uint32_t uses = links.uses;
        links.uses = (uses >> std::min(halvings, 4U)) & 15U;
        links.epoch = epoch_ & 15U;
    }
    void promote(Slots& slots, std::uint32_t slot) noexcept {
        probation_.erase(slots, slot);
        protected_.push_front(slots, slot);
    }
    /// Sends the last of the protected part back. Only one is passed over for each: more would wipe
    /// out whom a scan finds touched.
    void shrink_protected(Slots& slots) noexcept {
        const std::uint64_t protected_max = (max_weight_ - window_max_) / 5 * 4;
        for (int sent = 0; sent < max_passes && protected_.weight() > protected_max; ++sent) {
            if (protected_.size() == 1) return;
            const std::uint32_t oldest = untouched_back(slots, protected_, 1);
            protected_.erase(slots, oldest);
            probation_.push_front(slots, oldest);
        }
    }

    [[nodiscard]] std::uint64_t window_goal() const noexcept {
        const auto goal = static_cast<std::uint64_t>(static_cast<double>(max_weight_) *
                                                     std::clamp(window_share(), 0.0, 1.0));
        return std::max<std::uint64_t>(1, goal);
    }
    /// The window follows its goal by small steps, so that no single insertion moves many entries.
    void move_border() noexcept {
        const std::uint64_t goal = window_goal();
        const std::uint64_t step = std::max<std::uint64_t>(1, max_weight_ / 1024);
        window_max_ = window_max_ < goal
                          ? std::min(goal, window_max_ + step)
                          : std::max(goal, window_max_ - std::min(step, window_max_));
    }

    segment window_{1};
    segment probation_{2};
    segment protected_{3};
    std::uint64_t max_weight_ = 0;
    std::uint64_t window_max_ = 0;
    double fixed_share_ = -1;
    std::uint32_t epoch_ = 0;
    window_balance balance_;
    frequency_sketch sketch_;
    detail::admission_record admissions_;
    random chance_{0x77656972};
};

}  // namespace weir
