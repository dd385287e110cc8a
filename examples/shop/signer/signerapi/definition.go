// Package signerapi is what others need to call signer.shop.
package signerapi

import (
	"github.com/microbus-io/fabric/define"
)

// What the microservice is.
const (
	Hostname    = "signer.shop"
	Name        = "Signer"
	Version     = 1
	Description = `The signer holds the key that orders are signed with. It is a trust root: only who must may call it.`
)

// Sign signs a text.
var Sign = define.Function{ // MARKER: Sign
	Host: Hostname, Method: "POST", Route: ":666/sign",
	In: SignIn{}, Out: SignOut{},
}

// SignIn has the inputs of Sign.
type SignIn struct {
	Payload string `json:"payload"`
}

// SignOut has the outputs of Sign.
type SignOut struct {
	Signature string `json:"signature"`
}
