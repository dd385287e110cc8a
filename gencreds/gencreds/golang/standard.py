"""Methods that Go's standard library calls on what it is given, through the interfaces that it declares.

The facts are those of its package documentation. No code of the source names them where they are called.
"""

from __future__ import annotations

CALLED_BY_GO = frozenset(
    (
        # fmt, errors, flag
        *("String", "GoString", "Format", "Error", "Unwrap", "Is", "As", "Set"),
        # io, io/fs, bufio
        *("Read", "Write", "Close", "Seek", "ReadAt", "WriteAt", "ReadFrom", "WriteTo", "ReadByte", "WriteByte"),
        *("ReadRune", "WriteString", "Open", "Stat", "ReadDir", "ReadFile", "Sync"),
        # net, net/http, net/rpc
        *("ServeHTTP", "RoundTrip", "Header", "WriteHeader", "Flush", "Hijack", "Push", "Accept", "Addr", "Cookies"),
        *("SetCookies", "LocalAddr", "RemoteAddr", "SetDeadline", "SetReadDeadline", "SetWriteDeadline"),
        # context, sync
        *("Deadline", "Done", "Err", "Value", "Lock", "Unlock"),
        # encoding
        *("MarshalJSON", "UnmarshalJSON", "MarshalText", "UnmarshalText", "MarshalBinary", "UnmarshalBinary"),
        *("AppendText", "AppendBinary", "MarshalXML", "UnmarshalXML", "MarshalXMLAttr", "UnmarshalXMLAttr"),
        *("GobEncode", "GobDecode", "Token"),
        # sort, container/heap
        *("Len", "Less", "Swap", "Pop"),
        # log/slog
        *("Enabled", "Handle", "WithAttrs", "WithGroup", "LogValue", "Level"),
        # database/sql
        *("Scan", "Connect", "Driver", "Prepare", "Begin", "Exec", "Query", "Next", "Columns", "Commit", "Rollback"),
    )
)

# Packages whose objects hold what they are given, those whose functions return what has it, and the methods by which
# such objects give it back, or to a function.
HOLDING = frozenset({"container/heap", "container/list", "container/ring", "context", "reflect", "sync", "sync/atomic"})
FORWARDING = frozenset({"context", "iter", "maps", "reflect", "slices", "sync", "sync/atomic"})
GIVING_BACK = frozenset(
    (
        *("Back", "Do", "Elem", "Front", "Get", "Interface", "Load", "LoadAndDelete", "LoadOrStore", "Next", "Prev"),
        *("Range", "Swap", "Value"),
    )
)
