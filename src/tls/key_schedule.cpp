// SPDX-License-Identifier: Apache-2.0
#include "key_schedule.hpp"

#include "hkdf.hpp"

#include <dlfcn.h>
#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/provider.h>
#include <strings.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <initializer_list>
#include <limits>
#include <memory>
#include <new>
#include <optional>
#include <string_view>
#include <utility>

namespace weir::tls {
namespace {

constexpr char provider_name[] = "weir";
// A query for the provider's name would take the place of one that the process has for all.
constexpr char properties[] = "provider=weir,x.weir=yes";
constexpr char query[] = "?x.weir=yes";

/// Where this thread's secrets are noted.
thread_local constinit traffic_secrets* watching = nullptr;

void note(bytes label, bytes secret) noexcept {
    if (watching == nullptr || secret.size() > traffic_secret::max_bytes) return;
    const std::string_view name(reinterpret_cast<const char*>(label.data()), label.size());
    if (name == "c ap traffic") watching->client = traffic_secret(secret);
    if (name == "s ap traffic") watching->server = traffic_secret(secret);
}

/// What was asked for: parameters of the call, then those that were set before it.
class inputs {
public:
    explicit inputs(const OSSL_PARAM* given, const OSSL_PARAM* kept) noexcept
        : given_(given), kept_(kept) {}

    [[nodiscard]] std::optional<bytes> octets(const char* name) const noexcept {
        const OSSL_PARAM* found = find(name);
        if (found == nullptr || found->data_type != OSSL_PARAM_OCTET_STRING) return std::nullopt;
        return bytes(static_cast<const std::byte*>(found->data), found->data_size);
    }
    [[nodiscard]] std::optional<hash> digest() const noexcept {
        const char* name = text(OSSL_KDF_PARAM_DIGEST);
        if (is_one_of(name, {"SHA2-256", "SHA256", "SHA-256"})) return hash::sha_256;
        if (is_one_of(name, {"SHA2-384", "SHA384", "SHA-384"})) return hash::sha_384;
        return std::nullopt;
    }
    [[nodiscard]] std::optional<int> mode() const noexcept {
        const OSSL_PARAM* found = find(OSSL_KDF_PARAM_MODE);
        int number = 0;
        if (found != nullptr && OSSL_PARAM_get_int(found, &number) == 1) return number;
        const char* name = text(OSSL_KDF_PARAM_MODE);
        if (is_one_of(name, {"EXTRACT_ONLY"})) return EVP_KDF_HKDF_MODE_EXTRACT_ONLY;
        if (is_one_of(name, {"EXPAND_ONLY"})) return EVP_KDF_HKDF_MODE_EXPAND_ONLY;
        return std::nullopt;
    }

private:
    [[nodiscard]] const OSSL_PARAM* find(const char* name) const noexcept {
        const OSSL_PARAM* found =
            given_ == nullptr ? nullptr : OSSL_PARAM_locate_const(given_, name);
        if (found != nullptr || kept_ == nullptr) return found;
        return OSSL_PARAM_locate_const(kept_, name);
    }

    /// Null when there is no such text.
    [[nodiscard]] const char* text(const char* name) const noexcept {
        const OSSL_PARAM* found = find(name);
        const bool is_text = found != nullptr && found->data_type == OSSL_PARAM_UTF8_STRING;
        return is_text ? static_cast<const char*>(found->data) : nullptr;
    }
    static bool is_one_of(const char* name, std::initializer_list<const char*> all) noexcept {
        return name != nullptr && std::any_of(all.begin(), all.end(), [name](const char* each) {
                   return ::strcasecmp(name, each) == 0;
               });
    }

    const OSSL_PARAM* given_;
    const OSSL_PARAM* kept_;
};

/// The next secret of the schedule, from the one before it and what the handshake adds.
bool derive_next(const inputs& from, hash with, mutable_bytes out) {
    if (out.size() != bytes_of(with)) return false;
    static constexpr std::array<std::byte, max_hash_bytes> zeros{};
    const bytes none = bytes(zeros).first(out.size());
    const bytes added = from.octets(OSSL_KDF_PARAM_KEY).value_or(none);
    const auto previous = from.octets(OSSL_KDF_PARAM_SALT);
    if (!previous) {
        extract(with, none, added, out);
        return true;
    }
    const auto prefix = from.octets(OSSL_KDF_PARAM_PREFIX);
    const auto label = from.octets(OSSL_KDF_PARAM_LABEL);
    std::array<std::byte, max_hash_bytes> memory{};
    const mutable_bytes salt = mutable_bytes(memory).first(out.size());
    const bool is_done =
        prefix && label &&
        expand_label(with, *previous, *prefix, *label, hash_of_nothing(with), salt);
    if (is_done) extract(with, salt, added, out);
    OPENSSL_cleanse(memory.data(), memory.size());
    return is_done;
}

/// A secret or key for one purpose.
bool derive_for_label(const inputs& from, hash with, mutable_bytes out) {
    const auto secret = from.octets(OSSL_KDF_PARAM_KEY);
    const auto prefix = from.octets(OSSL_KDF_PARAM_PREFIX);
    const auto label = from.octets(OSSL_KDF_PARAM_LABEL);
    if (!secret || !prefix || !label) return false;
    const bytes context = from.octets(OSSL_KDF_PARAM_DATA).value_or(bytes());
    if (!expand_label(with, *secret, *prefix, *label, context, out)) return false;
    note(*label, out);
    return true;
}

/// One EVP_KDF_CTX.
class derivation {
public:
    derivation() noexcept = default;
    derivation(const derivation&) = delete;
    derivation& operator=(const derivation&) = delete;
    ~derivation() { forget(); }

    /// Parameters for the calls to come.
    [[nodiscard]] bool keep(const OSSL_PARAM* given) noexcept {
        if (given == nullptr || given->key == nullptr) return true;
        OSSL_PARAM* const merged = kept_ == nullptr ? OSSL_PARAM_dup(given) : merge(given);
        if (merged == nullptr) return false;
        forget();
        kept_ = merged;
        return true;
    }
    [[nodiscard]] std::unique_ptr<derivation> copy() const {
        auto made = std::make_unique<derivation>();
        return made->keep(kept_) ? std::move(made) : nullptr;
    }
    void forget() noexcept {
        for (const OSSL_PARAM* each = kept_; each != nullptr && each->key != nullptr; ++each) {
            OPENSSL_cleanse(each->data, each->data_size);
        }
        OSSL_PARAM_free(std::exchange(kept_, nullptr));
    }
    [[nodiscard]] bool derive(mutable_bytes out, const OSSL_PARAM* given) const {
        const inputs from(given, kept_);
        const auto with = from.digest();
        const auto mode = from.mode();
        if (!with || !mode) return false;
        if (*mode == EVP_KDF_HKDF_MODE_EXTRACT_ONLY) return derive_next(from, *with, out);
        return *mode == EVP_KDF_HKDF_MODE_EXPAND_ONLY && derive_for_label(from, *with, out);
    }
    /// How much there is to get: as much as is asked for, if it is not one secret.
    [[nodiscard]] std::size_t size() const noexcept {
        const inputs from(nullptr, kept_);
        const auto with = from.digest();
        const bool is_secret = from.mode() == EVP_KDF_HKDF_MODE_EXTRACT_ONLY;
        if (!is_secret) return std::numeric_limits<std::size_t>::max();
        return with ? bytes_of(*with) : 0;
    }

private:
    /// The copies of OSSL_PARAM_merge are shallow, those of OSSL_PARAM_dup are not.
    [[nodiscard]] OSSL_PARAM* merge(const OSSL_PARAM* given) const noexcept {
        OSSL_PARAM* const both = OSSL_PARAM_merge(kept_, given);
        OSSL_PARAM* const owned = both == nullptr ? nullptr : OSSL_PARAM_dup(both);
        OPENSSL_free(both);
        return owned;
    }

    OSSL_PARAM* kept_ = nullptr;
};

// --- what OpenSSL calls -----------------------------------------------------------------------

void* new_context(void*) noexcept { return new (std::nothrow) derivation(); }
void free_context(void* of) noexcept { delete static_cast<derivation*>(of); }
void reset_context(void* of) noexcept { static_cast<derivation*>(of)->forget(); }
void* copy_context(void* of) noexcept {
    try {
        return static_cast<derivation*>(of)->copy().release();
    } catch (const std::bad_alloc&) {
        return nullptr;
    }
}
int set_parameters(void* of, const OSSL_PARAM* given) noexcept {
    return static_cast<derivation*>(of)->keep(given) ? 1 : 0;
}
int get_parameters(void* of, OSSL_PARAM* wanted) noexcept {
    OSSL_PARAM* const size = OSSL_PARAM_locate(wanted, OSSL_KDF_PARAM_SIZE);
    return size == nullptr ? 1 : OSSL_PARAM_set_size_t(size, static_cast<derivation*>(of)->size());
}
int derive(void* of, unsigned char* out, std::size_t size, const OSSL_PARAM* given) noexcept {
    try {
        const mutable_bytes into(reinterpret_cast<std::byte*>(out), size);
        return static_cast<derivation*>(of)->derive(into, given) ? 1 : 0;
    } catch (const std::bad_alloc&) {
        return 0;
    }
}
const OSSL_PARAM* settable_parameters(void*, void*) noexcept {
    static const OSSL_PARAM all[] = {
        OSSL_PARAM_int(OSSL_KDF_PARAM_MODE, nullptr),
        OSSL_PARAM_utf8_string(OSSL_KDF_PARAM_MODE, nullptr, 0),
        OSSL_PARAM_utf8_string(OSSL_KDF_PARAM_PROPERTIES, nullptr, 0),
        OSSL_PARAM_utf8_string(OSSL_KDF_PARAM_DIGEST, nullptr, 0),
        OSSL_PARAM_octet_string(OSSL_KDF_PARAM_KEY, nullptr, 0),
        OSSL_PARAM_octet_string(OSSL_KDF_PARAM_SALT, nullptr, 0),
        OSSL_PARAM_octet_string(OSSL_KDF_PARAM_PREFIX, nullptr, 0),
        OSSL_PARAM_octet_string(OSSL_KDF_PARAM_LABEL, nullptr, 0),
        OSSL_PARAM_octet_string(OSSL_KDF_PARAM_DATA, nullptr, 0),
        OSSL_PARAM_END,
    };
    return all;
}
const OSSL_PARAM* gettable_parameters(void*, void*) noexcept {
    static const OSSL_PARAM all[] = {OSSL_PARAM_size_t(OSSL_KDF_PARAM_SIZE, nullptr),
                                     OSSL_PARAM_END};
    return all;
}

/// OpenSSL keeps functions of all types as this one.
template <class Function>
OSSL_DISPATCH entry(int number, Function* function) noexcept {
    return {number, reinterpret_cast<void (*)()>(function)};
}

const OSSL_ALGORITHM* algorithms(void*, int operation, int* may_not_store) noexcept {
    static const OSSL_DISPATCH functions[] = {
        entry(OSSL_FUNC_KDF_NEWCTX, &new_context),
        entry(OSSL_FUNC_KDF_DUPCTX, &copy_context),
        entry(OSSL_FUNC_KDF_FREECTX, &free_context),
        entry(OSSL_FUNC_KDF_RESET, &reset_context),
        entry(OSSL_FUNC_KDF_DERIVE, &derive),
        entry(OSSL_FUNC_KDF_SETTABLE_CTX_PARAMS, &settable_parameters),
        entry(OSSL_FUNC_KDF_SET_CTX_PARAMS, &set_parameters),
        entry(OSSL_FUNC_KDF_GETTABLE_CTX_PARAMS, &gettable_parameters),
        entry(OSSL_FUNC_KDF_GET_CTX_PARAMS, &get_parameters),
        {0, nullptr},
    };
    static const OSSL_ALGORITHM all[] = {
        {OSSL_KDF_NAME_TLS1_3_KDF, properties, functions, "key schedule of TLS 1.3"},
        {nullptr, nullptr, nullptr, nullptr},
    };
    *may_not_store = 0;
    return operation == OSSL_OP_KDF ? all : nullptr;
}

int begin_provider(const OSSL_CORE_HANDLE*, const OSSL_DISPATCH*, const OSSL_DISPATCH** out,
                   void** context) noexcept {
    static const OSSL_DISPATCH functions[] = {
        entry(OSSL_FUNC_PROVIDER_QUERY_OPERATION, &algorithms),
        {0, nullptr},
    };
    static char nothing = 0;
    *out = functions;
    *context = &nothing;  // null would be a failure to some versions
    return 1;
}

/// Has OpenSSL find its own first: who asks for any gets that.
void find_others() noexcept {
    ERR_set_mark();
    EVP_KDF_free(EVP_KDF_fetch(nullptr, OSSL_KDF_NAME_TLS1_3_KDF, nullptr));
    ERR_pop_to_mark();
}

/// OpenSSL calls the functions above as long as the process lives: the library that they are a part
/// of must not be unloaded.
void stay_loaded() noexcept {
    Dl_info library{};
    if (::dladdr(reinterpret_cast<void*>(&begin_provider), &library) == 0) return;
    static_cast<void>(::dlopen(library.dli_fname, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE));
}

const OSSL_PROVIDER* load() noexcept {
    constexpr int keeps_others = 1;
    find_others();
    if (OSSL_PROVIDER_add_builtin(nullptr, provider_name, &begin_provider) != 1) return nullptr;
    stay_loaded();
    return OSSL_PROVIDER_try_load(nullptr, provider_name, keeps_others);
}

}  // namespace

const char* key_schedule_properties() {
    // Where OpenSSL does not take it, its own is used, and connections keep OpenSSL's state.
    static const OSSL_PROVIDER* const loaded = load();
    return loaded == nullptr ? nullptr : query;
}

secrets_watch::secrets_watch(traffic_secrets* noted) noexcept
    : outer_(std::exchange(watching, noted)) {}
secrets_watch::~secrets_watch() { watching = outer_; }

}  // namespace weir::tls
