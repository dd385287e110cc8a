// Package signer is the signer.shop microservice.
package signer

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
)

// Service signs with a key that never leaves it.
type Service struct {
	*Intermediate

	key ed25519.PrivateKey
}

// OnStartup is called before the microservice serves.
func (svc *Service) OnStartup(context.Context) (err error) {
	_, svc.key, err = ed25519.GenerateKey(nil)
	return err
}

// OnShutdown is called when the microservice serves no more.
func (svc *Service) OnShutdown(context.Context) (err error) {
	return nil
}

// Sign signs a text.
func (svc *Service) Sign(_ context.Context, payload string) (signature string, err error) {
	return base64.StdEncoding.EncodeToString(ed25519.Sign(svc.key, []byte(payload))), nil
}
