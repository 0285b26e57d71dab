package zreq_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq"
)

// codedAs is a response whose body is in a coding, to go by what it says.
func codedAs(status int, coding, body string) string {
	return fmt.Sprintf("HTTP/1.1 %d X\r\nContent-Encoding: %s\r\nContent-Length: %d\r\n\r\n%s", status, coding, len(body), body)
}

// packed is the beginning of a body in gzip.
const packed = "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"

// testEncoded: a body in a coding that nobody undid does not reach a callback, is not
// fit for a file and is no text, in every mode (RFC 9110, 8.4).
func testEncoded(t *testing.T) {
	for _, coding := range []string{
		"gzip", "x-gzip", "GZip", "deflate", "br", "zstd", "compress", "x-compress", "dcb", "dcz", "exi", "pack200-gzip", "aes128gcm",
		"aws-chunked, gzip", "gzip,aws-chunked", "identity, br", "gzip;q=1.0", "utf-8\r\nContent-Encoding: br",
		`"gzip"`, "'br'", "aws-chunked gzip", "aws-chunked;gzip", "utf-8 ; br",
	} {
		t.Run(coding, func(t *testing.T) {
			is := is.New(t)
			wire := codedAs(200, coding, packed)
			s := new(sink)
			for _, args := range []zreq.Args{{}, {StreamAnyStatus: true}, {DropHead: true}, {Headers: zreq.Headers{{"Accept-Encoding", "gzip, br"}}}} {
				args.Driver, args.StreamCallback = answers(t, wire), s.take
				resp, err := zreq.Get(context.Background(), site, &args)
				is.True(errors.Is(err, zreq.ErrStatus) && errors.Is(err, zreq.ErrEncoded))
				is.True(strings.Contains(err.Error(), "AllowEncoded")) // and what to do about it
				is.Equal(resp.Status, 200)
				is.True(!resp.Complete())
				is.Equal(len(s.body), 0)
			}
			resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: answers(t, wire), StreamCallback: s.take, AllowEncoded: true})
			is.NoErr(err)
			is.Equal(string(s.body), packed) // as it came
			is.True(resp.Complete() && !resp.Decoded())
			isNoText(is, resp)

			for _, args := range []zreq.Args{{}, {DropHead: true}, {AllowEncoded: true}} {
				args.Driver = answers(t, wire)
				resp, err := zreq.Get(context.Background(), site, &args)
				is.NoErr(err)
				is.Equal(content(is, resp), packed)
				is.Equal(resp.Fit() == nil, args.AllowEncoded)
				isNoText(is, resp)
			}
			for way, take := range ways {
				resp := opened(t, zreq.Args{Driver: answers(t, wire)})
				is.True(errors.Is(resp.Fit(), zreq.ErrStatus) && errors.Is(resp.Fit(), zreq.ErrEncoded))
				got, err := take(resp)
				is.True(way == "Text" && errors.Is(err, zreq.ErrEncoded) || err == nil && got == packed)
				is.True(!resp.Decoded())
			}
		})
	}
}

// isNoText checks that nothing makes text of content that is coded.
func isNoText(is *is.I, resp *zreq.Response) {
	is.Helper()
	_, err := resp.Text()
	is.True(errors.Is(err, zreq.ErrEncoded))
	is.Equal(failure(is, err).Phase, zreq.PhaseBody)
	_, err = resp.TextAs("utf-8")
	is.True(errors.Is(err, zreq.ErrEncoded))
	err = resp.JSON(new(any))
	is.True(errors.Is(err, zreq.ErrEncoded))
	is.Equal(failure(is, err).Phase, zreq.PhaseBody)
}

// testEncodedInNoCoding: a token that IANA does not list says nothing about the body.
func testEncodedInNoCoding(t *testing.T) {
	for _, coding := range []string{"aws-chunked", "utf-8", "none", "identity", "", ",", "binary", "text/plain", "gzipped", "brotli", "0", "\x80"} {
		t.Run(coding, func(t *testing.T) {
			is := is.New(t)
			s := new(sink)
			resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: answers(t, codedAs(200, coding, "7")), StreamCallback: s.take})
			is.NoErr(err)
			is.Equal(string(s.body), "7")
			is.True(!resp.Decoded())
			resp = opened(t, zreq.Args{Driver: answers(t, codedAs(200, coding, "7"))})
			is.NoErr(resp.Fit())
			text, err := resp.Text()
			is.NoErr(err)
			is.Equal(text, "7")
			var n int
			is.NoErr(resp.JSON(&n))
			is.Equal(n, 7)
		})
	}
}

// TestEncodedWithoutContent: where there is no content there is nothing to undo.
func TestEncodedWithoutContent(t *testing.T) {
	is := is.New(t)
	never := func([]byte) error { panic("called") }
	resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: answers(t, codedAs(200, "gzip", "")), StreamCallback: never})
	is.NoErr(err)
	is.True(resp.Complete())
	text, err := resp.Text()
	is.True(err == nil && text == "")
	chunked := "HTTP/1.1 404 X\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
	resp, err = zreq.Get(context.Background(), site, &zreq.Args{Driver: answers(t, chunked)})
	is.NoErr(err)
	text, err = resp.Text()
	is.True(err == nil && text == "")
	err = resp.JSON(new(any))
	is.True(err != nil && !errors.Is(err, zreq.ErrEncoded)) // it is no JSON, but for another reason
	head := "HTTP/1.1 200 X\r\nContent-Encoding: gzip\r\nContent-Length: 10\r\n\r\n"
	_, err = zreq.Head(context.Background(), site, &zreq.Args{Driver: answers(t, head), StreamCallback: never})
	is.NoErr(err)
	_, err = zreq.Delete(context.Background(), site, &zreq.Args{Driver: answers(t, "HTTP/1.1 204 X\r\nContent-Encoding: gzip\r\n\r\n"), StreamCallback: never})
	is.NoErr(err)
}

// testEncodedPage: an error page in a coding does not hide the status, and is given as it
// came. A Response that is used again remembers nothing of it.
func testEncodedPage(t *testing.T) {
	is := is.New(t)
	peer := answers(t, codedAs(404, "gzip", packed), codedAs(404, "br", packed), byLength("plain"))
	resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer, Headers: asks(), StreamCallback: func([]byte) error { panic("called") }})
	is.True(errors.Is(err, zreq.ErrStatus) && !errors.Is(err, zreq.ErrEncoded))
	is.True(strings.Contains(err.Error(), "404"))
	is.Equal(content(is, resp), packed)
	isNoText(is, resp)
	resp, err = zreq.Get(context.Background(), site, &zreq.Args{Connection: resp.Connection, Into: resp})
	is.NoErr(err)
	isNoText(is, resp)
	resp, err = zreq.Get(context.Background(), site, &zreq.Args{Connection: resp.Connection, Into: resp})
	is.NoErr(err)
	text, err := resp.Text()
	is.NoErr(err)
	is.Equal(text, "plain")
	is.NoErr(resp.Connection.Close())
}

// testAcceptEncoding: who writes chunks or asks for a part wants the bytes as they are,
// and says so; nobody else says anything unless a coding was imported.
func testAcceptEncoding(t *testing.T) {
	take := func([]byte) error { return nil }
	for name, tt := range map[string]struct {
		args zreq.Args
		want string // "": there is none
	}{
		"a plain call":           {zreq.Args{}, ""},
		"with Stream":            {zreq.Args{Stream: true}, ""},
		"a callback":             {zreq.Args{StreamCallback: take}, "identity"},
		"a callback, any coding": {zreq.Args{StreamCallback: take, AllowEncoded: true}, "identity"},
		"a Range":                {zreq.Args{Headers: zreq.Headers{{"range", "bytes=0-"}}}, "identity"},
		"a Range and Stream":     {zreq.Args{Stream: true, Headers: zreq.Headers{{"range", "bytes=0-"}}}, "identity"},
		"the caller's":           {zreq.Args{StreamCallback: take, Headers: zreq.Headers{{"accept-encoding", "br"}}}, "br"},
		"left out":               {zreq.Args{StreamCallback: take, Omit: []string{"accept-encoding"}}, ""},
	} {
		for _, method := range []string{"GET", "POST", "HEAD"} {
			t.Run(name+"/"+method, func(t *testing.T) {
				is := is.New(t)
				peer := answers(t, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
				tt.args.Driver = peer
				_, err := zreq.Do(context.Background(), method, site, &tt.args)
				is.True(err == nil || errors.Is(err, zreq.ErrStatus)) // of a whole where a part was asked for
				_, value, found := strings.Cut(strings.ToLower(peer.Requests()[0]), "\r\naccept-encoding: ")
				value, _, _ = strings.Cut(value, "\r\n")
				is.Equal(found, tt.want != "")
				is.Equal(value, tt.want)
			})
		}
	}
}

// noCoding is never asked.
type noCoding struct{}

func (noCoding) Decode(io.Reader) (io.ReadCloser, error) { panic("asked") }

// TestRegisterCodingRefuses: what cannot be asked for is a mistake of the program.
func TestRegisterCodingRefuses(t *testing.T) {
	for name, c := range map[string]zreq.Coding{"nothing": nil, "": noCoding{}, "a b": noCoding{}, "a,b": noCoding{}, "a\r\nb": noCoding{}} {
		t.Run(fmt.Sprintf("%q", name), func(t *testing.T) {
			is := is.New(t)
			defer func() { is.True(recover() != nil) }() // told at the start of the program
			zreq.RegisterCoding(name, c)
		})
	}
}
