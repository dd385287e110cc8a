// The shop: every microservice but the signer, which has a process of its own.
package main

import (
	"fmt"
	"os"

	"github.com/microbus-io/fabric/application"

	"example.com/shop/inventory"
	"example.com/shop/notifier"
	"example.com/shop/orders"
	"example.com/shop/outlet"
	"example.com/shop/reports"
	"example.com/shop/storefront"
)

func main() {
	app := application.New()
	app.Add(
		inventory.NewService(),
		notifier.NewService(),
		orders.NewService(),
		outlet.NewService(),
		reports.NewService(),
	)
	app.Add(
		// What serves the world comes last.
		storefront.NewService(),
	)
	if err := app.Run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(19)
	}
}
