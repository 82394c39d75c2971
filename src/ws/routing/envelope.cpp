// SPDX-License-Identifier: Apache-2.0
#include <weir/ws/routing/envelope.hpp>

#include <weir/json/scanner.hpp>
#include <weir/ws/routing/error.hpp>

#include <optional>

namespace weir::ws {
namespace {

/// The members of an object that say what it is. How often each came is kept, because a message
/// that says something twice is refused after all of it was judged: broken JSON is told first.
class members {
public:
    void take_type(json::scanner& in) {
        ++count_;
        if (in.next_type() != json::value_type::string) {
            in.skip();
        } else if (const auto value = in.string()) {
            type_ = *value;
        }
    }
    void take_payload(json::scanner& in) {
        if (!payload_.empty()) is_ambiguous_ = true;
        payload_ = in.skip();
    }
    /// Of an array, whose elements the caller has read.
    void note_batch() noexcept {
        ++count_;
        is_batch_ = true;
    }

    [[nodiscard]] bool is_ambiguous() const noexcept { return is_ambiguous_ || count_ > 1; }
    [[nodiscard]] bool is_batch() const noexcept { return is_batch_; }
    [[nodiscard]] bool has_type() const noexcept { return type_.has_value(); }
    [[nodiscard]] envelope as_envelope(std::string_view text) const {
        return envelope(*type_, payload_, text);
    }

private:
    std::optional<json::string_value> type_;
    std::string_view payload_;
    int count_ = 0;  // of "type" and "batch"
    bool is_ambiguous_ = false;
    bool is_batch_ = false;
};

/// Reads one object; errors of JSON stay in the scanner.
template <class TakeBatch>
members read_members(json::scanner& in, TakeBatch take_batch) {
    members found;
    if (!in.enter_object()) return found;
    while (const auto key = in.next_member()) {
        if (*key == "type") {
            found.take_type(in);
        } else if (*key == "payload") {
            found.take_payload(in);
        } else if (*key == "batch" && in.next_type() == json::value_type::array) {
            if (take_batch()) found.note_batch();
        } else {
            in.skip();
        }
    }
    return found;
}

/// Reads the messages of a batch.
class batch_reader {
public:
    batch_reader(json::scanner& in, std::string_view text, std::size_t max_batch) noexcept
        : in_(in), text_(text), max_batch_(max_batch) {}

    void read() {
        if (!in_.enter_array()) return;
        while (in_.next_element()) read_one();
    }
    [[nodiscard]] std::vector<envelope> take() noexcept { return std::move(found_); }
    /// Which rule a message of it broke first; none if none did.
    [[nodiscard]] std::error_code error() const noexcept { return error_; }

private:
    void read_one() {
        if (in_.next_type() != json::value_type::object) {
            in_.skip();
            return note(routing_errc::no_type);
        }
        const std::size_t begin = in_.position();
        const members found = read_members(in_, [this] {
            in_.skip();  // a batch within a batch is a member like others
            return false;
        });
        if (in_.has_failed()) return;
        if (found.is_ambiguous()) return note(routing_errc::ambiguous);
        if (!found.has_type()) return note(routing_errc::no_type);
        if (found_.size() == max_batch_) return note(routing_errc::batch_over_limit);
        found_.push_back(found.as_envelope(text_.substr(begin, in_.position() - begin)));
    }
    void note(routing_errc error) noexcept {
        if (!error_) error_ = error;
    }

    json::scanner& in_;
    std::string_view text_;
    std::size_t max_batch_;
    std::vector<envelope> found_;
    std::error_code error_;
};

}  // namespace

result<envelope_list> envelope_list::read(std::string_view text, const envelope_limits& limits) {
    json::scanner in(text, limits.json);
    batch_reader batch(in, text, limits.max_batch);
    const members found = read_members(in, [&batch] {
        batch.read();
        return true;
    });
    if (!in.finish()) return fail(in.error());
    if (found.is_ambiguous()) return fail(make_error_code(routing_errc::ambiguous));
    envelope_list list;
    if (found.is_batch()) {
        if (batch.error()) return fail(batch.error());
        list.batch_ = batch.take();
        list.is_batch_ = true;
        return list;
    }
    if (!found.has_type()) return fail(make_error_code(routing_errc::no_type));
    list.single_ = found.as_envelope(text);
    return list;
}

}  // namespace weir::ws
