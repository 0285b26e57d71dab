package wire_test

import (
	"fmt"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq/wire"
)

func TestHasToken(t *testing.T) {
	for _, tt := range []struct {
		value, token string
		want         bool
	}{
		{"close", "close", true},
		{"CLOSE", "close", true},
		{"a, close", "close", true},
		{"close,a", "close", true},
		{"a,\t close \t,b", "close", true},
		{",,close,,", "close", true},
		{"a,\r\n close", "close", true},
		{"closed", "close", false},
		{"a close", "close", false},
		{"clo,se", "close", false},
		{"\"close\"", "close", false},
		{"clo\u017fe", "close", false},
		{"", "close", false},
		{",", "close", false},
		{" \r\n\t", "close", false},
	} {
		t.Run(fmt.Sprintf("%q", tt.value), func(t *testing.T) {
			is := is.New(t)
			is.Equal(wire.HasToken([]byte(tt.value), tt.token), tt.want) // a whole member of the list
		})
	}
}

func TestEqualName(t *testing.T) {
	for _, tt := range []struct {
		name, s string
		want    bool
	}{
		{"Host", "host", true},
		{"HOST", "hOsT", true},
		{"", "", true},
		{"Host", "Hos", false},
		{"Host", "Hosts", false},
		{"Ho\u017ft", "Host", false},
		{"Ho\u017ft", "Hosst", false},
		{"\u212aeep", "Keep", false},
		{"@", "`", false},
		{"[", "{", false},
		{"\x00", " ", false},
		{"^", "~", false},
	} {
		t.Run(fmt.Sprintf("%q %q", tt.name, tt.s), func(t *testing.T) {
			is := is.New(t)
			is.Equal(wire.EqualName([]byte(tt.name), tt.s), tt.want) // ASCII letters alone fold
			is.Equal(wire.EqualName([]byte(tt.s), tt.name), tt.want) // both ways
		})
	}
}
