// Package reports is the reports.shop microservice.
package reports

import (
	"context"
	"encoding/json"

	"github.com/microbus-io/fabric/pub"

	"example.com/shop/inventory/inventoryapi"
	"example.com/shop/reports/reportsapi"
)

// Service sums the day up.
type Service struct {
	*Intermediate
}

// OnStartup is called before the microservice serves.
func (svc *Service) OnStartup(context.Context) (err error) {
	return nil
}

// OnShutdown is called when the microservice serves no more.
func (svc *Service) OnShutdown(context.Context) (err error) {
	return nil
}

// Summary returns the day's figures.
func (svc *Service) Summary(ctx context.Context) (report reportsapi.Report, err error) {
	res, err := svc.Request(ctx, pub.GET("https://orders.shop:444/totals"))
	if err != nil {
		return report, err
	}
	if err = json.NewDecoder(res.Body).Decode(&report); err != nil {
		return report, err
	}
	report.Shelves, report.Outlet = map[string]int{}, map[string]int{}
	for _, sku := range []string{"mug", "shirt"} {
		for answer := range inventoryapi.NewMulticastClient(svc).Stock(ctx, sku) {
			quantity, err := answer.Get()
			if err != nil {
				return report, err
			}
			report.Shelves[sku] += quantity
		}
		// The outlet serves the inventory's endpoint on its own hostname.
		if report.Outlet[sku], err = inventoryapi.NewClient(svc).ForHost("outlet.shop").Stock(ctx, sku); err != nil {
			return report, err
		}
	}
	return report, nil
}
