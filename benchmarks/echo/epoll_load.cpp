// SPDX-License-Identifier: Apache-2.0
// A small, independent load generator for the echo servers, so that what is measured doesn't depend
// on weir's own client. It must cost less per message than any server: one thread, epoll, the frame
// and its mask computed once, large replies counted and discarded in the kernel (MSG_TRUNC), small
// ones at depth 1 read only every 32nd time: until then the edge says that the reply is there.
//
//   epoll_load --url tcp://H:P|ws://H:P|http://H:P --connections N --size B --depth D
//              --duration S --warmup S [--cpu N] [--json FILE]
//
// Every connection's first reply is compared byte by byte with a payload only it has sent; after
// that each reply's length is held against what one unfragmented message takes, and the header of
// small replies too. Latency is from a message's send to the last byte of its reply. Over HTTP a
// message is a GET, whose answer must be 200 and as long each time; --size is not looked at.
#include "command_line.hpp"
#include "ws_client.hpp"
#include "ws_wire.hpp"

#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using echo::die;

std::int64_t now_ns() {
    timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1'000'000'000 + t.tv_nsec;
}

/// Log-linear: 64 steps per power of two, so every figure is within 1.6 % of the truth.
class histogram {
public:
    void add(std::int64_t ns, std::uint64_t times) {
        const auto value = static_cast<std::uint64_t>(std::max<std::int64_t>(ns, 0));
        counts_[index_of(value)] += times;
        total_ += times;
        max_ = std::max(max_, value);
    }
    void clear() { *this = histogram(); }
    [[nodiscard]] double quantile_us(double q) const {
        const auto wanted = static_cast<std::uint64_t>(q * static_cast<double>(total_));
        std::uint64_t seen = 0;
        for (std::size_t i = 0; i < counts_.size(); ++i) {
            seen += counts_[i];
            if (seen > wanted) return static_cast<double>(value_at(i)) / 1e3;
        }
        return max_us();
    }
    [[nodiscard]] double max_us() const { return static_cast<double>(max_) / 1e3; }

private:
    static constexpr unsigned sub_bits = 6;

    static std::size_t index_of(std::uint64_t v) {
        if (v < (1u << sub_bits)) return v;
        const auto shift = static_cast<unsigned>(std::bit_width(v)) - sub_bits - 1;
        return (static_cast<std::size_t>(shift) << sub_bits) + (v >> shift);
    }
    static std::uint64_t value_at(std::size_t i) {
        if (i < (2u << sub_bits)) return i;
        const std::size_t shift = (i >> sub_bits) - 1;
        return ((i & ((1u << sub_bits) - 1)) + (1u << sub_bits)) << shift;
    }

    std::array<std::uint64_t, 64u << sub_bits> counts_{};
    std::uint64_t total_ = 0;
    std::uint64_t max_ = 0;
};

enum class protocol { tcp, websocket, http };

struct options {
    protocol spoken;
    echo::endpoint server;
    std::size_t connections, size, depth;
    double duration, warmup;
    int cpu;
    std::string json;

    explicit options(const echo::flags& given)
        : spoken(given.text("--url", "").starts_with("ws://")     ? protocol::websocket
                 : given.text("--url", "").starts_with("http://") ? protocol::http
                                                                  : protocol::tcp),
          connections(static_cast<std::size_t>(given.number("--connections", 64))),
          size(static_cast<std::size_t>(given.number("--size", 20))),
          depth(static_cast<std::size_t>(given.number("--depth", 1))),
          duration(std::stod(given.text("--duration", "2"))),
          warmup(std::stod(given.text("--warmup", "0.5"))),
          cpu(static_cast<int>(given.number("--cpu", -1))),
          json(given.text("--json", "")) {
        std::string url = given.text("--url", "");
        const auto start = url.find("://");
        if (start == std::string::npos) die("--url tcp://H:P or ws://H:P", EINVAL);
        url = url.substr(start + 3);
        server = echo::parse_endpoint(url.substr(0, url.find('/')));
        if (size == 0 || depth == 0 || connections == 0) die("sizes must be positive", EINVAL);
    }
};

enum class phase { proving, steady, dead };

struct connection {
    int fd = -1;
    phase state = phase::steady;
    bool wants_write = false;
    std::size_t reply_at = 0;  // bytes of the current reply that have come
    std::size_t unsent = 0;    // bytes still to send, the current frame's rest included
    std::size_t frame_at = 0;  // bytes of the current frame that are sent
    std::uint64_t served = 0;  // replies since the warm-up ended
    bool lazy = false;         // replies are counted by edges and read in bulk
    std::size_t unread = 0;    // edges since the last read
    std::size_t surplus = 0;   // messages in flight beyond the depth, after a false edge
    std::size_t oldest = 0;    // ring of send times, `depth` long
    std::vector<std::int64_t> sent_at;
    std::string proof;  // what came of the handshake or the first reply
};

class load {
public:
    explicit load(const options& o)
        : o_(o),
          scratch_(std::size_t{1} << 20),
          frame_(frame_for(std::string(o.size, 'x'))),
          reply_bytes_(o.spoken == protocol::http ? answer_bytes() : o.size + header_bytes()),
          connections_(o.connections) {
        // Small frames of a window leave in one send, without gathering.
        const std::size_t copies =
            std::clamp<std::size_t>((std::size_t{256} << 10) / frame_.size(), 1, o.depth);
        for (std::size_t i = 0; i < copies; ++i) train_ += frame_;
        if (o.spoken == protocol::http) {
            header_ = http_ok;
        } else if (o.spoken == protocol::websocket) {
            header_ = std::string(reply_bytes_ - o.size, '\0');
            echo::write_server_header(header_.data(), echo::op_binary, o.size);
        }
    }

    int run() {
        epoll_ = epoll_create1(EPOLL_CLOEXEC);
        const auto begin = now_ns();
        for (std::size_t i = 0; i < connections_.size(); ++i) open(i);
        started_ = now_ns();
        const auto warm = started_ + static_cast<std::int64_t>(o_.warmup * 1e9);
        loop(warm);
        const double connect_seconds = static_cast<double>(started_ - begin) / 1e9;
        catch_up();
        latency_.clear();
        for (auto& c : connections_) c.served = 0;
        rusage before{}, after{};
        getrusage(RUSAGE_SELF, &before);
        const auto from = now_ns();
        loop(from + static_cast<std::int64_t>(o_.duration * 1e9));
        catch_up();
        const double seconds = static_cast<double>(now_ns() - from) / 1e9;
        getrusage(RUSAGE_SELF, &after);
        return report(seconds, connect_seconds, cpu_seconds(after) - cpu_seconds(before));
    }

private:
    static constexpr std::size_t max_unread = 32;
    static constexpr std::size_t max_lazy_bytes = 2048;
    static constexpr std::string_view http_ok = "HTTP/1.1 200 OK\r\n";

    static double cpu_seconds(const rusage& r) {
        return static_cast<double>(r.ru_utime.tv_sec + r.ru_stime.tv_sec) +
               static_cast<double>(r.ru_utime.tv_usec + r.ru_stime.tv_usec) / 1e6;
    }

    [[nodiscard]] std::string frame_for(std::string payload) const {
        if (o_.spoken == protocol::http) return "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
        if (o_.spoken == protocol::tcp) return payload;
        return echo::masked_frame(echo::op_binary, std::move(payload));
    }
    [[nodiscard]] std::string proof_payload(std::size_t i) const {
        std::string payload(o_.size, '\0');
        for (std::size_t at = 0; at < payload.size(); ++at)
            payload[at] = static_cast<char>((at * 31 + i * 7 + (at >> 8)) & 0xff);
        std::memcpy(payload.data(), &i, std::min(sizeof i, payload.size()));
        return payload;
    }

    [[nodiscard]] std::size_t header_bytes() const {
        return o_.spoken == protocol::websocket ? echo::server_header_bytes(o_.size) : 0;
    }
    /// The length of an answer over HTTP, head included, learnt by asking once.
    [[nodiscard]] std::size_t answer_bytes() const {
        const int fd = echo::connected_to(o_.server);
        echo::send_all(fd, frame_);
        const std::string head = echo::read_head(fd);
        close(fd);
        const auto length = echo::header_value(head, "content-length");
        if (!head.starts_with(http_ok) || length.empty()) die("an unexpected answer", EPROTO);
        return head.size() + static_cast<std::size_t>(std::stoul(std::string(length)));
    }

    void open(std::size_t i) {
        connection& c = connections_[i];
        c.sent_at.resize(o_.depth);
        c.fd = echo::connected_to(o_.server);
        timeval patience{5, 0};
        setsockopt(c.fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        if (o_.spoken == protocol::websocket) {
            echo::send_all(c.fd, echo::upgrade_request());
            echo::expect_upgraded(echo::read_head(c.fd));
        }
        // Only the proof and what follows it are concurrent: epoll takes over here.
        epoll_event event{};
        event.events = EPOLLIN | EPOLLET | EPOLLRDHUP | EPOLLOUT;
        event.data.u64 = i;
        if (epoll_ctl(epoll_, EPOLL_CTL_ADD, c.fd, &event) != 0) die("epoll_ctl");
        c.state = phase::proving;
        // Blocking, because the server reads on whatever happens to its replies.
        echo::send_all(c.fd, frame_for(proof_payload(i)));
    }

    void loop(std::int64_t until) {
        std::array<epoll_event, 1024> events;
        while ((clock_ = now_ns()) < until) {
            const int n = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 100);
            clock_ = now_ns();
            for (int k = 0; k < n; ++k) {
                const epoll_event& e = events[static_cast<std::size_t>(k)];
                connection& c = connections_[e.data.u64];
                if (c.state == phase::dead) continue;
                if ((e.events & EPOLLRDHUP) != 0) c.lazy = false;
                if ((e.events & EPOLLIN) != 0) readable(c, e.data.u64);
                if ((e.events & EPOLLOUT) != 0 && c.unsent > 0 && c.state == phase::steady)
                    send_more(c);
            }
        }
    }

    void readable(connection& c, std::size_t i) {
        if (c.state == phase::proving) {
            prove(c, i);
            if (c.state != phase::steady) return;
        }
        if (c.lazy && c.unsent == 0) return edge(c);
        // Large replies are thrown away inside the kernel: copying them would make this program,
        // not the server, the bottleneck.
        const bool discard = reply_bytes_ >= 4096;
        for (;;) {
            const ssize_t n =
                recv(c.fd, scratch_.data(), discard ? std::size_t{8} << 20 : scratch_.size(),
                     MSG_DONTWAIT | (discard ? MSG_TRUNC : 0));
            if (n <= 0) {
                if (n == 0 || (errno != EAGAIN && errno != EINTR)) fail(c, "connection lost");
                return;
            }
            const auto bytes = static_cast<std::size_t>(n);
            if (!discard && !headers_match(c, bytes)) return fail(c, "reply is not one message");
            arrived(c, bytes);
            if (!discard && bytes == scratch_.size()) continue;
            return;
        }
    }
    /// At depth 1 an edge is a reply, unless the server sends a reply in parts: the bytes tell.
    void edge(connection& c) {
        latency_.add(clock_ - c.sent_at[0], 1);
        c.sent_at[0] = clock_;
        c.unsent += frame_.size();
        ++c.unread;
        send_more(c);
        if (c.unread >= max_unread) read_unread(c);
    }
    void read_unread(connection& c) {
        const std::size_t edges = std::exchange(c.unread, 0);
        const ssize_t n = recv(c.fd, scratch_.data(), edges * reply_bytes_, MSG_DONTWAIT);
        // An edge may tell of room to send only, and then nothing is there.
        if (n == 0 || (n < 0 && errno != EAGAIN)) return fail(c, "connection lost");
        const std::size_t bytes = n < 0 ? 0 : static_cast<std::size_t>(n);
        if (!headers_match(c, bytes)) return fail(c, "reply is not one message");
        c.served += bytes / reply_bytes_;
        if (bytes == edges * reply_bytes_) return;
        c.lazy = false;
        c.surplus = edges - bytes / reply_bytes_;
        c.reply_at = bytes % reply_bytes_;
    }
    /// Nothing stays uncounted where a measurement begins or ends.
    void catch_up() {
        for (auto& c : connections_)
            if (c.unread > 0 && c.state == phase::steady) read_unread(c);
    }
    [[nodiscard]] bool headers_match(const connection& c, std::size_t bytes) const {
        if (header_.empty()) return true;
        const std::size_t first = c.reply_at == 0 ? 0 : reply_bytes_ - c.reply_at;
        for (std::size_t at = first; at + header_.size() <= bytes; at += reply_bytes_)
            if (std::memcmp(scratch_.data() + at, header_.data(), header_.size()) != 0)
                return false;
        return true;
    }

    void prove(connection& c, std::size_t i) {
        char piece[65536];
        while (c.proof.size() < reply_bytes_) {
            const std::size_t room = std::min(sizeof piece, reply_bytes_ - c.proof.size());
            const ssize_t n = recv(c.fd, piece, room, MSG_DONTWAIT);
            if (n < 0 && errno == EAGAIN) return;
            if (n <= 0) return fail(c, "connection lost before its first reply");
            c.proof.append(piece, static_cast<std::size_t>(n));
        }
        const bool is_right = o_.spoken == protocol::http ? c.proof.starts_with(header_)
                                                          : c.proof == header_ + proof_payload(i);
        if (!is_right) return fail(c, "first reply is wrong");
        c.proof = std::string();
        c.state = phase::steady;
        c.lazy = o_.depth == 1 && reply_bytes_ <= max_lazy_bytes;
        ++proven_;
        for (auto& t : c.sent_at) t = clock_;
        c.unsent = o_.depth * frame_.size();
        send_more(c);
    }

    void arrived(connection& c, std::size_t bytes) {
        c.reply_at += bytes;
        std::size_t replies = 0;
        if (c.reply_at >= reply_bytes_) {
            replies = c.reply_at == reply_bytes_ ? 1 : c.reply_at / reply_bytes_;
            c.reply_at -= replies * reply_bytes_;
        }
        if (replies == 0) return;
        const std::size_t extra = std::min(replies, c.surplus);
        c.surplus -= extra;
        c.served += extra;
        replies -= extra;
        if (replies > o_.depth) return fail(c, "more replies than messages");
        for (std::size_t k = 0; k < replies; ++k) {
            latency_.add(clock_ - c.sent_at[c.oldest], 1);
            c.sent_at[c.oldest] = clock_;
            if (++c.oldest == o_.depth) c.oldest = 0;
        }
        c.served += replies;
        c.unsent += replies * frame_.size();
        send_more(c);
    }

    void send_more(connection& c) {
        while (c.unsent > 0) {
            const std::size_t bytes = std::min(c.unsent, train_.size() - c.frame_at);
            const ssize_t n =
                send(c.fd, train_.data() + c.frame_at, bytes, MSG_DONTWAIT | MSG_NOSIGNAL);
            if (n < 0) {
                if (errno != EAGAIN) fail(c, "send failed");
                return;
            }
            c.unsent -= static_cast<std::size_t>(n);
            c.frame_at = (c.frame_at + static_cast<std::size_t>(n)) % frame_.size();
        }
    }

    void fail(connection& c, const char* why) {
        if (errors_++ < 3) std::fprintf(stderr, "epoll_load: %s\n", why);
        c.state = phase::dead;
        close(c.fd);
    }

    int report(double seconds, double connect_seconds, double cpu) {
        std::uint64_t total = 0, most = 0, least = ~std::uint64_t{0};
        for (const auto& c : connections_) {
            total += c.served;
            most = std::max(most, c.served);
            least = std::min(least, c.served);
        }
        if (proven_ != connections_.size()) ++errors_;
        const double mean = static_cast<double>(total) / static_cast<double>(connections_.size());
        const double scale = mean > 0 ? 1 / mean : 0;
        char line[1024];
        std::snprintf(
            line, sizeof line,
            "{\"messages\": %llu, \"seconds\": %.6f, \"rate\": %.1f, \"p50_us\": %.1f, "
            "\"p99_us\": %.1f, \"p999_us\": %.1f, \"max_us\": %.1f, \"max_over_mean\": %.3f, "
            "\"min_over_mean\": %.3f, \"generator_cpu\": %.3f, \"connect_seconds\": %.3f, "
            "\"errors\": %llu}",
            static_cast<unsigned long long>(total), seconds, static_cast<double>(total) / seconds,
            latency_.quantile_us(0.5), latency_.quantile_us(0.99), latency_.quantile_us(0.999),
            latency_.max_us(), static_cast<double>(most) * scale,
            static_cast<double>(least) * scale, cpu / seconds, connect_seconds,
            static_cast<unsigned long long>(errors_));
        std::puts(line);
        if (!o_.json.empty()) {
            std::FILE* const file = std::fopen(o_.json.c_str(), "w");
            if (file == nullptr) die("--json");
            std::fprintf(file, "%s\n", line);
            std::fclose(file);
        }
        return errors_ == 0 ? 0 : 1;
    }

    options o_;
    std::vector<char> scratch_;
    std::string frame_;        // one message, masked
    std::string train_;        // as many of them as leave in one send
    std::string header_;       // what each reply begins with
    std::size_t reply_bytes_;  // one whole reply
    std::vector<connection> connections_;
    histogram latency_;
    int epoll_ = -1;
    std::int64_t clock_ = 0;
    std::int64_t started_ = 0;
    std::uint64_t errors_ = 0;
    std::size_t proven_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
    const echo::flags flags(argc, argv);
    const options o(flags);
    echo::pin_to(o.cpu);
    return load(o).run();
}
