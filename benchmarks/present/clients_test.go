package present

import (
	"testing"

	"github.com/matryer/is"
)

// Who reads with 64 KiB has no business beside who reads with 4, unless that is all it can.
func TestAlike(t *testing.T) {
	both := []string{"zreq", "zreq, 64 KiB", "net/http", "net/http, 64 KiB", "resty"}
	for _, tt := range []struct {
		zreq, peer string
		want       bool
	}{
		{"zreq", "net/http", true},
		{"zreq", "net/http, 64 KiB", false},
		{"zreq, 64 KiB", "net/http", false},
		{"zreq, 64 KiB", "net/http, 64 KiB", true},
		{"zreq, 64 KiB", "resty", true},
		{"zreq", "resty", true},
	} {
		is := is.New(t)
		is.Equal(alike(both, tt.zreq, tt.peer), tt.want)
	}
}
