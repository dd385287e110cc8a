// Package reportsapi is what others need to call reports.shop.
package reportsapi

import (
	"github.com/microbus-io/fabric/define"
)

// What the microservice is.
const (
	Hostname    = "reports.shop"
	Name        = "Reports"
	Version     = 1
	Description = `The reports microservice sums the day up, on a hostname that stays when it is replaced.`
)

// Summary returns the day's figures.
var Summary = define.Function{ // MARKER: Summary
	Host: Hostname, Method: "GET", Route: "//daily.reports/summary",
	In: SummaryIn{}, Out: SummaryOut{},
}

// SummaryIn has the inputs of Summary.
type SummaryIn struct{}

// SummaryOut has the outputs of Summary.
type SummaryOut struct {
	Report Report `json:"report"`
}
