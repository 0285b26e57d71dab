package server_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/examples/internal/server"
)

const (
	abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" // its SHA-256

	textPart = "--x\r\nContent-Disposition: form-data; name=\"device\"\r\n\r\ncamera\r\n"
	filePart = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.bin\"\r\n\r\nabc\r\n"
	formType = "Content-Type: multipart/form-data; boundary=x\r\n"
)

func TestReceipt(t *testing.T) {
	srv := start(t)
	for name, tt := range map[string]struct {
		to, fields, body string
		want             server.Receipt
	}{
		"PUT":     {"PUT /recording", "", "abc", server.Receipt{Size: 3, SHA256: abc}},
		"POST":    {"POST /recording", "", "abc", server.Receipt{Size: 3, SHA256: abc}},
		"a form":  {"POST /form", formType, textPart + filePart + textPart + "--x--\r\n", server.Receipt{Fields: []string{"device", "device"}, Name: "a.bin", Size: 3, SHA256: abc}},
		"no text": {"POST /form", formType, filePart + "--x--\r\n", server.Receipt{Name: "a.bin", Size: 3, SHA256: abc}},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			status, answer := send(t, srv, tt.to, tt.fields, tt.body, 0)
			is.Equal(status, http.StatusCreated) // it has the file
			var got server.Receipt
			is.NoErr(json.Unmarshal([]byte(answer), &got)) // and says in JSON
			is.Equal(got, tt.want)                         // which one
		})
	}
}

func TestNoReceipt(t *testing.T) {
	srv := start(t)
	whole := filePart + "--x--\r\n"
	for name, tt := range map[string]struct {
		to, fields, body string
		missing          int // bytes that were announced and do not come
	}{
		"a short file":                  {"PUT /recording", "", "abc", 1},
		"nothing of a file":             {"POST /recording", "", "", 1},
		"a form cut in its text":        {"POST /form", formType, textPart[:len(textPart)-4], 4},
		"a form cut in its file":        {"POST /form", formType, filePart[:len(filePart)-3], 3},
		"a form cut behind its file":    {"POST /form", formType, filePart, 7},
		"a form cut behind its end":     {"POST /form", formType, whole, 1},
		"a form without its end":        {"POST /form", formType, filePart, 0},
		"a form without a file":         {"POST /form", formType, textPart + "--x--\r\n", 0},
		"a form with two files":         {"POST /form", formType, filePart + whole, 0},
		"a form with too many parts":    {"POST /form", formType, strings.Repeat(textPart, 16) + whole, 0},
		"a file that is said to be one": {"POST /form", formType, "abc", 0},
		"a file where a form belongs":   {"POST /form", "", "abc", 0},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			status, _ := send(t, srv, tt.to, tt.fields, tt.body, tt.missing)
			is.Equal(status, http.StatusBadRequest) // it is no success
		})
	}
}

func start(t *testing.T) *server.Server {
	t.Helper()
	is := is.New(t)
	srv, err := server.Start()
	is.NoErr(err) // the loopback is there
	t.Cleanup(func() { srv.Close() })
	return srv
}

// send makes a request by hand, whose body is missing bytes short.
func send(t *testing.T, srv *server.Server, to, fields, body string, missing int) (status int, answer string) {
	t.Helper()
	is := is.New(t)
	conn, err := net.Dial("tcp", strings.TrimPrefix(srv.URL(), "http://"))
	is.NoErr(err) // the server listens
	defer conn.Close()
	_, err = fmt.Fprintf(conn, "%s HTTP/1.1\r\nHost: card.test\r\n%sContent-Length: %d\r\n\r\n%s", to, fields, len(body)+missing, body)
	is.NoErr(err)                              // the request goes out
	is.NoErr(conn.(*net.TCPConn).CloseWrite()) // and no more
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	is.NoErr(err) // the server answers
	defer resp.Body.Close()
	content, err := io.ReadAll(resp.Body)
	is.NoErr(err) // to the end
	return resp.StatusCode, string(content)
}
