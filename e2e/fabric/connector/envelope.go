package connector

import (
	"bufio"
	"bytes"
	"net/http"
	"strconv"
	"time"

	"github.com/microbus-io/fabric/pub"
)

// A message is an HTTP request or response as text; these headers belong to the bus.
const (
	headerOperation  = "Microbus-Op-Code"
	headerMessageID  = "Microbus-Msg-Id"
	headerFromHost   = "Microbus-From-Host"
	headerFromID     = "Microbus-From-Id"
	headerTimeBudget = "Microbus-Time-Budget" // in milliseconds
)

// Operations of a reply.
const (
	operationAck      = "Ack"
	operationResponse = "Res"
	operationError    = "Err"
)

const defaultTimeBudget = 20 * time.Second

func requestBytes(req *pub.Request) ([]byte, error) {
	r, err := http.NewRequest(req.Method, req.URL, bytes.NewReader(req.Body))
	if err != nil {
		return nil, err
	}
	r.Header = req.Header
	r.Header.Set("User-Agent", "") // keeps net/http from adding its own
	var text bytes.Buffer
	err = r.WriteProxy(&text)
	return text.Bytes(), err
}

func readRequest(data []byte) (*http.Request, error) {
	return http.ReadRequest(bufio.NewReader(bytes.NewReader(data)))
}

func readResponse(data []byte) (*http.Response, error) {
	return http.ReadResponse(bufio.NewReader(bytes.NewReader(data)), nil)
}

func timeBudget(header http.Header) time.Duration {
	ms, err := strconv.Atoi(header.Get(headerTimeBudget))
	if err != nil || ms <= 0 {
		return defaultTimeBudget
	}
	return time.Duration(ms) * time.Millisecond
}

// recorder is the http.ResponseWriter of an endpoint.
type recorder struct {
	status int
	header http.Header
	body   bytes.Buffer
}

func newRecorder() *recorder {
	return &recorder{status: http.StatusOK, header: http.Header{headerOperation: {operationResponse}}}
}

func acknowledgement() *recorder {
	res := newRecorder()
	res.header.Set(headerOperation, operationAck)
	return res
}

func failure(err error) *recorder {
	res := newRecorder()
	res.status = http.StatusInternalServerError
	res.header.Set(headerOperation, operationError)
	res.body.WriteString(err.Error())
	return res
}

func (res *recorder) Header() http.Header            { return res.header }
func (res *recorder) WriteHeader(status int)         { res.status = status }
func (res *recorder) Write(data []byte) (int, error) { return res.body.Write(data) }

func (res *recorder) bytes() ([]byte, error) {
	response := http.Response{
		StatusCode: res.status, ProtoMajor: 1, ProtoMinor: 1,
		Header: res.header, ContentLength: int64(res.body.Len()), Body: readCloser{bytes.NewReader(res.body.Bytes())},
	}
	var text bytes.Buffer
	err := response.Write(&text)
	return text.Bytes(), err
}

type readCloser struct{ *bytes.Reader }

func (readCloser) Close() error { return nil }
