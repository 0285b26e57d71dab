package roundtrip_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/matryer/is"
)

// gzipped is "hello" in gzip.
const gzipped = "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff\xcaH\xcd\xc9\xc9\x07\x04\x00\x00\xff\xff\x86\xa6\x106\x05\x00\x00\x00"

// facts are what a caller sees of a response.
type facts struct {
	Status           string
	StatusCode       int
	Proto            string
	Major, Minor     int
	Header, Trailer  http.Header
	ContentLength    int64
	TransferEncoding []string
	Close            bool
	Uncompressed     bool
	NoBody           bool
	Body             string
	BodyErr          string
	Afterwards       http.Header // the trailers when the body was read
	Requested        bool
}

func factsOf(req *http.Request, resp *http.Response) facts {
	f := facts{
		Status: resp.Status, StatusCode: resp.StatusCode, Proto: resp.Proto, Major: resp.ProtoMajor, Minor: resp.ProtoMinor,
		Header: resp.Header.Clone(), Trailer: resp.Trailer.Clone(), ContentLength: resp.ContentLength,
		TransferEncoding: resp.TransferEncoding, Close: resp.Close, Uncompressed: resp.Uncompressed,
		NoBody: resp.Body == http.NoBody, Requested: resp.Request == req,
	}
	body, err := io.ReadAll(resp.Body)
	f.Body, f.Afterwards = string(body), resp.Trailer.Clone()
	if err != nil {
		f.BodyErr = "an error"
	}
	resp.Body.Close()
	return f
}

// responses are what servers say, and what http.Transport takes.
var responses = map[string]string{
	"length":                   "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
	"no body":                  "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
	"chunked":                  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
	"Chunked":                  "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
	"chunked and empty":        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
	"until close":              "close HTTP/1.1 200 OK\r\n\r\nhello",
	"until close, empty":       "close HTTP/1.1 200 OK\r\n\r\n",
	"until close, and says so": "close HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello",
	"length, and close":        "close HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 5\r\n\r\nhello",
	"close among others":       "close HTTP/1.1 200 OK\r\nConnection: x, close\r\nContent-Length: 5\r\n\r\nhello",
	"keep-alive":               "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: 5\r\n\r\nhello",
	"204":                      "HTTP/1.1 204 No Content\r\n\r\n",
	"304":                      "HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\n\r\n",
	"304 with a length":        "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
	"404":                      "HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n\r\nhello",
	"500":                      "HTTP/1.1 500 No\r\nContent-Length: 5\r\n\r\nhello",
	"503":                      "HTTP/1.1 503 Later\r\nRetry-After: 0\r\nContent-Length: 5\r\n\r\nhello",
	"408":                      "HTTP/1.1 408 Slow\r\nContent-Length: 5\r\n\r\nhello",
	"401":                      "HTTP/1.1 401 Who\r\nWWW-Authenticate: Basic realm=x\r\nContent-Length: 5\r\n\r\nhello",
	"302":                      "HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 5\r\n\r\nhello",
	"206 that nobody asked":    "HTTP/1.1 206 Part\r\nContent-Range: bytes 0-9/90\r\nContent-Length: 5\r\n\r\nhello",
	"unknown status":           "HTTP/1.1 799 What\r\nContent-Length: 5\r\n\r\nhello",
	"no reason, no space":      "HTTP/1.1 200\r\nContent-Length: 5\r\n\r\nhello",
	"a long reason":            "HTTP/1.1 200 All is well\r\nContent-Length: 5\r\n\r\nhello",
	"1xx first":                "HTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 100 Go\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
	"1.0":                      "close HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello",
	"1.0 until close":          "close HTTP/1.0 200 OK\r\n\r\nhello",
	"1.0 keep-alive":           "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 5\r\n\r\nhello",
	"names of all cases":       "HTTP/1.1 200 OK\r\ncontent-length: 5\r\nx-oNE: 1\r\nX-ONE: 2\r\n\r\nhello",
	"cookies":                  "HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Length: 5\r\n\r\nhello",
	"length twice":             "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
	"empty field":              "HTTP/1.1 200 OK\r\nX-Empty:\r\nContent-Length: 5\r\n\r\nhello",
	"spaces around":            "HTTP/1.1 200 OK\r\nX-S: \t a b \t\r\nContent-Length: 5\r\n\r\nhello",
	"bytes beyond ASCII":       "HTTP/1.1 200 OK\r\nX-L: \xe9\r\nContent-Length: 5\r\n\r\nhello",
	"Pragma":                   "HTTP/1.1 200 OK\r\nPragma: no-cache\r\nContent-Length: 5\r\n\r\nhello",
	"Pragma, Cache-Control":    "HTTP/1.1 200 OK\r\nPragma: no-cache\r\nCache-Control: x\r\nContent-Length: 5\r\n\r\nhello",
	"trailers":                 "HTTP/1.1 200 OK\r\nTrailer: x-sum, X-None\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 7\r\nx-more: 8\r\n\r\n",
	"trailers unannounced":     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 7\r\nX-Sum: 8\r\n\r\n",
	"trailers of nothing":      "HTTP/1.1 200 OK\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-Sum: 7\r\n\r\n",
	"Trailer, not chunked":     "HTTP/1.1 200 OK\r\nTrailer: X-Sum\r\nContent-Length: 5\r\n\r\nhello",
	"gzip":                     "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 29\r\n\r\n" + gzipped,
	"gzip, chunked":            "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n1d\r\n" + gzipped + "\r\n0\r\n\r\n",
	"gzip, trailers":           "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n1d\r\n" + gzipped + "\r\n0\r\nX-Sum: 7\r\n\r\n",
	"another Pragma":           "HTTP/1.1 200 OK\r\nPragma: x-no-cache\r\nContent-Length: 5\r\n\r\nhello",
	"gzip of nothing":          "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 0\r\n\r\n",
	"a strange coding":         "HTTP/1.1 200 OK\r\nContent-Encoding: utf-8\r\nContent-Length: 5\r\n\r\nhello",
	"a strange coding, 404":    "HTTP/1.1 404 OK\r\nContent-Encoding: br\r\nContent-Length: 5\r\n\r\nhello",
	"cut":                      "close HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello",
	"cut chunk":                "close HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhello",
	"no last chunk":            "close HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
	"cut gzip":                 "close HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzipped[:20],
	"nothing":                  "close ",
	"cut head":                 "close HTTP/1.1 200 OK\r\nContent-Le",
	"no HTTP":                  "close hello\r\n\r\n",
}

func TestResponseIsThatOfNetHTTP(t *testing.T) {
	for name, answer := range responses {
		for _, method := range []string{"GET", "HEAD", "POST"} {
			t.Run(name+", "+method, func(t *testing.T) {
				is := is.New(t)
				std := exchange(t, stdClient(t), method, answer)
				ours, _ := zreqClient(t)
				got := exchange(t, ours, method, answer)
				is.Equal(got.failed, std.failed) // one fails where the other does
				is.Equal(got.facts, std.facts)   // and else they say the same
			})
		}
	}
}

type outcome struct {
	failed bool
	facts  facts
}

// Where they differ, and how: the list of the package comment.
func TestDifferencesFromNetHTTP(t *testing.T) {
	for name, tt := range map[string]struct {
		method, answer string
		check          func(is *is.I, ours, std outcome)
	}{
		"no reason":         {"GET", "HTTP/1.1 200 \r\n" + hello, statuses("200", "200 ")},
		"spaces, no reason": {"GET", "HTTP/1.1 200   \r\n" + hello, statuses("200", "200   ")},
		"spaces, a reason":  {"GET", "HTTP/1.1 200  OK \r\n" + hello, statuses("200 OK", "200  OK ")},
		"a folded field": {"GET", "HTTP/1.1 200 OK\r\nX-Long: a\r\n b\r\n" + hello, func(is *is.I, ours, std outcome) {
			is.Equal(ours.facts.Header.Get("X-Long"), "a   b") // a space for each byte (RFC 9112, 5.2)
			is.Equal(std.facts.Header.Get("X-Long"), "a b")
		}},
		"1.2": {"GET", "HTTP/1.2 200 OK\r\n" + hello, func(is *is.I, ours, std outcome) {
			is.Equal(ours.facts.Proto, "HTTP/1.1") // the highest that is known (RFC 9110, 2.5)
			is.Equal(std.facts.Proto, "HTTP/1.2")
			ours.facts.Proto, ours.facts.Minor = std.facts.Proto, std.facts.Minor
			is.Equal(ours.facts, std.facts) // and the rest is the same
		}},
		"1.0, chunked": {"GET", "close HTTP/1.0 200 OK\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 7\r\n\r\n", func(is *is.I, ours, std outcome) {
			is.Equal(ours.facts.Body, "hello")
			is.Equal(std.facts.Body, "5\r\nhello\r\n0\r\nX-Sum: 7\r\n\r\n")
			is.Equal(ours.facts.Afterwards, http.Header{"X-Sum": {"7"}}) // what came is there,
			is.Equal(ours.facts.Trailer, http.Header(nil))               // but HTTP/1.0 announces no trailers
			ours.facts.Body, ours.facts.Afterwards = std.facts.Body, std.facts.Afterwards
			is.Equal(ours.facts, std.facts)
		}},
		"deflate":                   {"GET", "HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\nContent-Length: 13\r\n\r\n" + deflated, undone},
		"x-gzip":                    {"GET", "HTTP/1.1 200 OK\r\nContent-Encoding: x-gzip\r\nContent-Length: 29\r\n\r\n" + gzipped, undone},
		"a list of codings":         {"GET", "HTTP/1.1 200 OK\r\nContent-Encoding: gzip, identity\r\nContent-Length: 29\r\n\r\n" + gzipped, undone},
		"101":                       {"GET", "close HTTP/1.1 101 Go\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n", refused},
		"both framings":             {"GET", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", refused},
		"a folded length":           {"GET", "HTTP/1.1 200 OK\r\nContent-Length:\r\n 5\r\n\r\nhello", refused},
		"2.0":                       {"GET", "close HTTP/2.0 200 OK\r\n" + hello, refused},
		"0.9":                       {"GET", "close HTTP/0.9 200 OK\r\n" + hello, refused},
		"a status below 100":        {"GET", "close HTTP/1.1 099 OK\r\n" + hello, refused},
		"spaces before the status":  {"GET", "close HTTP/1.1  200 OK\r\n" + hello, refused},
		"a space behind a name":     {"GET", "close HTTP/1.1 200 OK\r\nX : a\r\n" + hello, refused},
		"a space in a name":         {"GET", "close HTTP/1.1 200 OK\r\nX Y: a\r\n" + hello, refused},
		"a head over the limit":     {"GET", "HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 16<<10) + "\r\n" + hello, refused},
		"the same length in a list": {"GET", "HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\nhello", taken(5)},
		"the same length, spelt":    {"GET", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 05\r\n\r\nhello", taken(5)},
		"an empty member":           {"GET", chunkedWith("chunked,", "5"), taken(-1)},
		"zeros before a chunk size": {"GET", chunkedWith("chunked", strings.Repeat("0", 20)+"5"), bodyTaken},
		"a control character":       {"GET", "HTTP/1.1 200 OK\r\nX: a\x01b\r\n" + hello, taken(5)},
		"two lengths, HEAD":         {"HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", taken(-1)},
		"bad length, HEAD":          {"HEAD", "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n", taken(-1)},
		"bad transfer coding, HEAD": {"HEAD", "HTTP/1.1 200 OK\r\nTransfer-Encoding: x\r\n\r\n", taken(-1)},
		"a trailer that is none": {"GET", "HTTP/1.1 200 OK\r\nTrailer: X-Sum, Content-Length\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", func(is *is.I, ours, std outcome) {
			is.Equal(ours.facts.Trailer, http.Header{"X-Sum": nil}) // the other is passed over
			is.True(std.failed)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			client, _ := zreqClient(t)
			tt.check(is.New(t), exchange(t, client, tt.method, tt.answer), exchange(t, stdClient(t), tt.method, tt.answer))
		})
	}
}

// hello is the rest of a response that is small.
const hello = "Content-Length: 5\r\n\r\nhello"

// deflated is "hello" in what HTTP calls deflate.
const deflated = "\x78\x9c\xcbH\xcd\xc9\xc9\x07\x00\x06,\x02\x15"

func chunkedWith(coding, size string) string {
	return "HTTP/1.1 200 OK\r\nTransfer-Encoding: " + coding + "\r\n\r\n" + size + "\r\nhello\r\n0\r\n\r\n"
}

func statuses(want, wantStd string) func(is *is.I, ours, std outcome) {
	return func(is *is.I, ours, std outcome) {
		is.Helper()
		is.Equal(ours.facts.Status, want)
		is.Equal(std.facts.Status, wantStd)
		ours.facts.Status = std.facts.Status
		is.Equal(ours.facts, std.facts) // and the rest is the same
	}
}

// undone is of codings that net/http leaves to its caller.
func undone(is *is.I, ours, std outcome) {
	is.Helper()
	is.Equal(ours.facts.Body, "hello")
	is.True(ours.facts.Uncompressed)
	is.True(!std.failed && !std.facts.Uncompressed)
}

// bodyTaken is of a body that net/http refuses.
func bodyTaken(is *is.I, ours, std outcome) {
	is.Helper()
	is.Equal(ours.facts.Body, "hello")
	is.Equal(ours.facts.BodyErr, "")
	is.True(std.facts.BodyErr != "")
}

// refused is what we refuse and net/http does not; taken the other way round.
func refused(is *is.I, ours, std outcome) {
	is.Helper()
	is.True(ours.failed) // what is doubtful is not guessed at
	is.True(!std.failed)
}

func taken(length int64) func(is *is.I, ours, std outcome) {
	return func(is *is.I, ours, std outcome) {
		is.Helper()
		is.True(!ours.failed) // the RFC allows it, or nothing is framed by it
		is.Equal(ours.facts.ContentLength, length)
		is.Equal(ours.facts.BodyErr, "")
		is.True(std.failed)
	}
}

// exchange makes one request of a peer that has one answer.
func exchange(t *testing.T, c *http.Client, method, answer string) outcome {
	t.Helper()
	is := is.New(t)
	p := startPeer(t, answer)
	if method == "HEAD" {
		p = startPeer(t, headOf(answer))
	}
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	req, err := http.NewRequestWithContext(t.Context(), method, p.url, nil)
	is.NoErr(err) // the URL is one
	resp, err := c.Do(req)
	if err != nil {
		return outcome{failed: true}
	}
	return outcome{facts: factsOf(req, resp)}
}
