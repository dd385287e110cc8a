module golden.example

go 1.26.0

require github.com/microbus-io/fabric v1.45.0
