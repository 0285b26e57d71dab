package upload_test

import (
	"bytes"
	"context"
	"errors"
	"hash/maphash"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/form"
	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// aForm is a form of the files, with fields ahead of them.
func aForm(t testing.TB, files ...form.File) *form.Multipart {
	t.Helper()
	m := form.Files(files...)
	if err := m.SetBoundary("boundary"); err != nil {
		t.Fatal(err)
	}
	return m.With(form.Values{{"device", "camera-7"}, {"empty", ""}}).(*form.Multipart)
}

// part is a file of the form.
func part(name string, content io.Reader) form.File {
	return form.File{Field: "recording", Name: name, Content: content}
}

// text is all of a form, by Read alone.
func text(t testing.TB, m *form.Multipart) []byte {
	t.Helper()
	all, err := io.ReadAll(m)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestFormSendsItsFiles: what arrives of a form is the same, byte for byte, whoever
// sent its files.
func TestFormSendsItsFiles(t *testing.T) {
	const long = 2<<20 + 17
	content := numbered(long)
	f, err := os.Open(file(t, content))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.Seek(1_234_567, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	late, err := upload.File(f)
	if err != nil {
		t.Fatal(err)
	}
	security, config := secure(t)
	for name, tt := range map[string]struct {
		files []form.File
		sent  int64 // bytes of files that are large enough to be sent by the system
		large int64 // how many those are
	}{
		"a file":               {[]form.File{part("1", source(t, content))}, long, 1},
		"from its middle":      {[]form.File{part("1", late)}, long - 1_234_567, 1},
		"several":              {[]form.File{part("1", source(t, content)), part("2", late), part("3", source(t, content))}, 3*long - 1_234_567, 3},
		"empty and tiny":       {[]form.File{part("0", source(t, nil)), part("1", source(t, []byte("x"))), part("2", source(t, content)), part("3", source(t, []byte("y"))), part("4", source(t, nil))}, long, 1},
		"bytes between them":   {[]form.File{part("1", source(t, content)), part("2", bytes.NewReader(content[:100_000])), part("3", source(t, content))}, 2 * long, 2},
		"bytes behind an end":  {[]form.File{part("1", source(t, content)), part("2", strings.NewReader(""))}, long, 1},
		"no file":              {[]form.File{part("1", bytes.NewReader(content))}, 0, 0},
		"an empty one":         {[]form.File{part("0", source(t, nil))}, 0, 0},
		"a said size":          {[]form.File{{Field: "f", Content: source(t, content), Size: long}}, long, 1},
		"nothing but fields":   {nil, 0, 0},
		"just one buffer":      {[]form.File{part("1", source(t, content[:16<<10]))}, 0, 0},
		"and one byte of more": {[]form.File{part("1", source(t, content[:16<<10+1]))}, 0, 0},
	} {
		for way, args := range map[string]upload.Args{
			"plain":               {},
			"plain, small buffer": {Limits: zreq.Limits{ReadBuffer: 512}},
			"plain, paced":        {BytesPerSecond: 256 << 20},
			"TLS":                 {TLS: security},
		} {
			t.Run(name+", "+way, func(t *testing.T) {
				is := is.New(t)
				body := aForm(t, tt.files...)
				want := text(t, body)
				scheme, over := "http", config
				if args.TLS == nil {
					over = nil
				} else {
					scheme = "https"
				}
				server := receive(t, over)
				server.hashes = true
				d := new(fast)
				args.Driver = d
				var sent []int64
				args.Progress = func(n, total int64) {
					is.Equal(total, int64(len(want)))
					sent = append(sent, n)
				}
				resp, err := upload.Upload(t.Context(), server.url(scheme), body, &args)
				is.NoErr(err)
				is.Equal(resp.Status, 201)
				is.Equal(server.sum.Load(), maphash.Bytes(server.seed, want)) // every byte, in order
				is.True(slices.IsSorted(sent))                                // progress never goes back
				is.Equal(slices.Index(sent, int64(len(want))), len(sent)-1)   // and says once that it is done
				if sendsFiles && scheme == "http" {
					buffer := int64(16 << 10)
					is.True(d.taken.Load() >= tt.sent-tt.large*buffer) // but for what lay in a buffer with a head
				} else {
					is.Equal(d.taken.Load(), int64(0))
				}
			})
		}
	}
}

// TestFormOfABrokenSender: what is impossible ends the call, though it is less than
// what zreq has asked for.
func TestFormOfABrokenSender(t *testing.T) {
	for name, count := range map[string]func(n int64) int64{
		"more than was left": func(n int64) int64 { return n + 5 },
		"less than nothing":  func(int64) int64 { return -5 },
		"nothing, for ever":  func(int64) int64 { return 0 },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				const size = 50_000
				content := &miscounting{Reader: bytes.NewReader(make([]byte, size)), count: count, times: 1}
				if name == "nothing, for ever" {
					content.times = 1 << 30
				}
				body := aForm(t, form.File{Field: "f", Content: content})
				peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Head(), zreqtest.Discard()})
				var most int64
				_, err := upload.Upload(context.Background(), site, body, &upload.Args{
					Driver: peer, ExpectFrom: -1, Progress: func(sent, _ int64) { most = max(most, sent) },
				})
				is.True(err != nil)
				if name == "nothing, for ever" {
					is.True(errors.Is(err, io.ErrNoProgress))
				} else {
					is.True(strings.Contains(err.Error(), "impossible count"))
				}
				is.Equal(content.excess, int64(0)) // no more was asked for than it has
				is.True(most <= 16<<10)            // and is not told as progress
				is.Equal(peer.Open(), 0)
			})
		})
	}
}

// miscounting is a sender that sends nothing, and says something else, so many times.
type miscounting struct {
	*bytes.Reader
	count  func(n int64) int64
	times  int
	excess int64 // of what was asked for, over what is left
}

func (m *miscounting) SendTo(_ netdriver.Conn, n int64) (int64, bool, error) {
	if m.times == 0 {
		return 0, false, nil
	}
	m.times--
	m.excess = max(m.excess, n-int64(m.Len()))
	return m.count(n), true, nil
}

// web is a server of net/http over the system's TCP.
func web(t *testing.T, handler http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

// TestFormOnceMore: a form whose files were sent begins anew where the call has to.
func TestFormOnceMore(t *testing.T) {
	t.Parallel()
	const size = 1 << 20
	content := numbered(size)
	for name, tt := range map[string]struct {
		first func(w http.ResponseWriter, r *http.Request) // of two requests
		calls int
	}{
		"a redirect": {func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			http.Redirect(w, r, "/there", http.StatusTemporaryRedirect)
		}, 1},
		"a redirect in the middle": {func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.CopyN(io.Discard, r.Body, size/2)
			http.Redirect(w, r, "/there", http.StatusPermanentRedirect)
		}, 1},
		"a retry": {func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.CopyN(io.Discard, r.Body, size/2)
			panic(http.ErrAbortHandler) // breaks off
		}, 1},
		"a second call": {func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			w.WriteHeader(http.StatusCreated)
		}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			body := aForm(t, part("1", source(t, content)), part("2", bytes.NewReader(content[:5000])), part("3", source(t, content[5000:])))
			want := text(t, body)
			requests := atomic.Int64{}
			last := atomic.Pointer[[]byte]{}
			url := web(t, func(w http.ResponseWriter, r *http.Request) {
				if requests.Add(1) == 1 {
					tt.first(w, r)
					return
				}
				got, _ := io.ReadAll(r.Body)
				last.Store(&got)
				w.WriteHeader(http.StatusCreated)
			})
			d := new(fast)
			session := zreq.Session{Driver: d, Retry: zreq.Retry{Wait: -1}}
			defer session.Close()
			var sent []int64
			for range tt.calls {
				sent = nil
				resp, err := upload.Upload(t.Context(), url, body, &upload.Args{
					Method: "PUT", Session: &session, ExpectFrom: -1, Progress: func(n, _ int64) { sent = append(sent, n) },
				})
				is.NoErr(err)
				is.Equal(resp.Status, 201)
			}
			is.Equal(requests.Load(), int64(2))
			is.True(bytes.Equal(*last.Load(), want)) // whole, the second time
			is.True(slices.IsSorted(sent))           // and nothing is taken back
			is.Equal(sent[len(sent)-1], int64(len(want)))
			is.True(!sendsFiles || d.taken.Load() > size*2-64<<10)
		})
	}
}

// TestFormAnsweredEarly: a server that refuses in the middle of a file is heard.
func TestFormAnsweredEarly(t *testing.T) {
	const size = 64 << 20
	for name, tt := range map[string]struct {
		answer string
		want   error
		status int
	}{
		"too large":   {"HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n", nil, 413},
		"all is well": {created, upload.ErrUnsent, 201},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			l, err := net.Listen("tcp", "127.0.0.1:0")
			is.NoErr(err)
			served := make(chan struct{})
			go func() {
				defer close(served)
				c, err := l.Accept()
				if err != nil {
					return
				}
				defer c.Close()
				_, _ = io.CopyN(io.Discard, c, 1<<20)
				_, _ = io.WriteString(c, tt.answer)
				<-t.Context().Done() // it reads no more, and does not close
			}()
			t.Cleanup(func() { _ = l.Close(); <-served })
			d := new(fast)
			var last int64
			resp, err := upload.Upload(t.Context(), "http://"+l.Addr().String()+"/", aForm(t, part("1", sparse(t, size))), &upload.Args{
				Driver: d, ExpectFrom: -1, Progress: func(sent, _ int64) { last = sent },
			})
			is.True(errors.Is(err, tt.want))
			is.Equal(resp.Status, tt.status)
			is.Equal(resp.CloseReason(), zreq.CloseUnsent)
			is.True(last < size)
			is.True(!sendsFiles || d.taken.Load() > 0) // while the system sent it
		})
	}
}

// TestFormOfAFileThatChanges: a file that grows or shrinks while the system sends it
// ends the call before the server can take the form for whole, and one that changes
// later is told of.
func TestFormOfAFileThatChanges(t *testing.T) {
	const size = 10 << 20
	for name, tt := range map[string]struct {
		change func(name string) error
		late   bool // when all has arrived
		now    int64
	}{
		"shrinks":              {func(name string) error { return os.Truncate(name, 5<<20) }, false, 5 << 20},
		"shrinks by much":      {func(name string) error { return os.Truncate(name, 10) }, false, 10},
		"grows":                {func(name string) error { return os.Truncate(name, size+1) }, false, size + 1},
		"grows late":           {func(name string) error { return os.Truncate(name, size+1) }, true, size + 1},
		"is written to, later": {func(name string) error { return os.Chtimes(name, time.Time{}, time.Unix(1, 0)) }, true, 0},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			path := file(t, numbered(size))
			whole := atomic.Int64{}
			url := web(t, func(w http.ResponseWriter, r *http.Request) {
				if _, err := io.Copy(io.Discard, r.Body); err != nil {
					return
				}
				whole.Add(1)
				if tt.late {
					is.NoErr(tt.change(path))
				}
				w.WriteHeader(http.StatusCreated)
			})
			changed := tt.late
			_, err := upload.Upload(t.Context(), url, aForm(t, part("1", opened(t, path)), part("2", strings.NewReader("x"))), &upload.Args{
				Driver: new(stdnet.Driver), ExpectFrom: -1, Progress: func(sent, _ int64) {
					if !changed && sent > 0 {
						changed = true
						is.NoErr(tt.change(path))
					}
				},
			})
			is.True(changed) // the test's own
			var other *upload.SizeError
			switch {
			case tt.now == 0:
				is.True(errors.Is(err, upload.ErrChanged))
			default:
				is.True(errors.As(err, &other))
				is.Equal(*other, upload.SizeError{Said: size, Now: tt.now}) // both sizes
			}
			is.True(strings.Contains(err.Error(), `part "recording"`)) // of the file that it was
			is.Equal(whole.Load() == 1, tt.late)                       // and no whole form arrived
			is.Equal(errors.Is(err, zreq.ErrBody), !tt.late)
		})
	}
}

// TestFormKeepsToItsRate: also where the system sends its files.
func TestFormKeepsToItsRate(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	const size, rate = 600_000, 2_000_000
	server := receive(t, nil)
	d := new(fast)
	start := time.Now()
	_, err := upload.Upload(t.Context(), server.url("http"), aForm(t, part("1", sparse(t, size))), &upload.Args{Driver: d, BytesPerSecond: rate})
	is.NoErr(err)
	is.True(time.Since(start) >= time.Second*size/rate) // nothing goes out ahead of its time
	is.True(!sendsFiles || d.taken.Load() > size-64<<10)
}
