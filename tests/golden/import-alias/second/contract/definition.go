package contract

import "github.com/microbus-io/fabric/define"

const Hostname = "second.golden"

var Load = define.Function{Host: Hostname, Method: "POST", Route: ":443/second-load"}
