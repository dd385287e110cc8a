package caller

import (
	"context"
	"net/http"
	"strings"
)

type Service struct {
	*Intermediate
}

func (svc *Service) Run(ctx context.Context) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://outside.example/x", nil)
	if err != nil {
		return err
	}
	_, err = http.DefaultClient.Do(request)
	http.Get("https://outside.example/y")
	http.Post("https://outside.example/z", "text/plain", strings.NewReader("x"))
	return err
}
