// Package pub has the options of an outgoing request.
package pub

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// Request is what the options make.
type Request struct {
	Method string
	URL    string
	Header http.Header
	Body   []byte
}

// Option is one property of a request.
type Option func(req *Request) error

// NewRequest applies the options in their order; without any it is a GET of nothing.
func NewRequest(options ...Option) (*Request, error) {
	req := &Request{Method: http.MethodGet, Header: http.Header{}}
	for _, option := range options {
		if err := option(req); err != nil {
			return nil, err
		}
	}
	return req, nil
}

// Method sets the HTTP method. A request to an endpoint of any method is sent as a POST.
func Method(method string) Option {
	return func(req *Request) error {
		req.Method = strings.ToUpper(method)
		if req.Method == "ANY" {
			req.Method = http.MethodPost
		}
		return nil
	}
}

// URL sets the URL: https, or http, with the hostname of a microservice as its host.
func URL(u string) Option {
	return func(req *Request) error {
		parsed, err := url.Parse(u)
		if err != nil {
			return fmt.Errorf("request: %w", err)
		}
		if parsed.Host == "" || (parsed.Scheme != "https" && parsed.Scheme != "http") {
			return fmt.Errorf("request: %q is no http or https URL", u)
		}
		req.URL = u
		return nil
	}
}

// GET is a request by that method.
func GET(u string) Option { return methodAndURL(http.MethodGet, u) }

// POST is a request by that method.
func POST(u string) Option { return methodAndURL(http.MethodPost, u) }

// PUT is a request by that method.
func PUT(u string) Option { return methodAndURL(http.MethodPut, u) }

// PATCH is a request by that method.
func PATCH(u string) Option { return methodAndURL(http.MethodPatch, u) }

// DELETE is a request by that method.
func DELETE(u string) Option { return methodAndURL(http.MethodDelete, u) }

// HEAD is a request by that method.
func HEAD(u string) Option { return methodAndURL(http.MethodHead, u) }

// OPTIONS is a request by that method.
func OPTIONS(u string) Option { return methodAndURL(http.MethodOptions, u) }

// Options applies several options as one.
func Options(options ...Option) Option {
	return func(req *Request) error {
		for _, option := range options {
			if err := option(req); err != nil {
				return err
			}
		}
		return nil
	}
}

// Header sets a header.
func Header(name, value string) Option {
	return func(req *Request) error {
		req.Header.Set(name, value)
		return nil
	}
}

// Body sets the body: bytes, a string and a reader as they are, anything else as JSON, nil as none.
func Body(body any) Option {
	return func(req *Request) (err error) {
		switch b := body.(type) {
		case nil:
		case []byte:
			req.Body = b
		case string:
			req.Body = []byte(b)
		case io.Reader:
			var read bytes.Buffer
			_, err = read.ReadFrom(b)
			req.Body = read.Bytes()
		default:
			req.Body, err = json.Marshal(body)
			req.Header.Set("Content-Type", "application/json")
		}
		return err
	}
}

func methodAndURL(method, u string) Option {
	return func(req *Request) error {
		req.Method = method
		return URL(u)(req)
	}
}
