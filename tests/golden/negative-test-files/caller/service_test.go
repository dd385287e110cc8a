package caller

import (
	"testing"

	"golden.example/target/targetapi"
)

func TestRun(t *testing.T) {
	targetapi.NewClient(NewService()).Seal(t.Context())
}
