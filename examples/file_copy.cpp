// SPDX-License-Identifier: Apache-2.0
// Copies a file: while one block is written, the next is read. `file_copy FROM TO`
#include <weir/base/bytes.hpp>
#include <weir/coro/ok.hpp>
#include <weir/coro/when_all.hpp>
#include <weir/io/file.hpp>
#include <weir/io/run.hpp>

#include <cstdio>
#include <string>
#include <utility>
#include <vector>

using weir::file;
using weir::ok;
using weir::open_mode;

weir::task<weir::result<std::uint64_t>> copy(std::string from, std::string to) {
    constexpr std::size_t block_bytes = 256 * 1024;
    file source = co_await ok(file::open(from, open_mode::read));
    file target = co_await ok(file::open(to, open_mode::replace));
    std::vector<std::byte> full(block_bytes);
    std::vector<std::byte> empty(block_bytes);

    std::uint64_t copied = 0;
    std::size_t size = co_await ok(source.read_exactly_at(0, full));
    while (size > 0) {
        auto both = weir::when_all(target.write_all_at(copied, weir::bytes(full).first(size)),
                                   source.read_exactly_at(copied + size, empty));
        auto [written, read] = co_await both;
        ok(written);
        copied += std::exchange(size, ok(read));
        std::swap(full, empty);
    }
    co_await ok(target.sync());
    co_await ok(target.close());
    co_return copied;
}

int main(int argc, char** argv) {
    if (argc != 3) {
        std::fprintf(stderr, "usage: file_copy FROM TO\n");
        return 2;
    }
    const weir::result<std::uint64_t> copied = weir::run(copy(argv[1], argv[2]));
    if (!copied) {
        std::fprintf(stderr, "file_copy: %s\n", copied.error().message().c_str());
        return 1;
    }
    std::printf("%llu bytes\n", static_cast<unsigned long long>(*copied));
}
