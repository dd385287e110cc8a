package storefront

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"example.com/shop/inventory/inventoryapi"
	"example.com/shop/orders/ordersapi"
	"example.com/shop/reports/reportsapi"
)

func (svc *Service) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", svc.health)
	mux.HandleFunc("POST /buy", svc.buy)
	mux.HandleFunc("GET /orders/{id}", svc.order)
	mux.HandleFunc("GET /report", svc.report)
	mux.HandleFunc("GET /exercise", svc.exercise)
	return mux
}

func (svc *Service) health(w http.ResponseWriter, _ *http.Request) {
	if !svc.IsStarted() {
		http.Error(w, "starting", http.StatusServiceUnavailable)
	}
}

func (svc *Service) buy(w http.ResponseWriter, r *http.Request) {
	var wish struct {
		SKU      string `json:"sku"`
		Quantity int    `json:"quantity"`
	}
	if err := json.NewDecoder(r.Body).Decode(&wish); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if err := svc.ensureStock(r.Context(), inventoryapi.NewClient(svc), wish.SKU, wish.Quantity); err != nil {
		fail(w, err)
		return
	}
	order, err := ordersapi.NewClient(svc).Place(r.Context(), wish.SKU, wish.Quantity)
	reply(w, order, err)
}

// ensureStock has the shelves filled if they hold less than what is wanted.
func (svc *Service) ensureStock(ctx context.Context, inventory inventoryapi.Client, sku string, quantity int) error {
	enough, err := inventory.InStock(ctx, sku, quantity)
	if err != nil || enough {
		return err
	}
	_, err = inventory.Restock(ctx, sku)
	return err
}

func (svc *Service) order(w http.ResponseWriter, r *http.Request) {
	order, found, err := ordersapi.NewClient(svc).Load(r.Context(), r.PathValue("id"))
	if err == nil && !found {
		http.Error(w, "no such order", http.StatusNotFound)
		return
	}
	reply(w, order, err)
}

func (svc *Service) report(w http.ResponseWriter, r *http.Request) {
	report, err := reportsapi.NewClient(svc).Summary(r.Context())
	reply(w, report, err)
}

func reply(w http.ResponseWriter, value any, err error) {
	if err == nil {
		w.Header().Set("Content-Type", "application/json")
		err = json.NewEncoder(w).Encode(value)
	}
	if err != nil {
		fail(w, err)
	}
}

func fail(w http.ResponseWriter, err error) {
	status := http.StatusBadGateway
	if errors.Is(err, context.DeadlineExceeded) {
		status = http.StatusGatewayTimeout
	}
	http.Error(w, err.Error(), status)
}
