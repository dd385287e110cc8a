// Package web has handlers that Go's own server calls.
package web

import (
	"net/http"

	"github.com/microbus-io/fabric/service"

	"golden.example/target/targetapi"
)

// Handler saves whatever it is asked.
type Handler struct {
	target targetapi.Client
}

// NewHandler is one for the microservice caller.
func NewHandler(caller service.Publisher) *Handler {
	return &Handler{target: targetapi.NewClient(caller)}
}

// ServeHTTP is called by Go.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.target.Save(r.Context()) // want call POST target.golden:444/save
}

// Other is used by nobody.
type Other struct {
	target targetapi.Client
}

// ServeHTTP is called by nobody.
func (o *Other) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	o.target.Seal(r.Context())
}
