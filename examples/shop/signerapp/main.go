// The shop's trust root, in a process of its own: nothing else shares its memory.
package main

import (
	"fmt"
	"os"

	"github.com/microbus-io/fabric/application"

	"example.com/shop/signer"
)

func main() {
	app := application.New()
	app.Add(
		signer.NewService(),
	)
	if err := app.Run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(19)
	}
}
