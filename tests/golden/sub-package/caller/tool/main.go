// A program of its own, which the microservice does not import.
package main

import "golden.example/target/targetapi"

func main() {
	targetapi.NewClient(nil).Seal(nil)
}
