package tus_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"hash/crc32"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
)

// model is a tus server in memory, which does what a test wants done wrong.
type model struct {
	net        *memnet.Net
	listener   *memnet.Listener
	extensions string // of Tus-Extension
	maxSize    string // of Tus-Max-Size
	fault      func(a *ask) fault
	wait       sync.WaitGroup

	busy    sync.Mutex // while a request is served
	mu      sync.Mutex
	uploads map[string]*stored // by path
	created int
	asks    []*ask
}

// stored is an upload.
type stored struct {
	size     int64
	metadata string
	content  []byte
}

// ask is a request.
type ask struct {
	*http.Request
	text  string // method, path and offset
	k     int    // number, from 1
	of    int    // number among those of its method, from 1
	store *stored
}

// fault is what a server does wrong. The zero value is nothing.
type fault struct {
	status int    // is answered in place of what was asked for
	fields string // of that answer, or in place of Upload-Offset and Location
	raw    bool   // with fields, and without Tus-Resumable
	early  bool   // before the body was read
	cut    int64  // the connection ends when so many bytes of the body were stored; with drop of none
	drop   bool
	lost   bool  // the connection ends in place of an answer
	hang   bool  // and not before the client ends it
	unread bool  // what was read before a cut is not stored
	least  int64 // takes at most so much of the body, if positive
}

const tusFields = "Tus-Resumable: 1.0.0\r\n"

func newModel(t testing.TB) *model {
	m := &model{
		net: memnet.New(), uploads: map[string]*stored{},
		extensions: "creation,creation-with-upload,termination,checksum,expiration",
	}
	m.net.BufferBytes = 4 << 10
	m.listener, _ = m.net.Listen("")
	m.wait.Go(m.accept)
	t.Cleanup(m.close)
	return m
}

func (m *model) close() {
	_ = m.listener.Close()
	m.wait.Wait()
}

// quiet waits until the server is done with a request that its client has given up.
func (m *model) quiet() {
	m.busy.Lock()
	defer m.busy.Unlock()
}

// Dial makes a model a driver.
func (m *model) Dial(ctx context.Context, network, address string) (netdriver.Conn, error) {
	return m.net.Dial(ctx, network, address)
}

func (m *model) accept() {
	for {
		c, err := m.listener.Accept()
		if err != nil {
			return
		}
		m.wait.Go(func() {
			defer c.Close()
			for r := bufio.NewReader(c); m.serve(c, r); {
			}
		})
	}
}

// serve answers a request, and reports whether another can follow.
func (m *model) serve(c *memnet.Conn, r *bufio.Reader) bool {
	request, err := http.ReadRequest(r)
	if err != nil {
		return false
	}
	m.busy.Lock()
	defer m.busy.Unlock()
	over := request.Header.Get("X-HTTP-Method-Override")
	a := m.note(request)
	if over != "" {
		request.Method = over
	}
	var f fault
	if m.fault != nil {
		f = m.fault(a)
	}
	if f.drop && f.cut == 0 {
		return false
	}
	early := f.early && f.status != 0
	if request.Header.Get("Expect") != "" && !early {
		_, _ = io.WriteString(c, "HTTP/1.1 100 Continue\r\n\r\n")
	}
	if early {
		m.answer(c, a, f, f.status, f.fields)
		return false
	}
	status, fields, whole := 0, "", true
	if f.status != 0 {
		_, _ = io.Copy(io.Discard, request.Body)
		status, fields = f.status, f.fields
	} else {
		status, fields, whole = m.do(a, &f)
		if f.fields != "" {
			fields = f.fields
		}
	}
	if f.hang {
		_, _ = io.Copy(io.Discard, r)
	}
	if !whole || f.lost {
		return false
	}
	m.answer(c, a, f, status, fields)
	return true
}

func (m *model) answer(w io.Writer, a *ask, f fault, status int, fields string) {
	if !f.raw {
		fields += tusFields
	}
	if a.Method != "HEAD" && status != 204 && status != 304 {
		fields += "Content-Length: 0\r\n"
	}
	_, _ = fmt.Fprintf(w, "HTTP/1.1 %d Said\r\n%s\r\n", status, fields)
}

func (m *model) note(r *http.Request) *ask {
	m.mu.Lock()
	defer m.mu.Unlock()
	a := &ask{Request: r, k: len(m.asks) + 1, of: 1, store: m.uploads[r.URL.Path]}
	for _, other := range m.asks {
		if other.Method == r.Method {
			a.of++
		}
	}
	a.text = strings.TrimSpace(r.Method + " " + r.URL.Path + " " + r.Header.Get("Upload-Offset"))
	m.asks = append(m.asks, a)
	return a
}

// do does what was asked for. whole is false if the connection is to end in the body.
func (m *model) do(a *ask, f *fault) (status int, fields string, whole bool) {
	switch {
	case a.Method == "OPTIONS":
		fields := "Tus-Version: 0.2.2,1.0.0\r\nTus-Checksum-Algorithm: crc32\r\nTus-Extension: " + m.extensions + "\r\n"
		if m.maxSize != "" {
			fields += "Tus-Max-Size: " + m.maxSize + "\r\n"
		}
		return 204, fields, true
	case a.Header.Get("Tus-Resumable") != "1.0.0":
		return 412, "Tus-Version: 1.0.0\r\n", true
	case a.Method == "POST":
		return m.create(a, f)
	case a.store == nil:
		_, _ = io.Copy(io.Discard, a.Body)
		return 404, "", true
	case a.Method == "HEAD":
		return 200, fmt.Sprintf("Cache-Control: no-store\r\nUpload-Length: %d\r\n%s", a.store.size, offsetOf(a.store)), true
	case a.Method == "DELETE":
		m.mu.Lock()
		defer m.mu.Unlock()
		delete(m.uploads, a.URL.Path)
		return 204, "", true
	case a.Method == "PATCH":
		return m.patch(a, f)
	}
	return 405, "", true
}

func offsetOf(s *stored) string { return fmt.Sprintf("Upload-Offset: %d\r\n", len(s.content)) }

func (m *model) create(a *ask, f *fault) (int, string, bool) {
	size, err := strconv.ParseInt(a.Header.Get("Upload-Length"), 10, 64)
	if err != nil || a.URL.Path != "/files/" {
		return 400, "", true
	}
	m.mu.Lock()
	m.created++
	path := fmt.Sprintf("/files/%d", m.created)
	a.store = &stored{size: size, metadata: a.Header.Get("Upload-Metadata")}
	m.uploads[path] = a.store
	m.mu.Unlock()
	whole := m.take(a, f)
	fields := "Location: " + path + "\r\nUpload-Expires: Wed, 25 Jun 2031 16:00:00 GMT\r\n"
	if a.ContentLength > 0 {
		fields += offsetOf(a.store)
	}
	return 201, fields, whole
}

func (m *model) patch(a *ask, f *fault) (int, string, bool) {
	if a.Header.Get("Content-Type") != "application/offset+octet-stream" {
		return 415, "", true
	}
	if a.Header.Get("Upload-Offset") != strconv.Itoa(len(a.store.content)) {
		_, _ = io.Copy(io.Discard, a.Body)
		return 409, "", true
	}
	if sum := a.Header.Get("Upload-Checksum"); sum != "" {
		body, err := io.ReadAll(a.Body)
		if err != nil {
			return 0, "", false
		}
		if sum != "crc32 "+encoded(crc32.ChecksumIEEE(body)) {
			return 460, "", true
		}
		a.Body = io.NopCloser(bytes.NewReader(body))
	}
	whole := m.take(a, f)
	return 204, offsetOf(a.store), whole
}

// take stores the body, or as much of it as the fault lets it.
func (m *model) take(a *ask, f *fault) (whole bool) {
	var body io.Reader = a.Body
	if f.cut > 0 {
		body = io.LimitReader(body, f.cut)
	}
	content, err := io.ReadAll(body)
	if f.least > 0 {
		content = content[:min(int64(len(content)), f.least)]
	}
	if f.unread {
		content = nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	a.store.content = append(a.store.content, content...)
	return err == nil && f.cut == 0
}

// only returns the content of the only upload that is complete.
func (m *model) only(t testing.TB) string {
	t.Helper()
	m.mu.Lock()
	defer m.mu.Unlock()
	content, found := "", 0
	for _, s := range m.uploads {
		if int64(len(s.content)) == s.size {
			content = string(s.content)
			found++
		}
	}
	if found != 1 {
		t.Errorf("%d uploads are complete", found)
	}
	return content
}

// log returns what was asked for.
func (m *model) log() (texts []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, a := range m.asks {
		texts = append(texts, a.text)
	}
	return texts
}
