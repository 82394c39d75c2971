// expect: a content encoder was used after finish\(\)
// SPDX-License-Identifier: Apache-2.0
#include <weir/http/content/content_encoder.hpp>

#include <string>

int main() {
    weir::http::content_encoder encoder(weir::http::content_coding::gzip);
    std::string out;
    encoder.finish(out);
    encoder.append(weir::as_bytes("more"), out);
}
