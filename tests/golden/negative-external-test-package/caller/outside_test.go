package caller_test

import (
	"testing"

	"golden.example/caller"
	"golden.example/target/targetapi"
)

func TestRun(t *testing.T) {
	targetapi.NewClient(caller.NewService()).Seal(t.Context())
}
