package unixnet_test

import (
	"errors"
	"runtime"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/netdriver/unixnet"
)

func TestPath(t *testing.T) {
	longest, abstract := 103, 0
	switch runtime.GOOS {
	case "linux":
		longest, abstract = 107, 108
	case "windows":
		longest = 107
	}
	name := strings.Repeat("x", 1000)
	for what, tt := range map[string]struct {
		path string
		cure string // "": a socket can have this path
	}{
		"none":                  {"", "the path is missing"},
		"a NUL":                 {"/run/docker.sock\x00", "remove the NUL"},
		"abstract by a NUL":     {"\x00docker", "an abstract socket is @name"},
		"an abstract NUL":       {"@docker\x00", "remove the NUL"},
		"no abstract name":      {"@", "an abstract socket is @name"},
		"abstract":              {"@nobody-listens-here", ""},
		"the longest":           {name[:longest], ""},
		"too long":              {name[:longest+1], "give a shorter one"},
		"the longest abstract":  {"@" + name[:max(abstract, 2)-1], ""},
		"abstract and too long": {"@" + name[:max(abstract, 2)], "give a shorter one"},
	} {
		t.Run(what, func(t *testing.T) {
			is := is.New(t)
			if strings.HasPrefix(tt.path, "@") && abstract == 0 {
				tt.cure = "only Linux has abstract sockets"
			}
			_, err := unixnet.New(tt.path).Dial(t.Context(), "tcp", "service:80")
			is.True(err != nil)                                      // nobody listens
			is.Equal(errors.Is(err, unixnet.ErrPath), tt.cure != "") // the path is to blame
			is.True(strings.Contains(err.Error(), tt.cure))          // it says what to do
			p, ok := err.(interface{ Permanent() bool })
			is.Equal(ok && p.Permanent(), tt.cure != "") // another dial would not help
		})
	}
}

func TestNoDriver(t *testing.T) {
	is := is.New(t)
	var none *unixnet.Driver
	for _, d := range []netdriver.Driver{none, new(unixnet.Driver)} {
		_, err := d.Dial(t.Context(), "tcp", "service:80")
		is.True(errors.Is(err, unixnet.ErrPath))
	}
	is.Equal(netdriver.Names(), []string{stdnet.Name}) // importing unixnet registers nothing
}
