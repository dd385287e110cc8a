// Package subjects writes and reads the NATS subjects of the bus.
package subjects

import (
	"net/url"
	"strings"
)

// trustRootPort is the one port whose subjects say "danger" instead of "safe".
const trustRootPort = "666"

// Request is the subject on which source publishes a request. The path is decoded and taken literally.
func Request(plane, port, source, host, method, path string) string {
	slot, host := splitSlot(strings.ToLower(host))
	return strings.Join([]string{
		plane, trust(port), port, segment(source), Flatten(host), slot, strings.ToUpper(method), encodePath(path, false),
	}, ".")
}

// Subscription is the subject by which an endpoint is served in one slot: "_", or "id-…" for one replica alone.
// Port "0" and method "ANY" are any; path arguments in braces are wildcards.
func Subscription(plane, port, host, slot, method, path string) string {
	method = strings.ToUpper(method)
	if method == "ANY" {
		method = "*"
	}
	trusted := trust(port)
	if port == "0" {
		port = "*"
	}
	return strings.Join([]string{
		plane, trusted, port, "*", Flatten(host), strings.ToLower(slot), method, encodePath(path, true),
	}, ".")
}

// Reply is the subject on which source answers the replica id of the microservice whose flattened hostname is dest.
func Reply(plane, source, dest, id string) string {
	return strings.Join([]string{plane, "reply", "_", segment(source), dest, strings.ToLower(id)}, ".")
}

// Replies is the subject on which the replica id of a microservice awaits its answers.
func Replies(plane, host, id string) string {
	return strings.Join([]string{plane, "reply", "_", "*", Flatten(host), strings.ToLower(id)}, ".")
}

// Source is the flattened hostname in the source segment of a subject, or "_".
// The broker lets no one publish with a source other than its own, so it can be believed.
func Source(subject string) string {
	segments := strings.SplitN(subject, ".", 5)
	if len(segments) < 5 {
		return "_"
	}
	return segments[3]
}

// Flatten writes a hostname as one segment.
func Flatten(host string) string {
	return escape(strings.ReplaceAll(strings.ToLower(host), ".", "_"), "-_")
}

// Unflatten is the hostname that a segment stands for; it is empty for "_".
func Unflatten(segment string) string {
	if segment == "_" {
		return ""
	}
	host, err := url.PathUnescape(strings.ReplaceAll(segment, "_", "."))
	if err != nil {
		return segment
	}
	return host
}

// Matches tells whether a literal subject is matched by a pattern with "*" and ">".
func Matches(pattern, subject string) bool {
	wanted, given := strings.Split(pattern, "."), strings.Split(subject, ".")
	for i, segment := range wanted {
		if segment == ">" {
			return i < len(given)
		}
		if i >= len(given) || (segment != "*" && segment != given[i]) {
			return false
		}
	}
	return len(wanted) == len(given)
}

func trust(port string) string {
	if port == trustRootPort {
		return "danger"
	}
	return "safe"
}

func segment(host string) string {
	if host == "" {
		return "_"
	}
	return Flatten(host)
}

func splitSlot(host string) (slot, rest string) {
	label, rest, found := strings.Cut(host, ".")
	if found && (strings.HasPrefix(label, "id-") || strings.HasPrefix(label, "loc-")) {
		return label, rest
	}
	return "_", host
}

func encodePath(path string, pattern bool) string {
	parts := strings.Split(strings.TrimPrefix(path, "/"), "/")
	for i, part := range parts {
		argument := strings.HasPrefix(part, "{") && strings.HasSuffix(part, "}")
		switch {
		case part == "":
			parts[i] = "_"
		case pattern && argument && strings.HasSuffix(part, "...}") && i == len(parts)-1:
			parts[i] = ">"
		case pattern && (argument || part == "*"):
			parts[i] = "*"
		default:
			parts[i] = escape(part, "-")
		}
	}
	return strings.Join(parts, ".")
}

func escape(text, kept string) string {
	const digits = "0123456789abcdef"
	var escaped strings.Builder
	for i := range len(text) {
		b := text[i]
		switch {
		case b >= 'a' && b <= 'z', b >= 'A' && b <= 'Z', b >= '0' && b <= '9', strings.IndexByte(kept, b) >= 0:
			escaped.WriteByte(b)
		default:
			escaped.Write([]byte{'%', digits[b>>4], digits[b&15]})
		}
	}
	return escaped.String()
}
