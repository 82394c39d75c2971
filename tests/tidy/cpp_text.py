# SPDX-License-Identifier: Apache-2.0
"""Reads C++ text far enough to see its declarations.

It is no parser: comments, literals and directives are blanked, then braces are matched and the
text before each brace tells what it opens. That is enough for rules of style, needs no compiler,
and reads the whole tree in well under a second.
"""

import re
from dataclasses import dataclass

CLOSER = {"(": ")", "{": "}", "[": "]"}
SKIPPED = re.compile(
    r"""//[^\n]*
      | /\*.*?\*/
      | (?:u8|[uUL])?R"(?P<delimiter>[^()\s\\]{0,16})\(.*?\)(?P=delimiter)"
      | "(?:\\.|[^"\\\n])*"
      | (?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'
      | ^[ \t]*\#(?:\\\n|//[^\n]*|[^\n])*
    """,
    re.DOTALL | re.MULTILINE | re.VERBOSE,
)


@dataclass
class Declaration:
    """One thing declared at namespace or class level; `head` is its text before body or `;`."""

    kind: str  # class, function, concept, other
    name: str
    head: str
    body: str
    first_line: int
    last_line: int
    scopes: tuple  # names of the enclosing namespaces and classes; "" when unnamed
    access: str
    in_class: bool

    def is_definition(self):
        return bool(self.body)


def blanked(text):
    """The text with comments, literals and directives as spaces; lines and columns stay."""
    return SKIPPED.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)


def uncommented(text):
    """As `blanked`, but directives stay: for rules about #include and #if."""

    def replaced(match):
        found = match.group()
        if found.lstrip().startswith("#"):
            return re.sub(r"//[^\n]*|/\*.*?\*/", "", found)
        return re.sub(r"[^\n]", " ", found)

    return SKIPPED.sub(replaced, text)


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def closing(code, position):
    """The position of the bracket that closes the one at `position` (or the end of the text)."""
    opener, closer, depth = code[position], CLOSER[code[position]], 0
    for match in re.compile("[" + re.escape(opener + closer) + "]").finditer(code, position):
        depth += 1 if match.group() == opener else -1
        if depth == 0:
            return match.start()
    return len(code) - 1


def opening(code, position):
    """The position of the bracket that the one at `position` closes (or the begin of the text)."""
    closer = code[position]
    opener = next(key for key, value in CLOSER.items() if value == closer)
    depth = 0
    for index in range(position, -1, -1):
        depth += (code[index] == closer) - (code[index] == opener)
        if depth == 0:
            return index
    return 0


def without_brackets(text):
    """`text` with nothing in its round and curly brackets."""
    for inner in (r"\((?:[^()]|\(\))+\)", r"\{(?:[^{}]|\{\})+\}"):
        while re.search(inner, text):
            text = re.sub(inner, lambda match: match.group()[0] + match.group()[-1], text)
    return text


def blocks_around(code, position):
    """What stands directly in each block around `position` and in the head of that block, innermost
    first, out to the body of the function or lambda."""
    while True:
        opened = position - 1
        while opened >= 0 and code[opened] != "{":
            opened = opening(code, opened) - 1 if code[opened] == "}" else opened - 1
        if opened < 0:
            return
        yield without_brackets(code[opened + 1 : closing(code, opened)])
        before = code[:opened].rstrip()
        if before.endswith(")"):
            begin = opening(code, len(before) - 1)
            if not re.search(r"\b(if|if constexpr|for|while|switch|catch)\s*$", code[:begin]):
                return
            yield before[begin:]
        elif not re.search(r"([;{}:]|\belse|\bdo|\btry)$", before):
            return
        position = opened


def without_groups(head):
    """`head` without template parameter lists, attributes and anything in round brackets."""
    while re.search(r"\([^()]*\)", head):
        head = re.sub(r"\([^()]*\)", "¶", head)
    head = re.sub(r"\[\[.*?\]\]", "", head, flags=re.DOTALL)
    head = head.replace("->", "→")
    while re.search(r"<[^<>]*>", head):
        head = re.sub(r"<[^<>]*>", "§", head)
    return head


def kind_of(head):
    """What the brace after `head` opens: namespace, class, concept, function or other."""
    plain = without_groups(head)
    if re.search(r"\bnamespace(\s+[\w:]+)*\s*$", plain) or re.search(r"\bextern\s*$", plain):
        return "namespace"
    if re.search(r"\bconcept\b", plain):
        return "concept"
    if re.search(r"(?<!operator)(?<![=!<>+\-*/|&^])=\s*(\[|$|\w)", plain):
        return "other"
    front = re.split(r"(?<!:):(?!:)", plain)[0]
    front = re.sub(r"^\s*(template\s*§\s*)*(requires\s*¶?\s*(\w|::|§|&&|\|\|)*?)?", "", front)
    if re.search(r"\b(class|struct|union|enum)\b", front) and "¶" not in re.sub(
        r"(alignas|requires)\s*¶", "", front
    ):
        return "class"
    return "function" if "¶" in plain else "other"


def name_of(kind, head):
    plain = without_groups(head)
    if kind == "namespace":
        found = re.search(r"\bnamespace\s+([\w:]+)\s*$", plain)
    elif kind == "class":
        found = re.search(r"\b(?:class|struct|union|enum(?:\s+class)?)\s+(?:WEIR_\w+\s+)?"
                          r"(?:alignas\s*¶\s*)?([\w:]+§?)", plain)
    elif kind == "concept":
        found = re.search(r"\bconcept\s+(\w+)", plain)
    else:
        plain = re.sub(r"\b(requires|explicit|noexcept)\s*¶?(\s*\{[^{}]*\})?", "", plain)
        found = re.search(r"(operator[^¶]*|~?[\w:]+)\s*¶", plain)
    return found.group(1).strip() if found else ""


class Reader:
    """Walks the scopes of one blanked text and collects its declarations."""

    def __init__(self, code):
        self.code = code
        self.found = []

    def read(self):
        self.scope(0, len(self.code), (), "public", False)
        return self.found

    def scope(self, position, end, scopes, access, in_class):
        start = position
        while position < end:
            character = self.code[position]
            if character in "([":
                position = closing(self.code, position)
            elif character == "{":
                position, closed = self.brace(start, position, scopes, access, in_class)
                start = position + 1 if closed else start
            elif character == ";":
                self.statement(start, position, scopes, access, in_class)
                start = position + 1
            elif character == ":" and in_class:
                label = re.search(r"\b(public|private|protected)\s*$", self.code[start:position])
                access, start = (label.group(1), position + 1) if label else (access, start)
            position += 1

    def brace(self, start, position, scopes, access, in_class):
        """Handles the brace at `position`; tells where it ends and whether the head is used up."""
        head, end = self.code[start:position], closing(self.code, position)
        kind = kind_of(head)
        if kind == "namespace" or kind == "class":
            name = name_of(kind, head)
            default = "private" if re.search(r"\bclass\b", without_groups(head)) else "public"
            inner = "public" if kind == "namespace" else default
            if kind == "class":
                self.add(kind, start, position, end, scopes, access, in_class)
            if not re.search(r"\benum\b", head):
                self.scope(position + 1, end, scopes + (name,), inner, kind == "class")
            return end, True
        following = self.code[end + 1 :].lstrip()[:1]
        requirement = re.search(r"(requires|=|&&|\|\||!)\s*requires\s*¶?\s*$", without_groups(head))
        if requirement or kind != "function" or following in (",", "{", ";", ")"):
            return end, False
        self.add(kind, start, position, end, scopes, access, in_class)
        return end, True

    def statement(self, start, position, scopes, access, in_class):
        head = self.code[start:position]
        plain = without_groups(head)
        if re.search(r"\bconcept\b", plain):
            kind = "concept"
        elif "¶" in plain and not re.search(r"\b(using|typedef|static_assert|friend)\b", plain):
            kind = "function" if re.search(r"[\w>&*§\]]\s+[&*]*~?[\w:]+\s*¶", plain) else "other"
        else:
            kind = "other"
        self.add(kind, start, position, position, scopes, access, in_class)

    def add(self, kind, start, position, end, scopes, access, in_class):
        head = self.code[start:position]
        gap = [match.end() for match in re.finditer(r"\n[ \t]*\n", head.rstrip())]
        start += gap[-1] if gap else 0
        head = self.code[start:position]
        start += len(head) - len(head.lstrip())
        self.found.append(
            Declaration(
                kind,
                name_of(kind, head),
                head.strip(),
                self.code[position : end + 1] if end > position else "",
                line_of(self.code, start),
                line_of(self.code, end),
                scopes,
                access,
                in_class,
            )
        )


def declarations(text):
    return Reader(blanked(text)).read()
