package callerapi

const Hostname = "caller.golden"
