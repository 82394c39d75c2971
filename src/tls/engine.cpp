// SPDX-License-Identifier: Apache-2.0
#include "engine.hpp"

#include "verdict.hpp"

#include <weir/base/assert.hpp>

#include <openssl/err.h>

#include <algorithm>
#include <cstring>

namespace weir::tls {

/// What OpenSSL takes for a transport: reads what was fed, writes where the caller says.
class engine::wire_bio {
public:
    [[nodiscard]] static BIO* make(engine& of) {
        static BIO_METHOD* const method = make_method();
        BIO* made = BIO_new(method);
        if (made == nullptr) throw std::bad_alloc();
        BIO_set_data(made, &of);
        BIO_set_init(made, 1);
        return made;
    }

private:
    static BIO_METHOD* make_method() {
        BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "weir wire");
        if (made == nullptr) throw std::bad_alloc();
        BIO_meth_set_read_ex(made, &read);
        BIO_meth_set_write_ex(made, &write);
        BIO_meth_set_ctrl(made, &control);
        return made;
    }
    static engine& of(BIO* bio) noexcept { return *static_cast<engine*>(BIO_get_data(bio)); }

    static int read(BIO* bio, char* into, std::size_t size, std::size_t* got) noexcept {
        bytes& wire = of(bio).wire_;
        BIO_clear_retry_flags(bio);
        *got = std::min(size, wire.size());
        if (*got == 0) {
            BIO_set_retry_read(bio);
            return 0;
        }
        std::memcpy(into, wire.data(), *got);
        wire = wire.subspan(*got);
        return 1;
    }
    static int write(BIO* bio, const char* from, std::size_t size, std::size_t* taken) {
        BIO_clear_retry_flags(bio);
        std::memcpy(of(bio).out_->append(size).data(), from, size);
        *taken = size;
        return 1;
    }
    static long control(BIO*, int command, long, void*) noexcept {
        return command == BIO_CTRL_FLUSH ? 1 : 0;
    }
};

engine::engine(ssl_ptr ssl) : ssl_(std::move(ssl)) {
    BIO* wire = wire_bio::make(*this);
    SSL_set_bio(ssl_.get(), wire, wire);
    SSL_set_mode(ssl_.get(), SSL_MODE_RELEASE_BUFFERS);
    if (SSL_is_server(ssl_.get()) != 1) return;
    secrets_ = std::make_unique<traffic_secrets>();
    SSL_set_msg_callback(ssl_.get(), &note_record);
    SSL_set_msg_callback_arg(ssl_.get(), this);
}

engine::~engine() {
    // Without this OpenSSL forbids to resume the session: a rule that TLS has dropped.
    SSL_set_shutdown(ssl_.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
}

void engine::note_record(int is_sent, int, int type, const void*, std::size_t, SSL*, void* of) {
    if (is_sent == 1 && type == SSL3_RT_HEADER) ++static_cast<engine*>(of)->sent_records_;
}

engine::step engine::shake_hands(wire_output& out) noexcept {
    out_ = &out;
    // What the last step sends, and only that, is protected with the secrets of the time after it.
    sent_records_ = 0;
    const secrets_watch watch(secrets_.get());
    ERR_clear_error();
    return judge(SSL_do_handshake(ssl_.get()));
}

engine::step engine::read(mutable_bytes into, std::size_t& size, wire_output& out) noexcept {
    out_ = &out;
    ERR_clear_error();
    return judge(SSL_read_ex(ssl_.get(), into.data(), into.size(), &size));
}

engine::step engine::write(bytes contents, wire_output& out) noexcept {
    if (error_) return step::failed;
    out_ = &out;
    ERR_clear_error();
    std::size_t written = 0;
    return judge(SSL_write_ex(ssl_.get(), contents.data(), contents.size(), &written));
}

engine::step engine::close(wire_output& out) noexcept {
    if (error_) return step::failed;
    if (SSL_in_init(ssl_.get()) == 1) {  // SSL_shutdown would refuse
        const step finished = shake_hands(out);
        if (finished != step::done) return finished;
    }
    out_ = &out;
    ERR_clear_error();
    static_cast<void>(SSL_shutdown(ssl_.get()));
    ERR_clear_error();
    return step::done;
}

engine::step engine::judge(int result) noexcept {
    if (result == 1) return step::done;
    switch (SSL_get_error(ssl_.get(), result)) {
        case SSL_ERROR_WANT_READ:
            return step::needs_wire;
        case SSL_ERROR_ZERO_RETURN:
            return step::closed;
        default:
            error_ = verdict_of(ssl_.get());
            return step::failed;
    }
}

}  // namespace weir::tls
