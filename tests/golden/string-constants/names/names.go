package names

const prefix = "else"

const Elsewhere = prefix + "where.golden"
