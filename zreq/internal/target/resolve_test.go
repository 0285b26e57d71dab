package target_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/zreq/internal/target"
)

// resolved is every example of RFC 3986, 5.4, from its base. A fragment is left
// out, since none goes out.
var resolved = map[string]string{
	// 5.4.1, normal examples
	"g:h":     "g:h",
	"g":       "http://a/b/c/g",
	"./g":     "http://a/b/c/g",
	"g/":      "http://a/b/c/g/",
	"/g":      "http://a/g",
	"//g":     "http://g",
	"?y":      "http://a/b/c/d;p?y",
	"g?y":     "http://a/b/c/g?y",
	"#s":      "http://a/b/c/d;p?q",
	"g#s":     "http://a/b/c/g",
	"g?y#s":   "http://a/b/c/g?y",
	";x":      "http://a/b/c/;x",
	"g;x":     "http://a/b/c/g;x",
	"g;x?y#s": "http://a/b/c/g;x?y",
	"":        "http://a/b/c/d;p?q",
	".":       "http://a/b/c/",
	"./":      "http://a/b/c/",
	"..":      "http://a/b/",
	"../":     "http://a/b/",
	"../g":    "http://a/b/g",
	"../..":   "http://a/",
	"../../":  "http://a/",
	"../../g": "http://a/g",
	// 5.4.2, abnormal examples
	"../../../g":    "http://a/g",
	"../../../../g": "http://a/g",
	"/./g":          "http://a/g",
	"/../g":         "http://a/g",
	"g.":            "http://a/b/c/g.",
	".g":            "http://a/b/c/.g",
	"g..":           "http://a/b/c/g..",
	"..g":           "http://a/b/c/..g",
	"./../g":        "http://a/b/g",
	"./g/.":         "http://a/b/c/g/",
	"g/./h":         "http://a/b/c/g/h",
	"g/../h":        "http://a/b/c/h",
	"g;x=1/./y":     "http://a/b/c/g;x=1/y",
	"g;x=1/../y":    "http://a/b/c/y",
	"g?y/./x":       "http://a/b/c/g?y/./x",
	"g?y/../x":      "http://a/b/c/g?y/../x",
	"g#s/./x":       "http://a/b/c/g",
	"g#s/../x":      "http://a/b/c/g",
	"http:g":        "http:g", // what a strict parser makes of it
}

// resolve returns the URL that ref means in a response to a request for base.
func resolve(base, ref string) (string, error) {
	t, err := target.Parse(base)
	return t.Resolve(ref), err
}

// resolvesTheExamples: a reference is resolved as RFC 3986 says, example for example.
func resolvesTheExamples(t *testing.T) {
	for ref, want := range resolved {
		t.Run("RFC 3986/"+ref, func(t *testing.T) {
			is := is.New(t)
			got, err := resolve("http://a/b/c/d;p?q", ref)
			is.NoErr(err)
			is.Equal(got, want)
		})
	}
	for name, tt := range map[string]struct{ base, ref, want string }{
		"a name, no path":             {"http://a", "g", "http://a/g"},
		"a query, no path":            {"http://a?x", "?y", "http://a?y"},
		"nothing, no path":            {"http://a?x", "#s", "http://a?x"},
		"above the root, no path":     {"http://a", "../g", "http://a/g"},
		"the root":                    {"http://a/", ".", "http://a/"},
		"an empty query":              {"http://a/b?c", "?", "http://a/b?"},
		"a query with a slash":        {"http://a/b", "?c/d:e", "http://a/b?c/d:e"},
		"a query with a colon":        {"http://a/b/c", "g?h:i//j", "http://a/b/g?h:i//j"},
		"a colon behind a slash":      {"http://a/b/c", "./g:h", "http://a/b/g:h"},
		"a colon in front":            {"http://a/b/c", ":g", "http://a/b/:g"},
		"a colon in a path":           {"http://a/b/c", "/g:h/../i", "http://a/i"},
		"a fragment with a query":     {"http://a/b?c", "g#s?t", "http://a/g"},
		"credentials":                 {"http://u:p@a/b", "g", "http://a/g"},
		"credentials and a fragment":  {"http://u:p@a/b?c#d", "", "http://a/b?c"},
		"a port":                      {"http://a:8080/b", "/g", "http://a:8080/g"},
		"a default port":              {"http://a:80/b", "/g", "http://a/g"},
		"IPv6":                        {"https://[::1]:8443/b", "/g", "https://[::1]:8443/g"},
		"another authority":           {"https://a:8443/b?c", "//g:1/h", "https://g:1/h"},
		"another authority, no path":  {"https://a/b", "//g?h", "https://g?h"},
		"another authority, dots":     {"http://a/b", "//g/../h/./i/..", "http://g/h/"},
		"absolute":                    {"http://a/b?c", "https://g/h?i#j", "https://g/h?i"},
		"absolute, dots":              {"http://a/b", "http://g/h/../../i?../j", "http://g/i?../j"},
		"absolute, no path":           {"http://a/b", "http://g", "http://g"},
		"absolute, a query":           {"http://a/b", "http://g?../h", "http://g?../h"},
		"absolute in capitals":        {"http://a/b", "HTTP://G/H", "HTTP://G/H"},
		"another scheme":              {"http://a/b", "ftp://g/h", "ftp://g/h"},
		"a scheme without slashes":    {"http://a/b", "mailto:g@h?i#j", "mailto:g@h?i"},
		"an empty segment":            {"http://a/b//c", "g", "http://a/b//g"},
		"an empty segment, dots":      {"http://a/b//c", "../g", "http://a/b/g"},
		"empty segments, dots":        {"http://a/b", "/c//../g", "http://a/c/g"},
		"dots in the middle":          {"http://a/b/c/d", "e/../../g/./h/.", "http://a/b/g/h/"},
		"dots that are encoded":       {"http://a/b/c", "%2e%2e/g", "http://a/b/%2e%2e/g"},
		"three dots":                  {"http://a/b/c", ".../g", "http://a/b/.../g"},
		"a space":                     {"http://a/b", "/c d?e f#g h", "http://a/c d?e f"},
		"a percent sign stays":        {"http://a/b", "/c%20d%2Fe", "http://a/c%20d%2Fe"},
		"bytes beyond ASCII":          {"http://a/b", "/\xe9?\xff", "http://a/\xe9?\xff"},
		"a backslash is no slash":     {"http://a/b", `\\g\h`, `http://a/\\g\h`},
		"a slash and a backslash":     {"http://a/b/c", `/\g/h`, `http://a/\g/h`},
		"the base has dots":           {"http://a/b/../c/d", "g", "http://a/c/g"},
		"the base has dots, a query":  {"http://a/b/../c/d", "?y", "http://a/b/../c/d?y"},
		"a query of the base is gone": {"http://a/b/c?x/y/z", "g", "http://a/b/g"},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			got, err := resolve(tt.base, tt.ref)
			is.NoErr(err)
			is.Equal(got, tt.want)
		})
	}
}

// resolvesAsWritten: the pseudocode of RFC 3986 agrees on every path that can be
// made of these segments.
func resolvesAsWritten(t *testing.T) {
	is := is.New(t)
	segments := []string{"", ".", "..", "a", "b.", "c:d"}
	var refs []string
	for _, first := range []string{"/", "//g", "//g/", "https://g/", "./", "a/", ""} {
		for _, a := range segments {
			for _, b := range segments {
				for _, c := range segments {
					refs = append(refs, first+a+"/"+b+"/"+c, first+a+"/"+b+"/"+c+"?"+a+"#"+b)
				}
			}
		}
	}
	for _, base := range []string{"http://h", "http://h/", "http://h/x", "http://h/x/", "http://h/x/y/z", "http://h:81/x/../y?q"} {
		for _, ref := range refs {
			if strings.HasPrefix(ref, "c:") {
				continue // of another scheme, which has no rules of ours
			}
			got, err := resolve(base, ref)
			is.NoErr(err)
			if want := asWritten(base, ref); got != want {
				t.Errorf("%q from %q: got %q, want %q", ref, base, got, want)
			}
		}
	}
}

// components is RFC 3986, appendix B: scheme, authority, path and query are its
// groups 2, 3, 5 and 6, the latter two with what marks them.
var components = regexp.MustCompile(`^(([^:/?#]+):)?(//([^/?#]*))?([^?#]*)(\?([^#]*))?(#(.*))?`)

// asWritten is RFC 3986, 5.2.2 and 5.2.3, without the fragment.
func asWritten(base, ref string) string {
	b, r := components.FindStringSubmatch(base), components.FindStringSubmatch(ref)
	scheme, authority, path, query := b[2], b[3], "", r[6]
	switch {
	case r[2] != "":
		scheme, authority, path = r[2], r[3], withoutDots(r[5])
	case r[3] != "":
		authority, path = r[3], withoutDots(r[5])
	case r[5] == "":
		path = b[5]
		if query == "" {
			query = b[6]
		}
	case r[5][0] == '/':
		path = withoutDots(r[5])
	case b[5] == "":
		path = withoutDots("/" + r[5])
	default:
		path = withoutDots(b[5][:strings.LastIndex(b[5], "/")+1] + r[5])
	}
	return scheme + ":" + authority + path + query
}

// withoutDots is RFC 3986, 5.2.4, step for step.
func withoutDots(in string) (out string) {
	for in != "" {
		switch {
		case strings.HasPrefix(in, "../"):
			in = in[3:]
		case strings.HasPrefix(in, "./"), strings.HasPrefix(in, "/./"):
			in = in[2:]
		case in == "/.":
			in = "/"
		case strings.HasPrefix(in, "/../"), in == "/..":
			in = "/" + strings.TrimPrefix(in[3:], "/")
			out = out[:max(0, strings.LastIndex(out, "/"))]
		case in == ".", in == "..":
			in = ""
		default:
			end := strings.Index(in[1:]+"/", "/") + 1
			out, in = out+in[:end], in[end:]
		}
	}
	return out
}
