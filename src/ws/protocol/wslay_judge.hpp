// SPDX-License-Identifier: Apache-2.0
// wslay_judge: asks wslay whether control frames and fragments obey RFC 6455. wslay never sees the
// socket: it is given frames that are already unmasked, in the client's role (a client accepts
// unmasked frames), and what it queues in reply is thrown away at once, so that its queue of pongs
// cannot grow. It keeps no payload (no_buffering); the session has it.
//
// Four things wslay 1.1.1 is not asked, because its answer would be wrong or late:
//   - masking and lengths over a limit: the session refuses them before a byte is taken;
//   - a close payload of one byte: it takes it for an empty one; the session refuses it;
//   - the close codes 1012 to 1014: it does not know them; they are shown to it as 1011;
//   - UTF-8 of a close reason in pieces: it starts anew in every piece; it is given whole frames.
#pragma once

#include <weir/base/bytes.hpp>
#include <weir/ws/protocol/close_code.hpp>
#include <weir/ws/protocol/frame.hpp>

#include <cstdint>
#include <memory>
#include <optional>

struct wslay_event_context;

namespace weir::ws {

/// One wslay context, which remembers whether a fragmented message is under way. About 8.5 KiB:
/// held only while a fragmented message is, and one is kept per thread for the next user.
class wslay_judge {
public:
    wslay_judge();
    wslay_judge(const wslay_judge&) = delete;
    wslay_judge& operator=(const wslay_judge&) = delete;
    ~wslay_judge();

    /// Gives the judge back; kept for reuse when it is between messages and has refused nothing.
    struct recycle {
        void operator()(wslay_judge* judge) const noexcept;
    };
    using handle = std::unique_ptr<wslay_judge, recycle>;

    /// The kept judge of this thread, or a new one. Throws std::bad_alloc.
    [[nodiscard]] static handle take();

    /// Judges the header of a frame whose payload follows in `payload`.
    /// @return  the close code to refuse it with; nullopt = fine so far.
    [[nodiscard]] std::optional<close_code> header(const frame_header& header);
    /// Judges the next unmasked payload bytes of the frame that `header` began.
    [[nodiscard]] std::optional<close_code> payload(bytes data);
    /// Judges a whole control frame of at most 125 bytes.
    [[nodiscard]] std::optional<close_code> control(const frame_header& header, bytes payload);

    /// Whether wslay took the last frame for the end of a message or for a control frame.
    [[nodiscard]] bool saw_message_end() const noexcept { return saw_message_end_; }

private:
    friend struct judge_callbacks;

    std::optional<close_code> feed(bytes data);

    ::wslay_event_context* context_ = nullptr;
    bytes input_;
    bool saw_message_end_ = false;
    bool is_reusable_ = true;
};

}  // namespace weir::ws
