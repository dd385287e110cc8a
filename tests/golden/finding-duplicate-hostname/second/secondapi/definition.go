package secondapi

const Hostname = "caller.golden"
