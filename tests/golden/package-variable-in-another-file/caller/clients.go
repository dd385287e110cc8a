package caller

import (
	"golden.example/target/targetapi"
)

var (
	count  = 0
	target = targetapi.NewClient(nil)
)
