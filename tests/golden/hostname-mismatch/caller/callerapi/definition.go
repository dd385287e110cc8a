package callerapi // want finding hostname-mismatch

const Hostname = "caller.golden"
