module golden.example

go 1.24

require github.com/microbus-io/fabric v1.41.0
