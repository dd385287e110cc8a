"""What functions of Go's standard library and of Microbus' `httpx` make of strings, as far as hosts and URLs need it.

The facts are Go's package documentation; what is not listed here is dynamic. `values` asks.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote

from gencreds.microbus.texts import DYNAMIC, Texts, constant, joined, mapped

HTTPX = "github.com/microbus-io/fabric/httpx"
_VERB = re.compile(r"%([-+# 0-9.\[\]*]*)(.)", re.DOTALL)
_IN_HOST = re.compile(r":|/[^/]")
_METHODS = {
    f"Method{name}": name.upper()
    for name in ("Get", "Head", "Post", "Put", "Patch", "Delete", "Connect", "Options", "Trace")
}


def library_constant(import_path: str, name: str) -> Texts | None:
    """Return the value of a string constant of the standard library, None if it is none that is known."""
    return constant(_METHODS[name]) if import_path == "net/http" and name in _METHODS else None


def library_call(import_path: str, name: str, arguments: list[Texts]) -> Texts | None:
    """Return the first result of a call of the library's function `name`, None for a function that is not known."""
    known = _FUNCTIONS.get((import_path, name))
    if known is None or known[0] not in (len(arguments), -1) or not arguments:
        return None
    return known[1](arguments)


def formatted(form: Texts, arguments: list[Texts]) -> Texts:
    """Return what `fmt.Sprintf` makes of the format and the arguments, each as `%v` would print it."""
    known = form.known
    if known is None or len(known) != 1:
        return DYNAMIC
    parts: list[Texts] = []
    end = used = 0
    for match in _VERB.finditer(known[0]):
        parts.append(constant(known[0][end : match.start()]))
        end = match.end()
        if match[2] == "%":
            parts.append(constant("%"))
            continue
        if "[" in match[1] or "*" in match[1] or used >= len(arguments):
            return DYNAMIC
        parts.append(arguments[used] if not match[1] and match[2] in "svd" else DYNAMIC)
        used += 1
    return joined(*parts, constant(known[0][end:]), *(DYNAMIC for _ in arguments[used:]))


def _joined_host_and_path(host: str, path: str) -> str | None:
    if "://" in path:
        return path
    if path.startswith("//"):
        return f"https:{path}"
    if not path or path.startswith((":", "/")):
        return f"https://{host}{path}"
    return f"https://{host}/{path}"


def _host_and_path(arguments: list[Texts]) -> Texts:
    host, path = arguments
    starts = [pattern[0] if pattern else "" for pattern in path.patterns]
    # With a gap further on, too, a path that starts with a port or a slash is the host's own.
    if all(start is not None and _IN_HOST.match(start) for start in starts):
        return joined(constant("https://"), host, path)
    return mapped(_joined_host_and_path, host, path)


def _joined_path(base: str, *elements: str) -> str | None:
    """As `url.JoinPath`, for elements without dots, and for a base with a scheme."""
    if "://" not in base or any("." in element.split("/") or ".." in element.split("/") for element in elements):
        return None
    scheme, _, rest = base.partition("://")
    if "?" in rest or "#" in rest:
        return None
    host, _, path = rest.partition("/")
    joined_path = re.sub("/+", "/", "/".join((path, *elements)).lstrip("/"))
    return f"{scheme}://{host}/{joined_path}" if joined_path or path else f"{scheme}://{host}"


def _all_joined(arguments: list[Texts]) -> Texts:
    known = mapped(_joined_path, *arguments)
    if known.known is not None or len(arguments) < 2:
        return known
    base = arguments[0].known
    if base is None or len(base) != 1 or "?" in base[0] or "#" in base[0]:
        return DYNAMIC
    # Dots in a dynamic element may climb up to the host, but never beyond it.
    scheme, mark, rest = base[0].partition("://")
    return joined(constant(f"{scheme}://{rest.partition('/')[0]}/"), DYNAMIC) if mark else DYNAMIC


def _each(function: Callable[..., str | None]) -> Callable[[list[Texts]], Texts]:
    return lambda arguments: mapped(function, *arguments)


def _trimmed(function: Callable[[str, str], str]) -> Callable[[list[Texts]], Texts]:
    return lambda arguments: mapped(function, *arguments)


_FUNCTIONS: dict[tuple[str, str], tuple[int, Callable[[list[Texts]], Texts]]] = {
    ("strconv", "Itoa"): (1, lambda arguments: arguments[0]),
    ("strings", "Clone"): (1, lambda arguments: arguments[0]),
    ("strings", "ToUpper"): (1, _each(str.upper)),
    ("strings", "ToLower"): (1, _each(str.lower)),
    ("strings", "TrimSpace"): (1, _each(str.strip)),
    ("strings", "TrimSuffix"): (2, _trimmed(str.removesuffix)),
    ("strings", "TrimPrefix"): (2, _trimmed(str.removeprefix)),
    ("strings", "TrimRight"): (2, _trimmed(lambda text, cut: text.rstrip(cut) if cut else text)),
    ("strings", "TrimLeft"): (2, _trimmed(lambda text, cut: text.lstrip(cut) if cut else text)),
    ("strings", "Trim"): (2, _trimmed(lambda text, cut: text.strip(cut) if cut else text)),
    ("strings", "ReplaceAll"): (3, _each(lambda text, old, new: text.replace(old, new) if old else None)),
    ("net/url", "PathEscape"): (1, _each(lambda text: quote(text, safe="$&+:=@-_.~"))),
    ("net/url", "JoinPath"): (-1, _all_joined),
    (HTTPX, "JoinHostAndPath"): (2, _host_and_path),
    ("fmt", "Sprintf"): (-1, lambda arguments: formatted(arguments[0], arguments[1:])),
}
