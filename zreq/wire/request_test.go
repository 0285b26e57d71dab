package wire_test

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq/wire"
)

// appended runs one append function behind bytes that must stay.
func appended(t *testing.T, rows []row, appendTo func(dst []byte, in string) ([]byte, error)) {
	for _, tt := range rows {
		t.Run(fmt.Sprintf("%q", tt.in), func(t *testing.T) {
			is := is.New(t)
			out, err := appendTo([]byte("before "), tt.in)
			is.Equal(err, tt.err)                    // the error that names the rule
			is.Equal(string(out), "before "+tt.want) // as it was, when refused
			if tt.err != nil {
				is.True(errors.Is(err, wire.ErrUnsendable)) // the caller's fault, not the peer's
			}
		})
	}
}

func TestAppendMethod(t *testing.T) {
	appended(t, []row{
		{in: "GET", want: "GET "},
		{in: "get", want: "get "},
		{in: "M-SEARCH", want: "M-SEARCH "},
		{in: "!#$%&'*+-.^_`|~", want: "!#$%&'*+-.^_`|~ "},
		{in: "", err: wire.ErrBadMethod},
		{in: "GET ", err: wire.ErrBadMethod},
		{in: " GET", err: wire.ErrBadMethod},
		{in: "GE T", err: wire.ErrBadMethod},
		{in: "GET\r", err: wire.ErrBadMethod},
		{in: "GET\n", err: wire.ErrBadMethod},
		{in: "GET\x00", err: wire.ErrBadMethod},
		{in: "GET / HTTP/1.1\r\nX: y\r\n\r\nGET", err: wire.ErrBadMethod},
		{in: "G\u00c9T", err: wire.ErrBadMethod},
		{in: "GET:", err: wire.ErrBadMethod},
		{in: "GET/", err: wire.ErrBadMethod},
	}, wire.AppendMethod)
}

func TestAppendTarget(t *testing.T) {
	appended(t, []row{
		{in: "/", want: "/"},
		{in: "", want: ""},
		{in: "*", want: "*"},
		{in: "/a/b;c=d?e=f&g", want: "/a/b;c=d?e=f&g"},
		{in: "?x=y", want: "?x=y"},
		{in: "http://[::1]:80/", want: "http://[::1]:80/"},
		{in: "-._~!$&'()*+,;=:@/?[]", want: "-._~!$&'()*+,;=:@/?[]"},
		{in: "/%41%2f%2F", want: "/%41%2f%2F"},
		{in: "/%25", want: "/%25"},
		{in: "/caf\u00e9", want: "/caf%C3%A9"},
		{in: "/\xff", want: "/%FF"},
		{in: "/a b?c d ", want: "/a%20b?c%20d%20"},
		{in: "\"<>\\^`{|}", want: "%22%3C%3E%5C%5E%60%7B%7C%7D"},
		{in: "/%", err: wire.ErrBadTarget},
		{in: "/%4", err: wire.ErrBadTarget},
		{in: "/%g1", err: wire.ErrBadTarget},
		{in: "/%1g", err: wire.ErrBadTarget},
		{in: "/%%41", err: wire.ErrBadTarget},
		{in: "/a\tb", err: wire.ErrBadTarget},
		{in: "/a\rb", err: wire.ErrBadTarget},
		{in: "/a\nb", err: wire.ErrBadTarget},
		{in: "/a\x00b", err: wire.ErrBadTarget},
		{in: "/a\x7fb", err: wire.ErrBadTarget},
		{in: "/a#b", err: wire.ErrBadTarget},
		{in: "/ HTTP/1.1\r\nX: y", err: wire.ErrBadTarget},
	}, wire.AppendTarget)
}

// TestAppendLooseTarget: what becomes of a '%' that begins no escape is the caller's
// choice; all else is as AppendTarget has it.
func TestAppendLooseTarget(t *testing.T) {
	with := func(percent wire.Percent) func([]byte, string) ([]byte, error) {
		return func(dst []byte, target string) ([]byte, error) {
			return wire.AppendLooseTarget(dst, target, percent)
		}
	}
	appended(t, []row{
		{in: "/%", err: wire.ErrBadTarget},
		{in: "/%41", want: "/%41"},
	}, with(wire.PercentRefused))
	appended(t, []row{
		{in: "/x?a=100%", want: "/x?a=100%25"},
		{in: "/x?a=50%off", want: "/x?a=50%25off"},
		{in: "%%41%4%", want: "%25%41%254%25"},
		{in: "/%41 %zz", want: "/%41%20%25zz"},
		{in: "/%\r", err: wire.ErrBadTarget},
		{in: "/%#", err: wire.ErrBadTarget},
	}, with(wire.PercentEncoded))
	appended(t, []row{
		{in: "?a=100%", want: "?a=100%"},
		{in: "?%zz %4|", want: "?%zz%20%4%7C"},
		{in: "?%\n", err: wire.ErrBadTarget},
		{in: "?%#", err: wire.ErrBadTarget},
	}, with(wire.PercentKept))
}

// A target that has been encoded is not encoded again.
func TestAppendTargetTwice(t *testing.T) {
	is := is.New(t)
	once, err := wire.AppendTarget(nil, "/caf\u00e9{%41}")
	is.NoErr(err)
	twice, err := wire.AppendTarget(nil, string(once))
	is.NoErr(err)
	is.Equal(string(twice), string(once)) // what is encoded stays
}

func TestAppendFieldName(t *testing.T) {
	appended(t, []row{
		{in: "X", want: "X: v\r\n"},
		{in: "x-Y_z.1", want: "x-Y_z.1: v\r\n"},
		{in: "", err: wire.ErrBadFieldName},
		{in: "X ", err: wire.ErrBadFieldName},
		{in: " X", err: wire.ErrBadFieldName},
		{in: "X:", err: wire.ErrBadFieldName},
		{in: "X\r\nY", err: wire.ErrBadFieldName},
		{in: "X\x00", err: wire.ErrBadFieldName},
		{in: "\u00c9", err: wire.ErrBadFieldName},
		{in: "X/Y", err: wire.ErrBadFieldName},
	}, func(dst []byte, name string) ([]byte, error) { return wire.AppendField(dst, name, "v") })
}

func TestAppendFieldValue(t *testing.T) {
	appended(t, []row{
		{in: "v", want: "X: v\r\n"},
		{in: "", want: "X: \r\n"},
		{in: "a b\tc", want: "X: a b\tc\r\n"},
		{in: "\"a\", b: c", want: "X: \"a\", b: c\r\n"},
		{in: "caf\u00e9\xff", want: "X: caf\u00e9\xff\r\n"},
		{in: " v", err: wire.ErrBadFieldValue},
		{in: "v ", err: wire.ErrBadFieldValue},
		{in: "\tv", err: wire.ErrBadFieldValue},
		{in: "v\t", err: wire.ErrBadFieldValue},
		{in: " ", err: wire.ErrBadFieldValue},
		{in: "a\rb", err: wire.ErrBadFieldValue},
		{in: "a\nb", err: wire.ErrBadFieldValue},
		{in: "a\r\nY: z", err: wire.ErrBadFieldValue},
		{in: "a\r\n b", err: wire.ErrBadFieldValue},
		{in: "a\x00b", err: wire.ErrBadFieldValue},
		{in: "a\x01b", err: wire.ErrBadFieldValue},
		{in: "a\x7fb", err: wire.ErrBadFieldValue},
	}, func(dst []byte, value string) ([]byte, error) { return wire.AppendField(dst, "X", value) })
}

// A refusal must not cost what has been appended before, nor write over it.
func TestAppendRefusedKeepsSlice(t *testing.T) {
	is := is.New(t)
	out, err := wire.AppendTarget(make([]byte, 0, 64), "/a/b\n")
	is.Equal(err, wire.ErrBadTarget)
	is.Equal(len(out), 0)  // nothing of the target is left in it
	is.Equal(cap(out), 64) // and the memory is not lost
}

func TestAppendNumbers(t *testing.T) {
	is := is.New(t)
	for n, want := range map[int64]string{0: "0", 7: "7", 10: "10", 4096: "4096", math.MaxInt64: "9223372036854775807", -1: "0", math.MinInt64: "0"} {
		is.Equal(string(wire.AppendUint([]byte("n="), n)), "n="+want) // decimal, never negative
	}
	for n, want := range map[int64]string{1: "1\r\n", 15: "f\r\n", 16: "10\r\n", 4096: "1000\r\n", math.MaxInt64: "7fffffffffffffff\r\n", 0: "", -1: "", math.MinInt64: ""} {
		is.Equal(string(wire.AppendChunkSize(nil, n)), want) // hexadecimal; a size of 0 would end the body
	}
}

func TestAppendChunks(t *testing.T) {
	is := is.New(t)
	out := wire.AppendChunk(nil, []byte("hello"))
	out = wire.AppendChunk(out, nil) // would end the body
	out = wire.AppendChunk(out, []byte("\r\n0\r\n\r\n0123456789"))
	out = wire.AppendLastChunk(out)
	is.Equal(string(out), "5\r\nhello\r\n11\r\n\r\n0\r\n\r\n0123456789\r\n0\r\n\r\n")
	got := replay(t, exchange{in: chunkedHead + string(out)})
	is.NoErr(got.err)
	is.Equal(got.body, "hello\r\n0\r\n\r\n0123456789") // our decoder reads it back
}

func TestAppendRequest(t *testing.T) {
	is := is.New(t)
	is.Equal(string(appendRequest(nil)), "GET /fw.bin?rev=7 HTTP/1.1\r\nHost: example.org\r\nUser-Agent: zreq\r\nContent-Length: 0\r\n\r\n")
}

// appendRequest appends a request with all the pieces a head has.
func appendRequest(out []byte) []byte {
	out, _ = wire.AppendMethod(out, "GET")
	out, _ = wire.AppendTarget(out, "/fw.bin")
	out, _ = wire.AppendTarget(out, "?rev=7")
	out = wire.AppendVersion(out)
	out, _ = wire.AppendField(out, "Host", "example.org")
	out, _ = wire.AppendField(out, "User-Agent", "zreq")
	out = append(out, "Content-Length: "...)
	out = wire.AppendUint(out, 0)
	out = wire.AppendEnd(out)
	return wire.AppendEnd(out)
}
