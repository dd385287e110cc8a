// Package targetapi has no helpers here.
package targetapi
