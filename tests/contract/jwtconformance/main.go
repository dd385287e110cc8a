// Reads and writes NATS JWTs with github.com/nats-io/jwt/v2, so that our own implementation can be held against it.
//
//	jwtconformance read              one token a line in; one JSON object a line out: claims as decoded, or the error
//	jwtconformance write COUNT SEED  COUNT random tokens of each kind out, one JSON object a line, with the claims as decoded
//	jwtconformance creds             a .creds file in; its JWT and the public key of its seed out
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"math/rand"
	"os"
	"reflect"
	"strconv"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nkeys"
)

type line struct {
	Kind   string     `json:"kind,omitempty"`
	Token  string     `json:"token,omitempty"`
	Claims jwt.Claims `json:"claims,omitempty"`
	Error  string     `json:"error,omitempty"`
}

func main() {
	log.SetFlags(0)
	switch {
	case len(os.Args) == 2 && os.Args[1] == "read":
		read()
	case len(os.Args) == 4 && os.Args[1] == "write":
		write(number(os.Args[2]), int64(number(os.Args[3])))
	case len(os.Args) == 2 && os.Args[1] == "creds":
		creds()
	default:
		log.Fatal("usage: jwtconformance read | write COUNT SEED | creds")
	}
}

func number(text string) int {
	value, err := strconv.Atoi(text)
	must(err)
	return value
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func read() {
	out := json.NewEncoder(os.Stdout)
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 2*jwt.MaxTokenSize)
	for lines.Scan() {
		must(out.Encode(decoded(lines.Text())))
	}
	must(lines.Err())
}

func decoded(token string) line {
	claims, err := jwt.Decode(token)
	if err != nil {
		return line{Token: token, Error: err.Error()}
	}
	return line{Kind: string(claims.ClaimType()), Token: token, Claims: claims}
}

func creds() {
	text, err := io.ReadAll(os.Stdin)
	must(err)
	token, err := nkeys.ParseDecoratedJWT(text)
	must(err)
	pair, err := nkeys.ParseDecoratedUserNKey(text)
	must(err)
	public, err := pair.PublicKey()
	must(err)
	must(json.NewEncoder(os.Stdout).Encode(map[string]string{"jwt": token, "publicKey": public}))
}

func write(count int, seed int64) {
	out := json.NewEncoder(os.Stdout)
	random := filler{rand.New(rand.NewSource(seed))}
	for i := 0; i < count; i++ {
		operator, account := pair(nkeys.CreateOperator), pair(nkeys.CreateAccount)

		o := jwt.NewOperatorClaims(public(operator))
		random.fill(reflect.ValueOf(&o.Operator).Elem())
		random.standard(&o.ClaimsData)
		o.AccountServerURL = []string{"", "https://example.com/jwt/v1"}[random.Intn(2)]
		must(out.Encode(decoded(encoded(o.Encode(operator)))))

		a := jwt.NewAccountClaims(public(account))
		random.fill(reflect.ValueOf(&a.Account).Elem())
		random.standard(&a.ClaimsData)
		must(out.Encode(decoded(encoded(a.Encode(operator)))))

		u := jwt.NewUserClaims(public(pair(nkeys.CreateUser)))
		random.fill(reflect.ValueOf(&u.User).Elem())
		random.standard(&u.ClaimsData)
		must(out.Encode(decoded(encoded(u.Encode(account)))))
	}
}

func encoded(token string, err error) string {
	must(err)
	return token
}

func pair(create func() (nkeys.KeyPair, error)) nkeys.KeyPair {
	made, err := create()
	must(err)
	return made
}

func public(pair nkeys.KeyPair) string {
	key, err := pair.PublicKey()
	must(err)
	return key
}

// filler sets every field that a claims struct has, whatever fields a later jwt/v2 may add.
type filler struct{ *rand.Rand }

var letters = []rune("abcXYZ019.*>-_ <&>\"\\/é€\u2028\t\n\x01😀")

func (r filler) text() string {
	runes := make([]rune, r.Intn(12))
	for i := range runes {
		runes[i] = letters[r.Intn(len(letters))]
	}
	return string(runes)
}

func (r filler) standard(c *jwt.ClaimsData) {
	c.Name, c.Audience = r.text(), r.text()
	c.Expires, c.NotBefore = r.number(), r.number()
}

func (r filler) number() int64 {
	return []int64{0, -1, 1, 1 << 40, int64(r.Int31())}[r.Intn(5)]
}

func (r filler) fill(v reflect.Value) {
	switch value := v.Addr().Interface().(type) {
	case *jwt.GenericFields:
		r.fill(v.FieldByName("Tags"))
		return
	case *jwt.SigningKeys:
		*value = jwt.SigningKeys{}
		for i := r.Intn(4); i > 0; i-- {
			key := public(pair(nkeys.CreateAccount))
			(*value)[key] = nil
			if r.Intn(2) == 0 {
				scope := jwt.NewUserScope()
				r.fill(reflect.ValueOf(scope).Elem())
				scope.Key = key
				(*value)[key] = scope
			}
		}
		return
	case *jwt.ScopeType:
		*value = jwt.UserScopeType
		return
	case *jwt.ExportType:
		*value = jwt.ExportType(1 + r.Intn(2))
		return
	case *jwt.SamplingRate:
		*value = jwt.SamplingRate(r.Intn(101))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := 0; i < v.NumField(); i++ {
			r.fill(v.Field(i))
		}
	case reflect.Pointer:
		if r.Intn(2) == 0 || v.Type().Elem() == reflect.TypeOf(jwt.Import{}) || v.Type().Elem() == reflect.TypeOf(jwt.Export{}) {
			v.Set(reflect.New(v.Type().Elem()))
			r.fill(v.Elem())
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), r.Intn(3), 3))
		for i := 0; i < v.Len(); i++ {
			r.fill(v.Index(i))
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for i := r.Intn(3); i > 0; i-- {
			key, entry := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			r.fill(key)
			r.fill(entry)
			v.SetMapIndex(key, entry)
		}
	case reflect.String:
		v.SetString(r.text())
	case reflect.Bool:
		v.SetBool(r.Intn(2) == 0)
	case reflect.Int, reflect.Int64:
		v.SetInt(r.number())
	case reflect.Uint8, reflect.Uint:
		v.SetUint(uint64(r.Intn(256)))
	default:
		log.Fatal(fmt.Sprintf("jwt/v2 has a field of a kind that this program does not fill: %s", v.Type()))
	}
}
