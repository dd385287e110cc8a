package targetapi

const Mirror = "mirror." + Hostname
