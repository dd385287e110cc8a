// does not compile: a definition is computed by what does not exist.
package targetapi

import (
	"github.com/microbus-io/fabric/define"
)

const (
	Hostname = "target.golden"
	Name     = "target"
	Version  = 1
)

const prefix = ":444"

var Fine = define.Function{Host: Hostname, Method: "GET", Route: prefix + "/fine"}

var Computed = define.Function{Host: Hostname, Method: "GET", Route: route()}

var Unstated = define.Task{Host: Hostname, Route: ":428/unstated"}
