package caller

import (
	"testing"

	"golden.example/caller/inner"
)

func TestRun(t *testing.T) { inner.Run(t.Context(), NewService()) }
