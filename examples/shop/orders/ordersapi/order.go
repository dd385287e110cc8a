package ordersapi

// Order is what a customer ordered.
type Order struct {
	ID        string `json:"id"`
	SKU       string `json:"sku"`
	Quantity  int    `json:"quantity"`
	Reserved  bool   `json:"reserved"` // false: it waits for more goods
	Signature string `json:"signature"`
}
