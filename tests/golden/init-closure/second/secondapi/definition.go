package secondapi

const Hostname = "second.golden"
