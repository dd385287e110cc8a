package pub

import "net/http"

// Response is one of the answers to a multicast: a response or an error.
type Response struct {
	res *http.Response
	err error
}

// NewHTTPResponse is an answer that came.
func NewHTTPResponse(res *http.Response) *Response { return &Response{res: res} }

// NewErrorResponse is an answer that failed.
func NewErrorResponse(err error) *Response { return &Response{err: err} }

// Get is the response, or the error in its stead.
func (r *Response) Get() (*http.Response, error) { return r.res, r.err }
