// Package storefrontapi is what others need to call storefront.shop.
package storefrontapi

// What the microservice is.
const (
	Hostname    = "storefront.shop"
	Name        = "Storefront"
	Version     = 1
	Description = `The storefront is the shop's face to the world: it serves HTTP and asks the others.`
)
