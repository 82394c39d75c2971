# SPDX-License-Identifier: Apache-2.0
"""The rules of the house that a program can judge. Each rule yields (file, line, rule, hint)."""

import re

import cpp_text

MAX_FUNCTION_LINES = 70
MAX_FILE_LINES = 500
MAX_COLUMNS = 100
CODE = (".hpp", ".cpp", ".py", ".sh", ".build")
CPP = (".hpp", ".cpp")
BANNED_NAMES = {"util", "utils", "common", "misc", "helper", "helpers", "manager", "impl2"}
VENDOR = re.compile(
    r"<(liburing|openssl/|wslay/|llhttp|boost/|simdjson|sys/|netinet/|arpa/|linux/|net/if"
    r"|(unistd|fcntl|poll|netdb|signal|pthread|sched|immintrin|x86intrin|zlib)\.h)"
)
TIME_WORDS = set(
    "timeout delay interval deadline duration ms us ns sec secs seconds millis micros nanos"
    .split()
)
BARE_TIME = re.compile(
    r"\b(?:unsigned|int|long|short|double|float|(?:std::)?(?:u?int\d+|size|time)_t)\s+"
    r"(?:(?:int|long)\s+)*&?(?P<name>[a-z]\w*)\s*(?=[,;)={])"
)
AWAIT_CAPTURE = re.compile(r"[(,]\s*\[\s*(?!this\b|&|\])[^\]]*\]\s*(?:\(|\{|mutable\b)")

VARIABLE = re.compile(
    r"(?:^|[;{}(])\s*(?!(?:return|co_return|co_await|throw|delete|using|else|case|goto)\b)"
    r"(?:(?:const|constexpr|static|auto)\b[\s&*]*|[\w:]+(?:<[^;=]*>)?(?:::\w+)*[\s&*]+)"
    r"(?:[\w:]+(?:<[^;=]*>)?[\s&*]+)*(?:\w+|\[[\w, ]+\])\s*[=;({:]"
)


class Layers:
    """The order in layers.txt: which room may include which."""

    def __init__(self, text):
        self.place, self.left_allowed = {}, {}
        for line in text.splitlines():
            words = line.split("#")[0].split()
            for column, room in enumerate(words[2:]):
                self.place[room] = (int(words[0]), column)
                self.left_allowed[room] = words[1] == "left"

    def allows(self, room, target):
        if room == target:
            return True
        (layer, column), (target_layer, target_column) = self.place[room], self.place[target]
        if layer == target_layer:
            return self.left_allowed[room] and target_column < column
        return target_layer < layer


class Source:
    """One file: its path below the root, its text, and what is derived from it once."""

    def __init__(self, path, text):
        self.path, self.text, self.lines = path, text, text.splitlines()
        self.suffix = "." + path.rsplit(".", 1)[-1] if "." in path.rsplit("/", 1)[-1] else ""
        self.is_cpp = self.suffix in CPP
        self.code = cpp_text.blanked(text) if self.is_cpp else ""
        self.declarations = cpp_text.declarations(text) if self.is_cpp else []
        parts = path.split("/")
        self.is_public = path.startswith("include/weir/") and "detail" not in parts
        self.room = None
        if path.startswith("include/weir/") and len(parts) > 3:
            self.room = parts[2]
        elif path.startswith("src/") and len(parts) > 2 and parts[1] != "pch":
            self.room = parts[1]

    def is_code(self):
        return self.suffix in CODE or self.text.startswith("#!")

    def matches(self, pattern):
        for match in re.finditer(pattern, self.code):
            yield cpp_text.line_of(self.code, match.start()), match

    def docstring(self, line):
        """The `///` lines that stand directly above `line` (1-based)."""
        first = line - 1
        while first > 0 and self.lines[first - 1].lstrip().startswith("///"):
            first -= 1
        return "\n".join(self.lines[first : line - 1])


def file_shape(source):
    if source.is_code() and len(source.lines) > MAX_FILE_LINES:
        yield 1, "file-length", f"{len(source.lines)} lines; which noun hides in it?"
    if source.is_code():
        for number, line in enumerate(source.lines, 1):
            if len(line) > MAX_COLUMNS:
                yield number, "line-length", f"{len(line)} columns, at most {MAX_COLUMNS}"
        if not any("SPDX-License-Identifier: Apache-2.0" in line for line in source.lines[:3]):
            yield 1, "spdx", "begin with // SPDX-License-Identifier: Apache-2.0"
    words = re.split(r"[/._]", source.path)
    for word in sorted(BANNED_NAMES.intersection(words)):
        yield 1, "banned-name", f"'{word}' says nothing: name the noun"


def functions(source):
    for declared in source.declarations:
        lines = declared.last_line - declared.first_line + 1
        if declared.kind == "function" and lines > MAX_FUNCTION_LINES:
            yield (declared.first_line, "function-length",
                   f"{declared.name} has {lines} lines, at most {MAX_FUNCTION_LINES}")


def leftovers(source):
    if not source.is_code():
        return
    for number, line in enumerate(source.lines, 1):
        if source.is_cpp and re.match(r"\s*#\s*if\s+0\b", line):
            yield number, "if-0", "delete it; history remembers"
        # The split literal keeps this very line from being found.
        if re.search(r"\bTO" r"DO\b(?!\([\w-]+\): \S)", line):
            yield number, "todo", "say which kind and why: TO" "DO(kind): reason"


def includes(source, layers):
    if not source.is_cpp or source.room is None and not source.is_public:
        return
    for number, line in enumerate(source.lines, 1):
        found = re.match(r'\s*#\s*include\s*([<"][^>"]+[>"])', line)
        if not found:
            continue
        target = found.group(1)
        if source.path.startswith("include/") and VENDOR.match(target):
            yield number, "vendor-include", f"{target} in a header of ours: forward-declare instead"
        if target == "<weir/weir.hpp>":
            yield number, "umbrella", "weir.hpp is for users; include what is used"
        room = re.match(r'<weir/(\w+)/|"(\w+)/', target)
        room = room and (room.group(1) or room.group(2))
        if source.room in layers.place and room in layers.place:
            if not layers.allows(source.room, room):
                yield number, "layer", f"{source.room} may not include {room} (layers.txt)"
    if source.room is not None and source.room not in layers.place:
        yield 1, "layer", f"the room {source.room} is not in layers.txt"


def time_types(source):
    if not source.path.startswith(("include/", "src/", "examples/")):
        return
    for line, match in source.matches(BARE_TIME):
        if TIME_WORDS.intersection(match.group("name").split("_")):
            yield line, "bare-time", f"{match.group('name')}: use std::chrono"


def await_captures(source):
    """g++ 12.2 destroys such a closure twice (tests/canary, P01)."""
    if source.path.startswith("tests/canary/"):
        return
    for line, match in source.matches(r"\bco_(?:await|yield)\b[^;]*"):
        if AWAIT_CAPTURE.search(match.group()):
            yield line, "await-capture", "name the lambda in a statement before the co_await"


def bare_conditions(source):
    """g++ 12.2 loses a coroutine that waits in such a head (tests/canary, P41 and P44)."""
    if source.path.startswith("tests/canary/"):
        return
    for line, match in source.matches(r"\b(?:if|while|switch|for)\s*\("):
        opened = match.end() - 1
        head = source.code[opened + 1 : cpp_text.closing(source.code, opened)]
        if not re.search(r"\bco_await\b", head) or VARIABLE.match(head):
            continue
        if not any(VARIABLE.search(text) for text in cpp_text.blocks_around(source.code, opened)):
            yield line, "bare-condition", "name what the co_await gives, in a statement before"


def is_hidden(declared):
    return "detail" in declared.scopes or "" in declared.scopes or declared.access != "public"


def docstrings(source, awaitables):
    if not source.is_public or source.suffix != ".hpp":
        return
    for declared in source.declarations:
        if is_hidden(declared) or re.search("operator|::|§", declared.name):
            continue
        doc = source.docstring(declared.first_line)
        if suspends(declared, awaitables):
            for part in ("Errors:", "Cancellation:"):
                if part not in doc:
                    yield declared.first_line, "suspending", f"{declared.name}: say its {part}"
        elif not doc and needs_docstring(declared):
            yield declared.first_line, "docstring", f"{declared.name}: a /// says what it is for"


def needs_docstring(declared):
    if declared.in_class or not declared.name or declared.head.startswith("friend"):
        return False
    if declared.kind == "class":
        return declared.is_definition() and not re.match(r"template\s*<\s*>", declared.head)
    return declared.kind in ("function", "concept")


def suspends(declared, awaitables):
    if declared.kind != "function" or not declared.name or "(" not in declared.head:
        return False
    plain = cpp_text.without_groups(declared.head)
    before_name = re.split(re.escape(declared.name) + r"\s*¶", plain)[0]
    returned = re.sub(r"[¶§\s]+", " ", before_name).split()
    return bool(returned) and returned[-1].split("::")[-1] in awaitables


def awaitable_names(sources):
    """Classes of public headers that can be awaited: they, or a base of theirs, say how."""
    classes = [
        declared
        for source in sources
        if source.path.startswith("include/weir/")
        for declared in source.declarations
        if declared.kind == "class" and declared.is_definition()
    ]
    bare = lambda declared: re.sub(r"[^\w]", "", declared.name)
    names = {bare(c) for c in classes if re.search(r"await_suspend|operator co_await", c.body)}
    grown = True
    while grown:
        derived = {
            bare(c) for c in classes
            if names.intersection(re.findall(r"\w+", "".join(c.head.split(" : ")[1:])))
        }
        grown = not derived <= names
        names |= derived
    return names


def kernel_requests(sources):
    """Each io_uring_prep_* is written once, in src/io/op/, so that a request has one owner."""
    seen = {}
    for source in sources:
        if not source.path.startswith(("include/", "src/")):
            continue
        for line, match in source.matches(r"\bio_uring_prep_\w+"):
            if not source.path.startswith("src/io/op/"):
                yield source.path, line, "prep-place", f"{match.group()} belongs into src/io/op/"
            elif match.group() in seen:
                yield (source.path, line, "prep-once",
                       f"{match.group()} is already in {seen[match.group()]}")
            seen.setdefault(match.group(), source.path)


def untested(sources):
    """A source has a test named after it, or after the header that it implements."""
    texts = {source.path: source.text for source in sources}
    paths = set(texts)
    for path in sorted(paths):
        found = re.match(r"src/(\w+)/(?:.*/)?(\w+)\.cpp$", path)
        if not found or path.startswith("src/pch/"):
            continue
        room, stem = found.groups()
        header = re.search(r'#include ["<](?:.*/)?(\w+)\.hpp[">]', texts[path])
        stems = f"({stem}|{header.group(1)})" if header else stem
        tests = (rf"tests/\w+/{room}/(.*/)?{stems}_test\.cpp$",
                 rf"tests/death/{room}/{stems}_\w+\.cpp$")
        if not any(re.match(test, other) for test in tests for other in paths):
            yield path, 1, "untested", f"write tests/<kind>/{room}/{stem}_test.cpp"


def unlisted(sources):
    """A source that no meson.build names is neither built nor tested."""
    builds = {s.path.rsplit("/", 1)[0]: s.text for s in sources if s.path.endswith("/meson.build")}
    for source in sources:
        if not re.match(r"src/(?!pch/).*\.cpp$|tests/(unit|ring)/.*_test\.cpp$", source.path):
            continue
        folder, name = source.path.rsplit("/", 1)
        while "/" in folder and f"'{name}'" not in builds.get(folder, ""):
            folder, last = folder.rsplit("/", 1)
            name = f"{last}/{name}"
        if f"'{name}'" not in builds.get(folder, ""):
            yield source.path, 1, "unlisted", "name it in the meson.build of its folder"


def umbrella(sources):
    """weir.hpp, where there is one, includes every public header but those for tests (sim)."""
    texts = [source.text for source in sources if source.path == "include/weir/weir.hpp"]
    for source in sources:
        target = source.path.removeprefix("include/")
        if source.room == "sim":
            continue
        if texts and source.is_public and source.suffix == ".hpp" and target != "weir/weir.hpp":
            if f"<{target}>" not in texts[0]:
                yield source.path, 1, "umbrella", "weir/weir.hpp must include it"


def is_allowed(source, line, rule):
    """`tidy: allow(rule): reason` on the line or the one above it lets one finding pass."""
    near = source.lines[max(0, line - 2) : line]
    return any(re.search(rf"tidy: allow\({re.escape(rule)}\): \S", text) for text in near)


def findings(sources, layers):
    by_path = {source.path: source for source in sources}
    awaitables = awaitable_names(sources)
    found = []
    for source in sources:
        for rule in (file_shape, functions, leftovers, time_types, await_captures,
                     bare_conditions):
            found += [(source.path, *finding) for finding in rule(source)]
        found += [(source.path, *finding) for finding in includes(source, layers)]
        found += [(source.path, *finding) for finding in docstrings(source, awaitables)]
    for rule in (kernel_requests, untested, unlisted, umbrella):
        found += list(rule(sources))
    return sorted(f for f in found if not is_allowed(by_path[f[0]], f[1], f[2]))
