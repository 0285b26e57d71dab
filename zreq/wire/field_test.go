package wire_test

import (
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq/wire"
)

func TestSplitHead(t *testing.T) {
	for in, want := range map[string][2]string{
		"HTTP/1.1 200 OK\r\nA: b\r\n":  {"OK", "A: b\r\n"},
		"HTTP/1.1 200 OK\nA: b\n":      {"OK", "A: b\n"},
		"HTTP/1.1 200 \t a b \r\n":     {"a b", ""},
		"HTTP/1.1 200 \r\n":            {"", ""},
		"HTTP/1.1 200\r\nA: b\r\n":     {"", "A: b\r\n"},
		"":                             {"", ""},
		"\n":                           {"", ""},
		"\r\n\r\n":                     {"", "\r\n"},
		"what no decoder hands over":   {"er hands over", ""},
		"\r":                           {"", ""},
		"\nA: b":                       {"", "A: b"},
		"\x00\x00\x00\x00\x00\x00\x00": {"", ""},
	} {
		is := is.New(t)
		reason, fields := wire.SplitHead([]byte(in))
		is.Equal(string(reason), want[0])  // the reason phrase, if any
		is.Equal(string(fields), want[1])  // the field lines
		is.Equal(len(reason), cap(reason)) // appending cannot reach the block
		is.Equal(len(fields), cap(fields)) // nor what follows it
	}
}

func TestNextField(t *testing.T) {
	for in, want := range map[string]string{
		"A: b\r\nC:d\r\n":  "{A: b; C: d}",
		"A: b\nC:\t d \n":  "{A: b; C: d}",
		"A: b":             "{A: b}",
		"A:":               "{A: }",
		":":                "{: }",
		"":                 "{}",
		"A\r\nB: c\r\n":    "{}",
		"\r\n":             "{}",
		"\n\n":             "{}",
		"A: b\r\n\r\nC: d": "{A: b}",
	} {
		is := is.New(t)
		is.Equal(list([]byte(in)), want) // any input is walked without a panic
	}
}

func TestNextFieldViews(t *testing.T) {
	is := is.New(t)
	block := []byte("A: b \r\nC: d\r\n")
	name, value, rest, ok := wire.NextField(block)
	is.True(ok)
	is.Equal(cap(name), 1)         // appending to a name cannot reach the colon
	is.Equal(cap(value), 1)        // nor from a value the line end
	is.Equal(cap(rest), len(rest)) // nor from the rest what follows the block
	_, _, _, ok = wire.NextField(nil)
	is.True(!ok) // none left
}
