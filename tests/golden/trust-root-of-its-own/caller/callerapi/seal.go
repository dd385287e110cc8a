package callerapi

import (
	"github.com/microbus-io/fabric/define"
)

// Mint is a trust root.
var Mint = define.Function{
	Host: Hostname, Method: "POST", Route: ":666/mint",
}
