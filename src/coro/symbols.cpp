// SPDX-License-Identifier: Apache-2.0
// dladdr(3) knows only dynamic symbols, and coroutine bodies are local functions. So the static
// symbol table is read from /proc/self/exe once. Source: elf(5), the System V ABI's object format.
#include "symbols.hpp"

#include <weir/base/unique_fd.hpp>

#include <cxxabi.h>
#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace weir::detail {
namespace {

struct symbol {
    std::uintptr_t begin;
    std::uintptr_t size;
    std::string mangled;
};

/// The executable file mapped for reading.
class mapped_file {
public:
    explicit mapped_file(const char* path) {
        const unique_fd fd(::open(path, O_RDONLY | O_CLOEXEC));
        struct stat status{};
        if (!fd || ::fstat(fd.value(), &status) != 0) return;
        void* mapped = ::mmap(nullptr, static_cast<std::size_t>(status.st_size), PROT_READ,
                              MAP_PRIVATE, fd.value(), 0);
        if (mapped == MAP_FAILED) return;
        data_ = static_cast<const char*>(mapped);
        size_ = static_cast<std::size_t>(status.st_size);
    }
    mapped_file(const mapped_file&) = delete;
    mapped_file& operator=(const mapped_file&) = delete;
    ~mapped_file() {
        if (data_ != nullptr) ::munmap(const_cast<char*>(data_), size_);
    }

    /// `count` objects at `offset`, or null when the file does not hold them.
    template <class T>
    [[nodiscard]] const T* at(std::size_t offset, std::size_t count = 1) const noexcept {
        if (data_ == nullptr || offset > size_ || count > (size_ - offset) / sizeof(T)) {
            return nullptr;
        }
        return reinterpret_cast<const T*>(data_ + offset);
    }

private:
    const char* data_ = nullptr;
    std::size_t size_ = 0;
};

using elf_header = ElfW(Ehdr);
using elf_section = ElfW(Shdr);
using elf_symbol = ElfW(Sym);

std::uintptr_t load_address() {
    std::uintptr_t base = 0;
    ::dl_iterate_phdr(
        [](dl_phdr_info* info, std::size_t, void* out) {
            *static_cast<std::uintptr_t*>(out) = info->dlpi_addr;
            return 1;  // the first object is the executable itself
        },
        &base);
    return base;
}

void read_table(const mapped_file& file, const elf_section& table, const elf_section& names,
                std::vector<symbol>& out) {
    const std::size_t count = table.sh_size / sizeof(elf_symbol);
    const elf_symbol* symbols = file.at<elf_symbol>(table.sh_offset, count);
    const char* text = file.at<char>(names.sh_offset, names.sh_size);
    if (symbols == nullptr || text == nullptr) return;
    const std::uintptr_t base = load_address();
    for (std::size_t i = 0; i < count; ++i) {
        const elf_symbol& each = symbols[i];
        if ((each.st_info & 0xf) != STT_FUNC || each.st_size == 0) continue;
        if (each.st_name >= names.sh_size) continue;
        out.push_back({base + each.st_value, each.st_size, std::string(text + each.st_name)});
    }
}

std::vector<symbol> read_symbols() {
    std::vector<symbol> symbols;
    const mapped_file file("/proc/self/exe");
    const elf_header* header = file.at<elf_header>(0);
    if (header == nullptr || std::memcmp(header->e_ident, ELFMAG, SELFMAG) != 0) return symbols;
    const elf_section* sections = file.at<elf_section>(header->e_shoff, header->e_shnum);
    if (sections == nullptr) return symbols;
    for (std::size_t i = 0; i < header->e_shnum; ++i) {
        if (sections[i].sh_type != SHT_SYMTAB || sections[i].sh_link >= header->e_shnum) continue;
        read_table(file, sections[i], sections[sections[i].sh_link], symbols);
    }
    std::sort(symbols.begin(), symbols.end(),
              [](const symbol& a, const symbol& b) { return a.begin < b.begin; });
    return symbols;
}

/// The mangled name of the coroutine itself. clang calls its body `NAME.resume`; g++ calls it
/// `NAME` + `P` + the frame's type, and that type is `NAME.Frame`.
std::string_view coroutine_name(std::string_view symbol) {
    const std::size_t frame = symbol.find(".Frame");
    if (frame == std::string_view::npos) return symbol.substr(0, symbol.find('.'));
    const std::size_t begin = symbol.rfind("_Z", frame);
    return symbol.substr(begin, frame - begin);
}

std::string demangle(std::string_view symbol) {
    const std::string name(coroutine_name(symbol));
    int status = 0;
    const std::unique_ptr<char, void (*)(void*)> text(
        abi::__cxa_demangle(name.c_str(), nullptr, nullptr, &status), std::free);
    return status == 0 ? text.get() : name;
}

}  // namespace

std::string function_name_at(std::uintptr_t address) {
    static const std::vector<symbol> symbols = read_symbols();
    auto after = std::upper_bound(symbols.begin(), symbols.end(), address,
                                  [](std::uintptr_t a, const symbol& s) { return a < s.begin; });
    if (after != symbols.begin()) {
        const symbol& found = *std::prev(after);
        if (address - found.begin < found.size) return demangle(found.mangled);
    }
    char hex[2 + 2 * sizeof(address) + 1];
    std::snprintf(hex, sizeof hex, "0x%zx", static_cast<std::size_t>(address));
    return hex;
}

}  // namespace weir::detail
