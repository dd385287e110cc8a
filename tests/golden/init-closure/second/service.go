package second

import (
	"github.com/microbus-io/fabric/connector"

	"golden.example/second/secondapi"
)

type Service struct {
	*connector.Connector
}

func NewService() *Service {
	return &Service{connector.New(secondapi.Hostname)}
}
