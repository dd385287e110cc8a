// Package urls is the caller's own.
package urls

import "golden.example/other/otherapi"

const (
	port = "444"
	Base = "https://" + otherapi.Hostname + ":" + port
)

var Table = map[string]string{"a": "https://table.golden/a"}

func Of(path string) string { return Base + path }
