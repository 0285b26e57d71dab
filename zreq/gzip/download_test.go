package gzip_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

const url = "http://updates.test/firmware"

// framings are how a message says where its body ends.
var framings = map[string]func(body string) string{
	"length": func(body string) string {
		return fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(body), body)
	},
	"chunked": func(body string) string { return "Transfer-Encoding: chunked\r\n\r\n" + chunks(body) + "0\r\n\r\n" },
	"until close": func(body string) string {
		return "Connection: close\r\n\r\n" + body
	},
}

func chunks(body string) string {
	var b strings.Builder
	for part := range slicesOf(body, 7) {
		fmt.Fprintf(&b, "%x\r\n%s\r\n", len(part), part)
	}
	return b.String()
}

// slicesOf yields s in pieces of n bytes, but for the last.
func slicesOf(s string, n int) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for len(s) > n && yield(s[:n]) {
			s = s[n:]
		}
		if len(s) > 0 {
			yield(s)
		}
	}
}

// answer is a 200 whose body is in a coding.
func answer(coding, framing, body string) string {
	return "HTTP/1.1 200 OK\r\nContent-Encoding: " + coding + "\r\n" + framings[framing](body)
}

// serve answers one request, and closes.
func serve(t *testing.T, answer string) *zreqtest.Peer {
	return zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Request(), zreqtest.Send(answer), zreqtest.Close()})
}

// uses are all ways to take a body that is decoded. What was taken is returned beside an
// error, too. A callback is given none, see called.
var uses = map[string]func(t *testing.T, args zreq.Args) (string, *zreq.Response, error){
	"content": func(t *testing.T, args zreq.Args) (string, *zreq.Response, error) {
		resp, err := zreq.Get(t.Context(), url, &args)
		if err != nil {
			return "", resp, err
		}
		p, err := resp.Content()
		return string(p), resp, err
	},
	"stream, content": pulled(func(r *zreq.Response) (string, error) {
		p, err := r.Content()
		return string(p), err
	}),
	"stream, read": pulled(func(r *zreq.Response) (string, error) {
		var all strings.Builder
		p := make([]byte, 10)
		for {
			n, err := r.Read(p)
			all.Write(p[:n])
			if err == io.EOF {
				return all.String(), nil
			}
			if err != nil {
				return all.String(), err
			}
		}
	}),
	"stream, chunks": pulled(func(r *zreq.Response) (string, error) {
		var all strings.Builder
		for chunk, err := range r.Chunks(16) {
			if err != nil {
				return all.String(), err
			}
			all.Write(chunk)
		}
		return all.String(), nil
	}),
	"stream, write": pulled(func(r *zreq.Response) (string, error) {
		var all bytes.Buffer
		_, err := r.WriteTo(&all)
		return all.String(), err
	}),
}

// called is the other way to take a body, by a callback.
func called(t *testing.T, args zreq.Args) (string, *zreq.Response, error) {
	var all strings.Builder
	args.StreamCallback = func(chunk []byte) error {
		all.Write(chunk)
		return nil
	}
	resp, err := zreq.Get(t.Context(), url, &args)
	return all.String(), resp, err
}

// pulled reads a body when the call has returned.
func pulled(read func(*zreq.Response) (string, error)) func(*testing.T, zreq.Args) (string, *zreq.Response, error) {
	return func(t *testing.T, args zreq.Args) (string, *zreq.Response, error) {
		args.Stream = true
		resp, err := zreq.Get(t.Context(), url, &args)
		if err != nil {
			return "", resp, err
		}
		defer resp.Close()
		s, err := read(resp)
		return s, resp, err
	}
}

// eachUse runs a test for all ways to take a body.
func eachUse(t *testing.T, test func(t *testing.T, use func(*testing.T, zreq.Args) (string, *zreq.Response, error))) {
	t.Helper()
	for name, use := range uses {
		t.Run(name, func(t *testing.T) { test(t, use) })
	}
}

func testDownload(t *testing.T) {
	for name, tt := range map[string]struct{ coding, body, want string }{
		"gzip":              {"gzip", gzipped(-1, text), text},
		"gzip, long":        {"gzip", gzipped(-1, far), far},
		"gzip, members":     {"gzip", gzipped(-1, "one") + gzipped(-1, "two"), "onetwo"},
		"gzip of nothing":   {"gzip", gzipped(-1, ""), ""},
		"x-gzip":            {"x-gzip", gzipped(-1, text), text},
		"GZIP":              {"GZIP", gzipped(-1, text), text},
		"deflate":           {"deflate", zlibbed(-1, text), text},
		"bare deflate":      {"deflate", deflated(-1, text), text},
		"first one, then":   {"deflate, gzip", gzipped(-1, zlibbed(-1, text)), text},
		"gzip twice":        {"gzip ,\tgzip", gzipped(-1, gzipped(-1, text)), text},
		"in two fields":     {"deflate\r\nContent-Encoding: gzip", gzipped(-1, zlibbed(-1, text)), text},
		"identity too":      {"identity, gzip", gzipped(-1, text), text},
		"empty members too": {",gzip,,", gzipped(-1, text), text},
	} {
		for framing := range framings {
			t.Run(name+"/"+framing, func(t *testing.T) {
				eachUse(t, func(t *testing.T, use func(*testing.T, zreq.Args) (string, *zreq.Response, error)) {
					is := is.New(t)
					peer := serve(t, answer(tt.coding, framing, tt.body))
					got, resp, err := use(t, zreq.Args{Driver: peer, AllowUnframed: true, Limits: zreq.Limits{Ratio: 1000}})
					is.NoErr(err)
					is.True(got == tt.want)                                                                 // every use gives what it was before the coding
					is.True(resp.Decoded())                                                                 // and says so
					is.Equal(resp.Len(), int64(-1))                                                         // how long that is, nobody said
					is.Equal(resp.Complete(), framing != "until close")                                     // the framing proves the end
					is.True(strings.Contains(peer.Requests()[0], "\r\nAccept-Encoding: gzip, deflate\r\n")) // it was asked for
				})
			})
		}
	}
}

func TestDownloadText(t *testing.T) {
	is := is.New(t)
	peer := serve(t, answer("gzip", "chunked", gzipped(-1, text)))
	resp, err := zreq.Get(t.Context(), url, &zreq.Args{Driver: peer})
	is.NoErr(err)
	got, err := resp.Text()
	is.NoErr(err)
	is.Equal(got, text) // the text, not its coding
}

func TestDownloadJSON(t *testing.T) {
	is := is.New(t)
	peer := serve(t, answer("gzip", "chunked", gzipped(-1, `{"rev": 7}`)))
	resp, err := zreq.Get(t.Context(), url, &zreq.Args{Driver: peer})
	is.NoErr(err)
	var got struct{ Rev int }
	is.NoErr(resp.JSON(&got))
	is.Equal(got.Rev, 7) // the same goes for JSON
}

// A body whose coding cannot be undone is given as it came, and says so; nobody makes
// text of it.
func testDownloadUnknown(t *testing.T) {
	body := gzipped(-1, text)
	for coding, want := range map[string]string{
		"br":                     "the content coding br,",
		"zstd":                   "the content coding zstd,",
		"br, gzip":               "the content coding br,",
		"gzip, br":               "the content coding br,",
		"gzip, gzip, gzip, gzip": "the content coding gzip,",
	} {
		t.Run(coding, func(t *testing.T) {
			eachUse(t, func(t *testing.T, use func(*testing.T, zreq.Args) (string, *zreq.Response, error)) {
				is := is.New(t)
				got, resp, err := use(t, zreq.Args{Driver: serve(t, answer(coding, "length", body))})
				is.NoErr(err)
				is.True(got == body)                                   // as it came
				is.True(!resp.Decoded())                               // and it says so
				is.Equal(resp.Len(), int64(len(body)))                 //
				is.True(resp.Complete())                               //
				is.True(errors.Is(resp.Fit(), zreq.ErrBodyConsumed) || // of what was read
					errors.Is(resp.Fit(), zreq.ErrEncoded)) // else it is no file
			})
			is := is.New(t)
			resp, err := zreq.Get(t.Context(), url, &zreq.Args{Driver: serve(t, answer(coding, "length", body))})
			is.NoErr(err)
			_, err = resp.Text()
			is.True(errors.Is(err, zreq.ErrEncoded))
			is.True(strings.Contains(err.Error(), want)) // by its name
			is.True(errors.Is(resp.JSON(new(any)), zreq.ErrEncoded))
		})
	}
}

// What names no coding is ignored, and the body is not coded.
func testDownloadOfNoCoding(t *testing.T) {
	for coding, tt := range map[string]struct{ body, want string }{
		"aws-chunked":         {text, text},
		"utf-8":               {text, text},
		"none":                {text, text},
		"binary, 8bit":        {text, text},
		"aws-chunked,gzip":    {gzipped(-1, text), text},
		"gzip, aws-chunked":   {gzipped(-1, text), text},
		"gzip;q=1":            {gzipped(-1, text), text},
		"identity, utf-8":     {text, text},
		", ,":                 {text, text},
		"gzipped":             {text, text},
		"\"gzip\"":            {gzipped(-1, text), text}, // whoever writes so has coded it all the same
		"'gzip'":              {gzipped(-1, text), text},
		"aws-chunked gzip":    {gzipped(-1, text), text},
		"aws-chunked;gzip":    {gzipped(-1, text), text},
		"none, deflate, none": {zlibbed(-1, text), text},
	} {
		t.Run(coding, func(t *testing.T) {
			eachUse(t, func(t *testing.T, use func(*testing.T, zreq.Args) (string, *zreq.Response, error)) {
				is := is.New(t)
				got, resp, err := use(t, zreq.Args{Driver: serve(t, answer(coding, "length", tt.body))})
				is.NoErr(err)
				is.True(got == tt.want)
				is.Equal(resp.Decoded(), tt.body != tt.want)
			})
			if tt.body != tt.want {
				return
			}
			is := is.New(t)
			got, resp, err := called(t, zreq.Args{Driver: serve(t, answer(coding, "length", tt.body))})
			is.NoErr(err)
			is.True(got == tt.want)
			is.True(!resp.Decoded())
		})
	}
}

// A callback asks for the bytes as they are, and is given them in no coding, though it
// could be undone: a file that ends in .gz is not to become what it holds.
func testCallbackIsGivenNoCoding(t *testing.T) {
	body := gzipped(-1, text)
	for _, coding := range []string{"gzip", "x-gzip", "deflate", "br", "GZIP", "utf-8, gzip", "gzip;q=1"} {
		t.Run(coding, func(t *testing.T) {
			is := is.New(t)
			peer := serve(t, answer(coding, "length", body))
			got, resp, err := called(t, zreq.Args{Driver: peer})
			is.True(errors.Is(err, zreq.ErrStatus) && errors.Is(err, zreq.ErrEncoded))
			is.True(strings.Contains(err.Error(), "AllowEncoded")) // and what to do about it
			is.Equal(got, "")
			is.Equal(resp.Header("Content-Encoding"), coding) // the head is there to be read
			is.True(strings.Contains(peer.Requests()[0], "\r\nAccept-Encoding: identity\r\n"))
			got, resp, err = called(t, zreq.Args{Driver: serve(t, answer(coding, "length", body)), AllowEncoded: true})
			is.NoErr(err)
			is.True(got == body) // as it came
			is.True(!resp.Decoded() && resp.Complete())
		})
	}
}

func TestDownloadIdentity(t *testing.T) {
	eachUse(t, func(t *testing.T, use func(*testing.T, zreq.Args) (string, *zreq.Response, error)) {
		is := is.New(t)
		peer := serve(t, answer("identity", "length", text))
		got, resp, err := use(t, zreq.Args{Driver: peer})
		is.NoErr(err)
		is.Equal(got, text)                    // identity is no coding
		is.True(!resp.Decoded())               // so nothing was undone
		is.Equal(resp.Len(), int64(len(text))) // and the length is that of the body
		is.True(resp.Complete())
	})
}

// What was not asked for by zreq is not undone by it.
func testDownloadRaw(t *testing.T) {
	body := gzipped(-1, text)
	partial := fmt.Sprintf("HTTP/1.1 206 Partial Content\r\nContent-Encoding: gzip\r\nContent-Range: bytes 5-%d/%d\r\nContent-Length: %d\r\n\r\n%s",
		len(body)-1, len(body), len(body)-5, body[5:])
	whole := answer("gzip", "length", body)
	for name, tt := range map[string]struct {
		args         zreq.Args
		answer, want string
		sent         int // Accept-Encoding fields
	}{
		"a part":       {zreq.Args{Headers: zreq.Headers{{"Range", "bytes=5-"}}}, partial, body[5:], 1},
		"the caller's": {zreq.Args{Headers: zreq.Headers{{"accept-encoding", "gzip"}}}, whole, body, 1},
		"nobody's":     {zreq.Args{Omit: []string{"accept-encoding"}}, whole, body, 0},
	} {
		t.Run(name, func(t *testing.T) {
			eachUse(t, func(t *testing.T, use func(*testing.T, zreq.Args) (string, *zreq.Response, error)) {
				is := is.New(t)
				peer, args := serve(t, tt.answer), tt.args
				args.Driver = peer
				got, resp, err := use(t, args)
				is.NoErr(err)
				is.True(got == tt.want)  // the bytes as they came
				is.True(!resp.Decoded()) // and nothing else is claimed
				is.True(resp.Complete())
				is.Equal(strings.Count(strings.ToLower(peer.Requests()[0]), "\r\naccept-encoding: "), tt.sent)
				is.True(!strings.Contains(peer.Requests()[0], "deflate")) // nor asked for
			})
		})
	}
}

func TestDownloadWithoutBody(t *testing.T) {
	for name, head := range map[string]string{
		"204":                      "HTTP/1.1 204 No Content\r\nContent-Encoding: gzip\r\n\r\n",
		"204 in what nobody knows": "HTTP/1.1 204 No Content\r\nContent-Encoding: br\r\n\r\n",
		"an empty body":            answer("gzip", "length", ""),
		"an empty chunked body":    answer("gzip", "chunked", ""),
	} {
		t.Run(name, func(t *testing.T) {
			eachUse(t, func(t *testing.T, use func(*testing.T, zreq.Args) (string, *zreq.Response, error)) {
				is := is.New(t)
				got, resp, err := use(t, zreq.Args{Driver: serve(t, head)})
				is.NoErr(err) // there is nothing to undo
				is.Equal(got, "")
				is.True(resp.Complete())
			})
		})
	}
	for name, tt := range map[string]struct{ method, answer string }{
		"HEAD": {"HEAD", "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 100\r\n\r\n"},
		"304":  {"GET", "HTTP/1.1 304 Not Modified\r\nContent-Encoding: gzip\r\nContent-Length: 100\r\n\r\n"},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := serve(t, tt.answer)
			resp, err := zreq.Do(t.Context(), tt.method, url, &zreq.Args{Driver: peer})
			is.NoErr(err)                    // there is nothing to undo
			is.Equal(resp.Len(), int64(100)) // the length is that of what did not come
			is.Equal(strings.Contains(peer.Requests()[0], "Accept-Encoding"), tt.method != "HEAD")
		})
	}
}

// Who streams whatever the status gets a body in a strange coding as it came.
func testStrangeCodingAsItCame(t *testing.T) {
	for name, coding := range map[string]string{"one": "br", "behind one that is known": "gzip, br"} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			args := &zreq.Args{Driver: serve(t, answer(coding, "length", "strange")), Stream: true, StreamAnyStatus: true}
			resp, err := zreq.Get(t.Context(), url, args)
			is.NoErr(err) // a response is one
			defer resp.Close()
			got, err := io.ReadAll(resp)
			is.NoErr(err)
			is.Equal(string(got), "strange") // nothing was undone
			is.True(!resp.Decoded())         // and it says so
			is.Equal(resp.Len(), int64(7))
		})
	}
	t.Run("to a file only with AllowEncoded", func(t *testing.T) {
		for _, allowed := range []bool{false, true} {
			is := is.New(t)
			args := &zreq.Args{Driver: serve(t, answer("br", "length", "strange")), Stream: true, StreamAnyStatus: true, AllowEncoded: allowed}
			resp, err := zreq.Get(t.Context(), url, args)
			is.NoErr(err)
			is.Equal(errors.Is(resp.Fit(), zreq.ErrEncoded), !allowed)
			is.NoErr(resp.Close())
		}
	})
}
