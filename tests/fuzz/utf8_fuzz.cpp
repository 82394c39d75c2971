// SPDX-License-Identifier: Apache-2.0
// Property: the verdict on a text does not depend on how it is split, and a text is refused no
// later than at its end.
#include <weir/ws/protocol/utf8.hpp>

#include "fuzz_split.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    weir::fuzz::split_input input(data, size);
    const bool expected = weir::ws::is_utf8(weir::as_bytes(input.whole()));
    weir::ws::utf8_validator validator;
    bool is_possible = true;
    for (auto piece = input.next_piece(); !piece.empty(); piece = input.next_piece()) {
        is_possible = validator.feed(weir::as_bytes(piece));
    }
    weir::fuzz::require(expected == (is_possible && validator.is_complete()),
                        "the same verdict for any split");
    return 0;
}
