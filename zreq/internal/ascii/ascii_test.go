package ascii_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq/internal/ascii"
)

// TestBytes compares what is said of a byte with the standard library, for every byte.
func TestBytes(t *testing.T) {
	for i := range 256 {
		is := is.New(t)
		c, s := byte(i), string([]byte{byte(i)})
		letter := strings.Contains("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", s)
		lower := c
		if letter {
			lower = strings.ToLower(s)[0]
		}
		is.Equal(ascii.Lower(c), lower)
		is.Equal(ascii.ToLower("x"+s+"Y"), "x"+string([]byte{lower})+"y")
		is.Equal(ascii.IsAlphanumeric(c), letter || strings.Contains("0123456789", s))
		value := int64(-1)
		if n, err := strconv.ParseInt(s, 16, 16); err == nil {
			value = n
		}
		is.Equal(int64(ascii.Unhex(c)), value)
		for j := range 256 {
			d := byte(j)
			same := c == d || i < 0x80 && j < 0x80 && strings.EqualFold(s, string([]byte{d}))
			if ascii.EqualFold("a"+s+"b", "A"+string([]byte{d})+"B") != same {
				t.Errorf("%q and %q: the same is %v", c, d, !same)
			}
		}
	}
}

// TestFold: only letters of ASCII are folded, and lengths count.
func TestFold(t *testing.T) {
	for _, tt := range []struct {
		s, prefix     string
		equal, begins bool
	}{
		{"", "", true, true},
		{"a", "", false, true},
		{"", "a", false, false},
		{"Close", "cLOSE", true, true},
		{"closed", "close", false, true},
		{"close", "closed", false, false},
		{"HTTP://h", "http://", false, true},
		{"\u212a", "k", false, false}, // the sign of Kelvin, which package strings folds
		{"\u017f", "s", false, false}, // the long s
		{"@", "`", false, false},
		{"[", "{", false, false},
	} {
		t.Run(tt.s+"/"+tt.prefix, func(t *testing.T) {
			is := is.New(t)
			is.Equal(ascii.EqualFold(tt.s, tt.prefix), tt.equal)
			rest, begins := ascii.CutPrefixFold(tt.s, tt.prefix)
			is.Equal(begins, tt.begins)
			is.Equal(begins, len(rest) < len(tt.s) || tt.prefix == "") // the prefix alone is cut
			is.True(strings.HasSuffix(tt.s, rest))
		})
	}
	is := is.New(t)
	is.Equal(ascii.ToLower(""), "")
	is.Equal(ascii.ToLower("already-lower ü"), "already-lower ü")
	is.Equal(ascii.ToLower("ÄbC"), "Äbc") // and no letter beyond ASCII
}

// TestIndex: the first of them counts.
func TestIndex(t *testing.T) {
	for _, s := range []string{"", "x", "a", "b", "xa", "xb", "ab", "ba", "xab", "xba", "aa", "xxbxa"} {
		is := is.New(t)
		is.Equal(ascii.IndexByte(s, 'a'), strings.IndexByte(s, 'a'))
		before, rest := ascii.Split(s, "ab")
		is.Equal(before+rest, s)
		is.Equal(rest == "", !strings.ContainsAny(s, "ab"))
		is.Equal(strings.IndexAny(rest, "ab"), min(0, strings.IndexAny(s, "ab"))) // it begins with one of them
	}
}

// TestUnescape: a percent sign and two digits are a byte, and nothing else is.
func TestUnescape(t *testing.T) {
	is := is.New(t)
	for i := range 256 {
		decoded, rest := ascii.Unescape("x" + "%" + strconv.FormatInt(int64(i+256), 16)[1:] + "41")
		is.Equal(decoded, "x"+string([]byte{byte(i)})+"41") // a byte outside of an escape is itself
		is.Equal(rest, "")
	}
	for _, s := range []string{"", "%", "%4", "%4g", "%g4", "%%41", "% 41", "%+1"} {
		decoded, rest := ascii.Unescape("%41" + s)
		is.Equal(decoded, "A")
		is.Equal(rest, s) // it begins with the first '%' that begins no escape
	}
}
