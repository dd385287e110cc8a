// Package httpx has the URL work that generated clients need.
package httpx

import "strings"

// JoinHostAndPath resolves a route against a hostname to a full URL.
//
// A route is empty, ":port/path", "/path", "path", "//other.host/path", or a full URL; the last two ignore the hostname.
func JoinHostAndPath(host string, route string) string {
	switch {
	case strings.Contains(route, "://"):
		return route
	case strings.HasPrefix(route, "//"):
		return "https:" + route
	case route == "" || route[0] == ':' || route[0] == '/':
		return "https://" + host + route
	default:
		return "https://" + host + "/" + route
	}
}
