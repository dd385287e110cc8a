// Package conf is what the caller is told.
package conf

type Settings struct {
	Main Remote
}

type Remote struct {
	Host string
}
