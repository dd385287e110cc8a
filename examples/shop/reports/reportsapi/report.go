package reportsapi

// Report has the day's figures.
type Report struct {
	Orders  int            `json:"orders"`
	Items   int            `json:"items"`
	Shelves map[string]int `json:"shelves"` // of all replicas of inventory.shop together
	Outlet  map[string]int `json:"outlet"`
}
