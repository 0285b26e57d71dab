package target_test

import (
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/zreq/internal/target"
)

// parts is what Parse makes of a URL.
type parts struct {
	HTTPS                bool
	Userinfo, Host, Zone string
	Path, Query          string
	Port                 int
}

func split(url string) (parts, error) {
	t, err := target.Parse(url)
	return parts{t.HTTPS, t.Userinfo, t.Host, t.Zone, t.Path, t.Query, t.Port}, err
}

// takesURLsApart: an absolute http or https URL is taken apart by RFC 3986, 3.
func takesURLsApart(t *testing.T) {
	for in, want := range map[string]parts{
		"http://h":                          {Host: "h", Port: 80},
		"HTTP://h":                          {Host: "h", Port: 80},
		"https://h":                         {HTTPS: true, Host: "h", Port: 443},
		"http://h/":                         {Host: "h", Port: 80, Path: "/"},
		"http://h:/":                        {Host: "h", Port: 80, Path: "/"},
		"http://h:8080/a/b":                 {Host: "h", Port: 8080, Path: "/a/b"},
		"http://h:0080/":                    {Host: "h", Port: 80, Path: "/"},
		"http://h:65535":                    {Host: "h", Port: 65535},
		"http://h?q":                        {Host: "h", Port: 80, Query: "?q"},
		"http://h?":                         {Host: "h", Port: 80, Query: "?"},
		"http://h/?a=b?c/d":                 {Host: "h", Port: 80, Path: "/", Query: "?a=b?c/d"},
		"http://h#f":                        {Host: "h", Port: 80},
		"http://h/a?b#c?d/e@f":              {Host: "h", Port: 80, Path: "/a", Query: "?b"},
		"http://h/a@b:c":                    {Host: "h", Port: 80, Path: "/a@b:c"},
		"http://h?a@b":                      {Host: "h", Port: 80, Query: "?a@b"},
		"http://h//a":                       {Host: "h", Port: 80, Path: "//a"},
		"http://u@h/":                       {Userinfo: "u", Host: "h", Port: 80, Path: "/"},
		"http://u:p@h:1/":                   {Userinfo: "u:p", Host: "h", Port: 1, Path: "/"},
		"http://u:p:q@h":                    {Userinfo: "u:p:q", Host: "h", Port: 80},
		"http://@h":                         {Host: "h", Port: 80},
		"http://[::1]":                      {Host: "::1", Port: 80},
		"http://[::]:8080/":                 {Host: "::", Port: 8080, Path: "/"},
		"https://u@[2001:db8::7]:444/x":     {HTTPS: true, Userinfo: "u", Host: "2001:db8::7", Port: 444, Path: "/x"},
		"http://[::ffff:192.0.2.1]":         {Host: "::ffff:192.0.2.1", Port: 80},
		"http://[1:2:3:4:5:6:7:8]":          {Host: "1:2:3:4:5:6:7:8", Port: 80},
		"http://[1:2:3:4:5:6:7::]":          {Host: "1:2:3:4:5:6:7::", Port: 80},
		"http://[::2:3:4:5:6:7:8]":          {Host: "::2:3:4:5:6:7:8", Port: 80},
		"http://[1:2:3:4:5:6:1.2.3.4]":      {Host: "1:2:3:4:5:6:1.2.3.4", Port: 80},
		"http://[fe80::1%25eth0]:81/x":      {Host: "fe80::1", Zone: "%25eth0", Port: 81, Path: "/x"},
		"http://u:p@[fe80::1%25Eth-0.7]":    {Userinfo: "u:p", Host: "fe80::1", Zone: "%25Eth-0.7", Port: 80},
		"http://[fe80::1%25%65th%20%C3%BC]": {Host: "fe80::1", Zone: "%25%65th%20%C3%BC", Port: 80},
		"http://[fe80::1%251]":              {Host: "fe80::1", Zone: "%251", Port: 80},
		"http://192.0.2.1/":                 {Host: "192.0.2.1", Port: 80, Path: "/"},
		"http://a_b.c-d.example.":           {Host: "a_b.c-d.example.", Port: 80},
		"http://xn--bcher-kva.example":      {Host: "xn--bcher-kva.example", Port: 80},
	} {
		t.Run(in, func(t *testing.T) {
			is := is.New(t)
			got, err := split(in)
			is.NoErr(err)
			is.Equal(got, want) // scheme, authority, path and query, no fragment
		})
	}
}

// TestAgainstNetURL compares the splitter with net/url: what is taken is
// taken apart in the same way, and what net/url refuses is refused.
func TestAgainstNetURL(t *testing.T) {
	pieces := [][]string{
		{"http://", "HTTPS://", "ftp://", "//"},
		{"", "u@", "u:p@", "u:p%40q@", ":@", "@", "a@b@"},
		{"h", "H.example", "[::1]", "[::1", "::1", "1.2.3.4", "", "a b", "a%20b", "ü", "a\\b", "h,i", "[fe80::1%25e]", "[fe80::1%25%65%20f]", "[fe80::1%e]", "[fe80::1%25]"},
		{"", ":", ":80", ":443", ":8080", ":0", ":99999", ":x", ":-1", ":8:0"},
		{"", "/", "/a/b", "//", "/a%2fb", "/%", "/ü", "/a:b@c"},
		{"", "?", "?a=%zz", "?x?y/z"},
		{"", "#a?b/c@d"},
	}
	is := is.New(t)
	inputs := []string{""}
	for _, choice := range pieces {
		var longer []string
		for _, in := range inputs {
			for _, piece := range choice {
				longer = append(longer, in+piece)
			}
		}
		inputs = longer
	}
	taken := 0
	for _, in := range inputs {
		got, err := split(in)
		if err != nil {
			continue
		}
		want, err := url.Parse(in)
		if err != nil {
			// Of what net/url refuses, only a malformed percent-encoding of the
			// path or userinfo gets past the splitter: it is found when the
			// request is written.
			if !strings.Contains(err.Error(), "invalid URL escape") {
				t.Fatalf("%q is taken, and net/url says %v", in, err)
			}
			continue
		}
		taken++
		port := want.Port()
		if port == "" {
			port = map[string]string{"http": "80", "https": "443"}[want.Scheme]
		}
		query := want.RawQuery
		if query != "" || want.ForceQuery {
			query = "?" + query
		}
		if got.Zone != "" {
			zone, err := url.PathUnescape(got.Zone)
			is.NoErr(err)
			got.Host += zone // as net/url has it
		}
		if got.HTTPS != (want.Scheme == "https") || got.Host != want.Hostname() || strconv.Itoa(got.Port) != port || got.Query != query {
			t.Fatalf("%q is %+v, and for net/url %+v", in, got, want)
		}
		if path, err := url.PathUnescape(got.Path); err != nil || path != want.Path {
			t.Fatalf("%q has the path %q, and for net/url %q", in, got.Path, want.Path)
		}
		if pass, _ := want.User.Password(); got.Userinfo != "" {
			user, password, _ := strings.Cut(got.Userinfo, ":")
			user, _ = url.PathUnescape(user)
			password, _ = url.PathUnescape(password)
			is.Equal(user, want.User.Username()) // the same user
			is.Equal(password, pass)             // the same password
		}
	}
	is.True(taken > 1000) // the comparison is not empty
}
