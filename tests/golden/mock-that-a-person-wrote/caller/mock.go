// Mock stands in for the microservice, by asking another one.
package caller

import (
	"context"

	"golden.example/target/targetapi"
)

type Mock struct{ *Intermediate }

func (svc *Mock) Own(ctx context.Context) error {
	return targetapi.NewClient(svc).Save(ctx) // want call POST target.golden:444/save
}
