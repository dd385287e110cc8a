// upstream: misses: it looks at the microservice's own directory alone.
package caller

import (
	"net/http"

	"golden.example/web"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(w http.ResponseWriter, r *http.Request) error {
	http.Handle("/", web.NewHandler(svc))
	return nil
}
