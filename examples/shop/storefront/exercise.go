package storefront

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/microbus-io/fabric/pub"

	"example.com/shop/inventory/inventoryapi"
	"example.com/shop/notifier/notifierapi"
	"example.com/shop/orders/ordersapi"
	"example.com/shop/reports/reportsapi"
)

// outcome is what became of one call.
type outcome struct {
	Name  string `json:"name"`
	OK    bool   `json:"ok"`
	Error string `json:"error,omitempty"`
}

// exercise makes every call that this microservice has in its code; those that they call do the same. So each grant of
// the app is used, and a missing one shows. It answers 502 if a call failed.
func (svc *Service) exercise(w http.ResponseWriter, r *http.Request) {
	calls := []struct {
		name string
		make func(ctx context.Context) error
	}{
		{"inventory.shop Stock", func(ctx context.Context) error {
			_, err := inventoryapi.NewClient(svc).InStock(ctx, "mug", 1)
			return err
		}},
		{"inventory.shop Restock: orders.shop Pending", func(ctx context.Context) error {
			_, err := inventoryapi.NewClient(svc).Restock(ctx, "mug")
			return err
		}},
		{"orders.shop Place: inventory.shop Reserve, signer.shop Sign, OnOrderPlaced", func(ctx context.Context) error {
			_, err := ordersapi.NewClient(svc).Place(ctx, "mug", 1)
			return err
		}},
		{"orders.shop Load", func(ctx context.Context) error {
			_, _, err := ordersapi.NewClient(svc).Load(ctx, "none")
			return err
		}},
		{"notifier.shop Recent", func(ctx context.Context) error {
			_, err := notifierapi.NewClient(svc).Recent(ctx)
			return err
		}},
		{"reports.shop Summary: orders.shop Totals, inventory.shop Stock, outlet.shop Stock", func(ctx context.Context) error {
			_, err := reportsapi.NewClient(svc).Summary(ctx)
			return err
		}},
		{"all ping", svc.pingAll},
	}
	status, outcomes := http.StatusOK, []outcome{}
	for _, call := range calls {
		made := outcome{Name: call.name, OK: true}
		if err := call.make(r.Context()); err != nil {
			made.OK, made.Error = false, err.Error()
			status = http.StatusBadGateway
		}
		outcomes = append(outcomes, made)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(outcomes); err != nil {
		svc.LogError(r.Context(), "Reply", "error", err)
	}
}

// pingAll fails if a microservice answers a ping with an error, or none answers.
func (svc *Service) pingAll(ctx context.Context) error {
	pongs := 0
	for answer := range svc.Publish(ctx, pub.GET("https://all:888/ping")) {
		if _, err := answer.Get(); err != nil {
			return err
		}
		pongs++
	}
	if pongs == 0 {
		return errors.New("no microservice answered")
	}
	return nil
}
