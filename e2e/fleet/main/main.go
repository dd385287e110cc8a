// The fleet: microservices that call each other all the time, and count what becomes of it.
package main

import (
	"fmt"
	"os"

	"github.com/microbus-io/fabric/application"

	"example.com/fleet/crowd"
	"example.com/fleet/first"
	"example.com/fleet/load"
	"example.com/fleet/second"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == "crowd" {
		crowd.Hold(os.Args[2:])
		return
	}
	app := application.New()
	app.Add(
		first.NewService(),
		second.NewService(),
	)
	load.Serve(2)
	err := app.Run()
	load.Tell()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(19)
	}
}
