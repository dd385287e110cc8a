package inventoryapi

import "context"

// InStock tells whether that much of a product is on the shelves.
func (_c Client) InStock(ctx context.Context, sku string, quantity int) (bool, error) {
	there, err := _c.Stock(ctx, sku)
	return there >= quantity, err
}
