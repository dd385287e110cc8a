package shared

const version = "/v2"

// URL is where it is.
const URL = "https://shared.golden" + version + "/x"
